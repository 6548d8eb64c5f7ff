"""Checks whether the officer will be able to open a PDF: it is complete and needs no password."""

import re

from store.errors import Refusal

# Readers search the header in so many first bytes, and the trailer in so many last bytes.
_HEAD, _TAIL = 1024, 2048
_START = re.compile(rb"startxref\s+(\d{1,10})\s")
_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_TABLE = re.compile(rb"\s*xref\s")
_OBJECT = re.compile(rb"\s*\d+\s+\d+\s+obj")


class NotAPdf(Refusal):
    """Says that a PDF cannot be opened; `reason` is cut_off or locked."""


def is_pdf(data: bytes) -> bool:
    """Says whether the data is a PDF. A few bytes before the header are common and harmless."""
    return data.find(b"%PDF-", 0, _HEAD) >= 0


def check_pdf(data: bytes) -> None:
    """Raises NotAPdf for a PDF that was truncated or needs a password."""
    tail = data.rstrip(b"\0\t\n\f\r ")[-_TAIL:] + b"\n"
    starts = _START.findall(tail)
    if not starts or b"%%EOF" not in tail:
        raise NotAPdf("cut_off")
    if _ENCRYPTED.search(_trailer(data, int(starts[-1]))):
        raise NotAPdf("locked")


def _trailer(data: bytes, start: int) -> bytes:
    """Returns the part in which a PDF declares encryption: the trailer, or the dictionary of a cross-reference stream.

    Some programs count offsets from the beginning of the file, others from %PDF-. Where neither leads to a
    cross-reference table, readers search the whole file, and so does this function.
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
