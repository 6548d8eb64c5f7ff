"""Serves HTTP with threads, keep-alive connections and each answer in one write."""

import io
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress

from werkzeug.serving import WSGIRequestHandler
from werkzeug.test import run_wsgi_app

from line_simulator.api.gateway import RESET_CONNECTION, SERVER_COMMANDS

MAX_BODY_BYTES = 512 * 1024 * 1024


class Handler(WSGIRequestHandler):
    """Handles requests on a connection that stays open.

    Werkzeug's own handler closes it after each answer, so that a bot needs a new connection for every call;
    it also sends headers and body in two writes, which costs 40 ms a call with Nagle's algorithm.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 256 * 1024
    timeout = 75

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        body = self._read_body(environ.get("wsgi.input_terminated", False), environ["wsgi.input"])
        commands: set[str] = set()
        environ |= {
            SERVER_COMMANDS: commands,
            "wsgi.input": io.BytesIO(body),
            "wsgi.input_terminated": True,
            "CONTENT_LENGTH": str(len(body)),
        }
        parts, status, headers = run_wsgi_app(self.server.app, environ)
        if RESET_CONNECTION in commands:
            self._reset_connection()
            return
        try:
            self._write(parts, status, list(headers))
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        finally:
            getattr(parts, "close", lambda: None)()

    def finish(self) -> None:
        with suppress(ConnectionError):
            super().finish()

    def handle_expect_100(self) -> bool:
        self.send_response_only(100)
        self.end_headers()
        self.wfile.flush()
        return True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Does nothing: the simulator has its own log."""

    def log_error(self, format: str, *args: object) -> None:
        """Logs an error, except that an idle keep-alive connection timed out."""
        if not any(isinstance(arg, TimeoutError) for arg in args):
            super().log_error(format, *args)

    def _read_body(self, terminated: bool, stream: io.BufferedIOBase) -> bytes:
        if terminated:
            return io.BufferedReader(stream).read(MAX_BODY_BYTES)
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY_BYTES:
            self.close_connection = True
            return b""
        return stream.read(length)

    def _write(self, parts: Iterable[bytes], status: str, headers: list[tuple[str, str]]) -> None:
        code, _, words = status.partition(" ")
        self.send_response(int(code), words)
        for name, value in headers:
            self.send_header(name, value)
        declared = {name.lower(): value for name, value in headers}.get("content-length")
        chunked = declared is None and int(code) not in {204, 304} and self.command != "HEAD"
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        written = self._write_parts(parts, chunked=chunked)
        if declared is not None and written != int(declared) and self.command != "HEAD":
            # A body shorter than its Content-Length can only be ended by closing the connection.
            self.close_connection = True

    def _write_parts(self, parts: Iterable[bytes], *, chunked: bool) -> int:
        written = 0
        for part in parts:
            if not part:
                continue
            written += len(part)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
            if chunked:
                self.wfile.flush()
        if chunked:
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()
        return written

    def _reset_connection(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
