"""Keeps connections to a webhook alive, with as little work as possible, so that the load itself is not measured."""

import asyncio
import re

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
NO_ANSWER = 0
PATIENCE_SECONDS = 10.0
MAX_WIRES = 400


class Wire(asyncio.Protocol):
    """Sends one request at a time; the answer is its status, or NO_ANSWER when the connection broke."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._answer: asyncio.Future[int] | None = None

    @classmethod
    async def open(cls, port: int) -> "Wire":
        _, wire = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return wire

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    async def post(self, request: bytes) -> int:
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await asyncio.wait_for(self._answer, PATIENCE_SECONDS)
        except TimeoutError:
            self.close()
            return NO_ANSWER

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._settle(NO_ANSWER)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not end or length is None or len(rest) < int(length[1]):
            return
        self._buffer = b""
        status = int(head[9:12])
        if b"connection: close" in head.lower():
            self.close()
        self._settle(status)

    def _settle(self, status: int) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(status)


class Wires:
    """Holds as many connections as are needed at one time, kept for the next request."""

    def __init__(self, port: int) -> None:
        self._port, self._free = port, list[Wire]()
        self._places = asyncio.Semaphore(MAX_WIRES)

    async def post(self, request: bytes) -> int:
        async with self._places:
            try:
                wire = self._find_free() or await Wire.open(self._port)
            except OSError:
                return NO_ANSWER
            status = await wire.post(request)
            if wire.is_open:
                self._free.append(wire)
            return status

    def _find_free(self) -> Wire | None:
        """Returns a free connection that is still open, because servers close idle ones; None if there is none."""
        while self._free:
            if (wire := self._free.pop()).is_open:
                return wire
        return None
