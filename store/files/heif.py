"""Helps to decode HEIF, a container for several codecs: pillow-heif decodes HEVC, Pillow itself AV1 and JPEG.

ISO/IEC 23008-12; boxes meta, pitm, iinf and iloc: ISO/IEC 14496-12, section 8.11.
"""

import re
from typing import Final

# Layout of an entry in version 2: item id, protection, type.
_ENTRY: Final = re.compile(rb"infe\x02...(..)..(....)", re.DOTALL)
_PRIMARY: Final = re.compile(rb"pitm\x00...(..)", re.DOTALL)
_HEVC: Final = frozenset({b"hvc1", b"hev1"})


def is_heif(data: bytes) -> bool:
    return data[4:8] == b"ftyp"


def as_its_codec(data: bytes) -> bytes:
    """Returns HEIF of AV1 as AVIF, which is the same container under another name; of JPEG as that JPEG; any other as
    it is.
    """
    types = dict(_ENTRY.findall(data))
    kinds = set(types.values())
    if kinds & _HEVC:
        return data
    if b"av01" in kinds:
        return data[:8] + b"avif" + data[12:]
    primary = _PRIMARY.search(data)
    if primary is not None and types.get(primary[1]) == b"jpeg":
        return _item(data, int.from_bytes(primary[1], "big"))
    return data


def _item(data: bytes, wanted: int) -> bytes:
    """Returns the bytes of one item by its place in the file; nothing if the boxes are more complex than cameras write
    them.
    """
    at = data.find(b"iloc") + 4
    version, sizes = data[at], int.from_bytes(data[at + 4 : at + 6], "big")
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    at += 6

    def number(size: int) -> int:
        nonlocal at
        at += size
        return int.from_bytes(data[at - size : at], "big")

    wide = 4 if version == 2 else 2
    for _ in range(number(wide)):
        item = number(wide)
        _method = number(2 if version else 0)
        _reference = number(2)
        base, extents = number(base_size), number(2)
        for _ in range(extents):
            _index, start = number(index_size if version else 0), base + number(offset_size)
            length = number(length_size)
            if item == wanted:
                return data[start : start + length]
        if at >= len(data):
            break
    return b""
