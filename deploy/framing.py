"""Finds where a request ends. When all its bytes are here, gunicorn's parser reads the request again, strictly."""

import re
from typing import Protocol

MAX_HEAD = 64 * 1024
MAX_LINE = 8 * 1024
_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*([0-9]{1,15})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding[ \t]*:[^\r\n]*chunked", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"[0-9a-f]{1,15}[ \t]*(;|$)", re.IGNORECASE)
_WAITS_FOR_100 = re.compile(rb"\r\nexpect[ \t]*:[ \t]*100-continue", re.IGNORECASE)


class Body(Protocol):
    """Finds the part of the stream that belongs to one request's body."""

    @property
    def is_whole(self) -> bool: ...

    @property
    def missing(self) -> int:
        """Returns how many bytes are known to be missing."""
        ...

    def take(self, data: bytes) -> int:
        """Returns how many bytes at the start of `data` belong to the body, and counts them as received.

        Raises ValueError if they are malformed.
        """
        ...


def body_after(head: bytes) -> Body:
    """Returns the body that follows the head.

    A head with both a length and chunks gets an empty body, because gunicorn's parser refuses it.
    """
    length, is_chunked = _LENGTH.search(head), _CHUNKED.search(head) is not None
    if is_chunked and length is None:
        return ChunkedBody()
    return LengthBody(int(length[1]) if length and not is_chunked else 0)


def waits_for_100(head: bytes) -> bool:
    return _WAITS_FOR_100.search(head) is not None


class LengthBody:
    def __init__(self, length: int) -> None:
        self.missing = length

    @property
    def is_whole(self) -> bool:
        return self.missing == 0

    def take(self, data: bytes) -> int:
        taken = min(self.missing, len(data))
        self.missing -= taken
        return taken


class ChunkedBody:
    """Finds the end of a chunked body (https://www.rfc-editor.org/rfc/rfc9112#section-7.1)."""

    def __init__(self) -> None:
        self.is_whole, self.missing = False, 0
        self._skip = 0
        self._line = b""
        self._in_trailers = False

    def take(self, data: bytes) -> int:
        at = 0
        while at < len(data) and not self.is_whole:
            if self._skip:
                step = min(self._skip, len(data) - at)
                self._skip -= step
                at += step
                continue
            end = data.find(b"\n", at) + 1
            self._line += data[at : end or len(data)]
            at = end or len(data)
            if end:
                self._end_line()
            elif len(self._line) > MAX_LINE:
                raise ValueError("a line of this body has no end")
        return at

    def _end_line(self) -> None:
        line, self._line = self._line.strip(), b""
        if self._in_trailers:
            self.is_whole = not line
            return
        if not _CHUNK_SIZE.match(line):
            raise ValueError("no size of a chunk")
        size = int(line.partition(b";")[0], 16)
        self._in_trailers = size == 0
        self._skip = size + 2 if size else 0
