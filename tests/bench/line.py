"""Stands for LINE in a process of its own: accepts every message, counts, and answers when told to.

The strict simulator would itself be what is measured. `GET /counted` returns the counts; `POST /behave` sets the delay.
"""

import asyncio
import json
import re
import sys
import time
from collections import Counter
from typing import Any

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_TOKEN = re.compile(rb'"replyToken": ?"([^"]+)"')
_CONVERSATION = re.compile(rb"&c=(\d+)")
_TAKEN = b'{"sentMessages":[{"id":"461230966842064897","quoteToken":"IStG5h1Tz7b"}]}'


class Line:
    """Counts messages; `heard` maps each reply token to when its reply came, by the clock that all processes share."""

    def __init__(self) -> None:
        self.delay, self.hangs = 0.0, False
        self.heard: dict[str, float] = {}
        self.counts: Counter[str] = Counter()
        self.listeners: list[asyncio.Transport] = []

    def behave(self, *, delay: float = 0.0, hangs: bool = False) -> None:
        self.delay, self.hangs = delay, hangs
        self.heard.clear()
        self.counts.clear()

    def take(self, path: str, body: bytes) -> None:
        self.counts[path.rpartition("/")[2]] += 1
        token = _TOKEN.search(body)
        if token is None:
            return
        name = token[1].decode()
        self.counts["twice"] += name in self.heard
        self.heard[name] = time.monotonic()
        if self.listeners:
            self._pass_on(name, body)

    def _pass_on(self, token: str, body: bytes) -> None:
        """Gives the resident what came: the token says to whom, and the buttons carry the number of the request."""
        conversation = _CONVERSATION.search(body)
        news = f"{token} {conversation[1].decode() if conversation else 0}\n".encode()
        for listener in self.listeners:
            listener.write(news)


class Door(asyncio.Protocol):
    def __init__(self, line: Line) -> None:
        self._line, self._buffer = line, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        if self._transport in self._line.listeners:
            self._line.listeners.remove(self._transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        size = int(length[1]) if length else 0
        if not end or len(rest) < size:
            return
        self._buffer = rest[size:]
        method, path, _ = head.split(b" ", 2)
        self._serve(method.decode(), path.decode(), rest[:size])

    def _serve(self, method: str, path: str, body: bytes) -> None:
        if path == "/listen":
            self._line.listeners.append(self._transport)
        elif path == "/behave":
            self._line.behave(**json.loads(body))
            self._answer(b"{}")
        elif path == "/counted":
            counted: dict[str, Any] = {**self._line.counts, "heard": self._line.heard}
            self._answer(json.dumps(counted).encode())
        elif method != "POST":
            self._answer(b'{"message":"Not found"}', "404 Not Found")
        elif not self._line.hangs:
            self._line.take(path, body)
            asyncio.get_running_loop().call_later(self._line.delay, self._answer, _TAKEN)

    def _answer(self, body: bytes, status: str = "200 OK") -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


async def main() -> None:
    line = Line()
    server = await asyncio.get_running_loop().create_server(lambda: Door(line), "127.0.0.1", 0, backlog=512)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    # It ends when the process that started it ends, because then the pipe closes.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
