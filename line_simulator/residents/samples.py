"""Provides the recording and the clip that a resident sends without choosing a file: headers only, no sound."""


def _box(kind: bytes, payload: bytes) -> bytes:
    return (len(payload) + 8).to_bytes(4, "big") + kind + payload


AUDIO = _box(b"ftyp", b"M4A \x00\x00\x02\x00M4A mp42isom") + _box(b"mdat", bytes(64))
VIDEO = _box(b"ftyp", b"mp42\x00\x00\x02\x00mp42isomavc1") + _box(b"mdat", bytes(64))
