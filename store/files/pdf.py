"""Whether a PDF can be opened by the officer who will need it: it is whole, and wants no password."""

import re

# Readers look for the beginning within so many bytes, and for the end within the last ones.
_HEAD, _TAIL = 1024, 2048
_START = re.compile(rb"startxref\s+(\d{1,10})\s")
_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_TABLE = re.compile(rb"\s*xref\s")
_OBJECT = re.compile(rb"\s*\d+\s+\d+\s+obj")


class NotAPdf(ValueError):
    """`reason` is cut_off or locked."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_pdf(data: bytes) -> bool:
    """A few bytes before the beginning are common and harmless."""
    return data.find(b"%PDF-", 0, _HEAD) >= 0


def check_pdf(data: bytes) -> None:
    """Raises NotAPdf for one that was cut off on its way, or that wants a password."""
    tail = data.rstrip(b"\0\t\n\f\r ")[-_TAIL:] + b"\n"
    starts = _START.findall(tail)
    if not starts or b"%%EOF" not in tail:
        raise NotAPdf("cut_off")
    if _ENCRYPTED.search(_trailer(data, int(starts[-1]))):
        raise NotAPdf("locked")


def _trailer(data: bytes, start: int) -> bytes:
    """Where a PDF says that it is encrypted: behind its table of contents, or at the head of the object that is one.

    Some programs count from the beginning of the file, others from %PDF-. Where neither leads to a table, readers
    search the whole file, and so do we.
    """
    for at in (start, start + data.find(b"%PDF-")):
        if _TABLE.match(data, at):
            begin = max(data.find(b"trailer", at), at)
            return data[begin : _end(data, b"startxref", begin)]
        if _OBJECT.match(data, at):
            return data[at : _end(data, b"stream", at)]
    return data


def _end(data: bytes, word: bytes, begin: int) -> int:
    end = data.find(word, begin)
    return end if end >= 0 else len(data)
