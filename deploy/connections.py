"""Handles an HTTP/1.1 connection without blocking: collects the request, and sends the response as the peer reads it.

All of it runs in the worker's main loop, except `Connection.request` and what gunicorn calls of `Outgoing` in a thread.
"""

import socket
import time
from collections.abc import Iterator
from enum import Enum
from functools import partial
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import IO

from deploy.framing import MAX_HEAD, Body, body_after, waits_for_100

# A body or a kept response that is larger is written to a temporary file.
MAX_IN_MEMORY = 128 * 1024
READ_BYTES = 64 * 1024


class State(Enum):
    """Names what the connection waits for; RECEIVED and CLOSED wait for nothing."""

    IDLE = "the first byte of another request"
    HEAD = "the end of the request's head"
    BODY = "the end of the request's body"
    RECEIVED = "-"
    SENDING = "the peer to read the response"
    CLOSING = "the peer to close as well"
    CLOSED = "--"


# How many seconds a state may last in all, and how many bytes add one more second. So a photo may take long over a slow
# network, but a peer that sends a byte now and then may not.
SECONDS = {State.HEAD: 5.0, State.BODY: 10.0, State.SENDING: 10.0, State.CLOSING: 2.0}
BYTES_FOR_A_SECOND = {State.BODY: 50_000, State.SENDING: 5_000}
MALFORMED = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
)
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


class Outgoing:
    """Takes the response from gunicorn in place of the socket. It never blocks; it keeps what the peer has not read."""

    def __init__(self, peer: socket.socket) -> None:
        self._peer = peer
        self._kept: IO[bytes] | None = None
        self._size = self._sent = 0

    @property
    def pending(self) -> int:
        return self._size - self._sent

    def sendall(self, data: bytes) -> None:
        if self._kept is None:
            data = data[self._send(data) :]
            if not data:
                return
            self._kept = SpooledTemporaryFile(MAX_IN_MEMORY)  # noqa: SIM115
            self._size = 0
            self._sent = 0
        self._kept.write(data)
        self._size += len(data)

    def flush(self) -> int:
        """Sends what the peer takes now; returns how many bytes that was."""
        if self._kept is None:
            return 0
        self._kept.seek(self._sent)
        sent = self._send(self._kept.read(4 * READ_BYTES))
        self._sent += sent
        if not self.pending:
            self.discard()
        return sent

    def discard(self) -> None:
        if self._kept is not None:
            self._kept.close()
        self._kept = None
        self._size = 0
        self._sent = 0

    def _send(self, data: bytes) -> int:
        try:
            return self._peer.send(data)
        except BlockingIOError:
            return 0

    # gunicorn calls the next three when it reports an error or gives up a response; only the main loop closes sockets.

    def gettimeout(self) -> float:
        return 0.0

    def shutdown(self, _how: int) -> None:
        raise OSError("the main loop closes this connection")

    def close(self) -> None:
        pass


class Connection:
    """Handles a connection. gunicorn's worker reads its `sock`, `client` and `server`."""

    _body: Body | None
    _kept: IO[bytes] | None = None

    def __init__(
        self, peer: socket.socket, client: object, server: object, *, most_body: int, keepalive: float
    ) -> None:
        peer.setblocking(False)
        self.peer = peer
        self.client = client
        self.server = server
        self.sock = Outgoing(peer)
        self._most_body, self._keepalive = most_body, keepalive
        self._rest = b""
        self._keep = False
        self._since = 0.0
        self._forget_request()
        self._enter(State.HEAD)

    @property
    def deadline(self) -> float:
        more = self._moved / BYTES_FOR_A_SECOND[self.state] if self.state in BYTES_FOR_A_SECOND else 0.0
        return self._since + SECONDS.get(self.state, self._keepalive) + more

    @property
    def held_bytes(self) -> int:
        """Returns how many bytes are kept for this peer, in memory or in a file."""
        return len(self._head) + self._body_size + self.sock.pending

    def advance(self) -> None:
        """Reads or sends what can be read or sent at once. Raises OSError when the peer is gone."""
        if self.state is State.SENDING:
            self._moved += self.sock.flush()
            if not self.sock.pending:
                self._after_response()
            return
        try:
            data = self.peer.recv(READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            self.close()
        elif self.state is not State.CLOSING:
            self._take(data)

    def request(self) -> Iterator[bytes]:
        """Returns the bytes that were received of the request. Reading them never waits for the peer."""
        if self._kept is None:
            return iter((bytes(self._head),))
        self._kept.seek(0)
        return chain((bytes(self._head),), iter(partial(self._kept.read, READ_BYTES), b""))

    def finish(self, *, keep: bool) -> None:
        """Ends the request after its thread is done; the response may still have to be sent."""
        self._keep = keep
        self._forget_request()
        if self.sock.pending:
            self._enter(State.SENDING)
        else:
            self._after_response()

    def cut(self) -> None:
        """Ends a connection whose deadline has passed. A peer that has begun a request gets status 408."""
        if self.state is State.BODY or (self.state is State.HEAD and self._head):
            self._refuse(TOO_LATE)
        else:
            self.close()

    def hurry(self, until: float) -> None:
        """Brings the deadline of an idle connection forward to `until`, because the process ends."""
        self._since = min(self._since, until - self._keepalive)

    def close(self) -> None:
        self.sock.discard()
        self._forget_request()
        self.peer.close()
        self._enter(State.CLOSED)

    def _enter(self, state: State) -> None:
        self.state, self._moved = state, 0
        self._since = time.monotonic()

    def _forget_request(self) -> None:
        if self._kept is not None:
            self._kept.close()
        self._head, self._body = bytearray(), None
        self._kept, self._body_size = None, 0
        self.is_whole = False

    def _take(self, data: bytes) -> None:
        if self.state is State.IDLE:
            self._enter(State.HEAD)
        if self._body is None:
            data = self._take_head(data)
        if self._body is not None:
            self._take_body(self._body, data)

    def _take_head(self, data: bytes) -> bytes:
        """Collects the head; returns the bytes that came after it."""
        seen = max(0, len(self._head) - 3)
        self._head += data
        end = self._head.find(b"\r\n\r\n", seen) + 4
        if end < 4 or end > MAX_HEAD:
            if len(self._head) > MAX_HEAD:
                self._refuse(HEAD_TOO_LARGE)
            return b""
        behind = bytes(self._head[end:])
        del self._head[end:]
        self._body = body_after(bytes(self._head))
        self._enter(State.BODY)
        if (
            not self._body.is_whole
            and not self._is_too_large(self._body)
            and waits_for_100(bytes(self._head))
        ):
            self.sock.sendall(GO_ON)
        return behind

    def _take_body(self, body: Body, data: bytes) -> None:
        try:
            taken = body.take(data)
        except ValueError:
            self._refuse(MALFORMED)
            return
        if taken:
            if self._kept is None:
                self._kept = SpooledTemporaryFile(MAX_IN_MEMORY)  # noqa: SIM115
            self._kept.write(data[:taken])
            self._body_size += taken
            self._moved += taken
        self._rest = data[taken:]
        self.is_whole = body.is_whole
        if self.is_whole or self._is_too_large(body):
            # The application refuses a body that is too large by its length, so its rest is not awaited.
            self.state = State.RECEIVED

    def _is_too_large(self, body: Body) -> bool:
        return self._body_size + body.missing > self._most_body

    def _after_response(self) -> None:
        if not self._keep:
            self.peer.shutdown(socket.SHUT_WR)
            self._enter(State.CLOSING)
            return
        self._enter(State.IDLE)
        rest, self._rest = self._rest, b""
        if rest:
            self._take(rest)

    def _refuse(self, answer: bytes) -> None:
        self.sock.sendall(answer)
        self.finish(keep=False)
