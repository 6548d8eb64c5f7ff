"""Checks whether a PDF holds more than pages to read: script, a program to start, another file.

Names and streams are those of ISO 32000-1 (7.3.5, 7.3.8, 7.5.7, 12.6). The whole file is searched whatever its
cross-reference table says, because readers differ in what they believe. Content encoded in a way that no program uses
may still get past: a virus scanner and the officer's own PDF reader are the next safeguards.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator

# At most so many bytes of one stream are unpacked; page descriptions are shorter even in large maps.
MAX_INFLATED = 128 * 1024 * 1024
_CHUNK = 1024 * 1024
# Longer than any of the patterns, so that none is missed where it spans two chunks.
_OVERLAP = 100
_LAYERS = 4
_REGULAR = rb"[^\x00\t\n\f\r ()<>\[\]{}/%]"
_ESCAPED_NAME = re.compile(rb"/[^\x00\t\n\f\r ()<>\[\]{}/%#]*#" + _REGULAR + rb"*")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA)(?!" + _REGULAR + rb")")
# These names are so short that a compressed picture contains them by chance: they are searched with what follows them,
# and not in pictures.
_REFERENCE = rb"\d{1,10}[\s\0]{1,9}\d{1,5}[\s\0]{1,9}R"
_ACTIVE_AND_SHORT = re.compile(
    rb"/JS[\s\0]{0,40}(?:[(<%]|" + _REFERENCE + rb")|/AA[\s\0]{0,40}(?:<<|%|" + _REFERENCE + rb")"
)
_OBJECT_STREAM = re.compile(rb"/ObjStm(?!" + _REGULAR + rb")")
# No program writes objects with these filters, and we could not search them.
_UNUSUAL = re.compile(rb"/(?:Predictor[\s\0]{1,9}(?:[02-9]|1\d)|LZW|RunLength|RL(?![A-Za-z])|Crypt)")
_BEGINS_LIKE_OBJECTS = re.compile(rb"[\s\0]*[0-9%]")
_HEX = re.compile(rb"[0-9A-Fa-f\s\0]{2,}(?:>\s*)?")


def is_active(data: bytes) -> bool:
    """Says whether this PDF holds script, starts something or carries files. Raises MemoryError if it unpacks to too
    much.
    """
    named = _without_escapes(data)
    if _ACTIVE.search(named):
        return True
    begin = 0
    for start, end in _streams(data):
        if _is_active_outside(_without_escapes(data[begin:start])) or _is_active_inside(data[start:end]):
            return True
        begin = end
    return _is_active_outside(_without_escapes(data[begin:]))


def _without_escapes(data: bytes) -> bytes:
    """Decodes escaped names: /J#61vaScript becomes /JavaScript."""
    return _ESCAPED_NAME.sub(lambda name: _ESCAPE.sub(_unescaped, name[0]), data)


def _unescaped(escape: re.Match[bytes]) -> bytes:
    sign = bytes.fromhex(escape[1].decode())
    return sign if re.fullmatch(_REGULAR, sign) else escape[0]


def _streams(data: bytes) -> Iterator[tuple[int, int]]:
    """Yields where the body of each stream begins and ends."""
    at = 0
    while (start := data.find(b"stream", at)) >= 0:
        at = start + len(b"stream")
        if data[max(start - 3, 0) : start] != b"end":
            end = data.find(b"endstream", at)
            end = end if end >= 0 else len(data)
            yield at, end
            at = end


def _is_active_outside(text: bytes) -> bool:
    if _ACTIVE_AND_SHORT.search(text):
        return True
    return _OBJECT_STREAM.search(text) is not None and _UNUSUAL.search(text) is not None


def _is_active_inside(body: bytes, layers: int = _LAYERS) -> bool:
    """Says whether a stream that unpacks to objects holds active names; pictures and fonts are skipped after the first
    bytes.
    """
    body = body.lstrip(b"\r\n")
    if _BEGINS_LIKE_OBJECTS.match(body) and _holds_names(iter((body,))):
        return True
    if layers == 0:
        return False
    head = _head(body)
    if _BEGINS_LIKE_OBJECTS.match(head):
        return _holds_names(_inflated(body))
    inner = b"".join(_inflated(body)) if _head(head) else _plain(body)
    return bool(inner) and _is_active_inside(inner, layers - 1)


def _holds_names(chunks: Iterator[bytes]) -> bool:
    end = b""
    for chunk in chunks:
        text = _without_escapes(end + chunk)
        if _ACTIVE.search(text) or _ACTIVE_AND_SHORT.search(text):
            return True
        end = chunk[-_OVERLAP:]
    return False


def _head(body: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(body, 256)
    except zlib.error:
        return b""


def _inflated(body: bytes) -> Iterator[bytes]:
    """Yields the unpacked bytes until they end or are damaged, because readers show as much, too."""
    unpacking = zlib.decompressobj()
    rest = body
    total = 0
    try:
        while chunk := unpacking.decompress(rest, _CHUNK):
            yield chunk
            rest, total = unpacking.unconsumed_tail, total + len(chunk)
            if total > MAX_INFLATED:
                raise MemoryError
    except zlib.error:
        return


def _plain(body: bytes) -> bytes:
    """Decodes hexadecimal digits or base 85; returns nothing for all else."""
    try:
        if _HEX.fullmatch(body):
            figures = b"".join(body.partition(b">")[0].replace(b"\0", b"").split())
            return binascii.unhexlify(figures + b"0" * (len(figures) % 2))
        if body.rstrip().endswith(b"~>"):
            return base64.a85decode(body.rstrip().removeprefix(b"<~")[:-2], ignorechars=b" \t\n\r\f\0")
    except ValueError:
        pass
    return b""
