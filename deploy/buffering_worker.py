"""Extends gunicorn's worker: a thread gets a request only when it is complete or too large, so slow peers occupy none.

gunicorn's own thread worker reads a request in the thread that answers it, so as many slow peers as it has threads
block it. Here the main loop collects each request, and sends the rest of a response that its peer reads slowly. Both
have deadlines.
"""

import errno
import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from gunicorn import http
from gunicorn.http.errors import NoMoreData
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from deploy.connections import Connection, State

LOOK_EVERY_SECONDS = 0.5
MAX_BODY = 64 * 1024 * 1024
# The most bytes that all connections together may hold: received, or not yet read by the peer. Beyond this, those that
# hold the most are closed.
MAX_HELD = 512 * 1024 * 1024
_GONE = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.EBADF)


class BufferingWorker(ThreadWorker):  # type: ignore[misc]
    """Serves HTTP/1.1 without TLS, which the proxy adds.

    At the limit of connections, a new one closes the waiting one with the earliest deadline.
    """

    waiting: dict[Connection, int]  # Maps each connection that waits for its peer to the selector's event.

    def init_process(self) -> None:
        self.waiting = {}
        self.next_look = 0.0
        self.most_body = MAX_BODY
        super().init_process()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        self.most_body = getattr(self.wsgi, "config", {}).get("MAX_CONTENT_LENGTH") or MAX_BODY

    def accept(self, listener: socket.socket) -> None:
        try:
            peer, client = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        limits = {"most_body": self.most_body, "keepalive": self.cfg.keepalive}
        self._advance(Connection(peer, client, listener.getsockname(), **limits))

    def handle(self, conn: Connection) -> bool:
        """Answers a received request, in a thread; returns whether the connection may be used again."""
        request = None
        try:
            request = next(http.get_parser(self.cfg, conn.request(), conn.client))
            request._expected_100_continue = False  # 100 Continue was sent before the body was read.
            if not conn.is_whole:
                request.force_close()
            return bool(self.handle_request(request, conn))
        except (NoMoreData, StopIteration):
            return False
        except OSError as error:
            if error.errno not in _GONE:
                self.log.exception("Socket error processing request.")
            return False
        except Exception as error:
            self.handle_error(request, conn.sock, conn.client, error)
            return False

    def finish_request(self, conn: Connection, fs: "Future[bool]") -> None:
        keep = not fs.cancelled() and fs.exception() is None and fs.result()
        self._step(conn, partial(conn.finish, keep=keep))
        if not self.alive and conn.state is State.IDLE:
            conn.hurry(time.monotonic() + STOP_KEEPALIVE_LINGER)

    def murder_pending(self) -> None:
        """Closes connections that are late or hold too many bytes. gunicorn calls it in each round of its loop."""
        now = time.monotonic()
        if now < self.next_look:
            return
        self.next_look = now + LOOK_EVERY_SECONDS
        for conn in [each for each in self.waiting if each.deadline < now]:
            self._step(conn, conn.cut)
        held = sum(conn.held_bytes for conn in self.waiting)
        for conn in sorted(self.waiting, key=lambda each: -each.held_bytes):
            if held <= MAX_HELD:
                break
            held -= conn.held_bytes
            self._step(conn, conn.close)

    def murder_keepalived(self, force: bool = False) -> None:
        if force:
            for conn in list(self.waiting):
                self._step(conn, conn.close)

    def _cap_keepalive(self, deadline: float) -> None:
        for conn in self.waiting:
            if conn.state is State.IDLE:
                conn.hurry(deadline)

    def _make_room(self) -> None:
        """Closes the connection with the earliest deadline; a request that makes progress has a later one."""
        if self.waiting:
            conn = min(self.waiting, key=lambda each: each.deadline)
            self._step(conn, conn.close)

    def _on_ready(self, conn: Connection, _peer: socket.socket) -> None:
        if conn in self.waiting:  # It may have been closed earlier in this round of the loop.
            self._advance(conn)

    def _advance(self, conn: Connection) -> None:
        self._step(conn, conn.advance)

    def _step(self, conn: Connection, do: Callable[[], None]) -> None:
        """Calls `do` on the connection, closes it after an error, and then waits for what the connection needs next."""
        try:
            do()
        except OSError:
            self._release(conn)
            conn.close()
        except Exception:
            self.log.exception("A connection failed.")
            self._release(conn)
            conn.close()
        self._place(conn)

    def _place(self, conn: Connection) -> None:
        if conn.state is State.CLOSED:
            self._release(conn)
            self.nr_conns -= 1
        elif conn.state is State.RECEIVED:
            self._release(conn)
            self.enqueue_req(conn)
        else:
            self._wait(conn)

    def _wait(self, conn: Connection) -> None:
        event = selectors.EVENT_WRITE if conn.state is State.SENDING else selectors.EVENT_READ
        before = self.waiting.get(conn)
        if before == event:
            return
        if before is None:
            self.poller.register(conn.peer, event, partial(self._on_ready, conn))
        else:
            self.poller.modify(conn.peer, event, partial(self._on_ready, conn))
        self.waiting[conn] = event

    def _release(self, conn: Connection) -> None:
        if self.waiting.pop(conn, None) is not None:
            self.poller.unregister(conn.peer)
