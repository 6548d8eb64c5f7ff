"""Runs a small server that speaks clamd's protocol as clamd(8) tells it, and knows one virus."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
VERSION = "ClamAV 1.4.3/27800/Mon Nov 30 08:12:11 2026"


class _Talk(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        command = self._word()
        if command == b"zVERSION":
            self._answer(VERSION)
        elif command == b"zINSTREAM":
            self._scan()
        else:
            self._answer("UNKNOWN COMMAND")

    def _word(self) -> bytes:
        word = b""
        while (sign := self.rfile.read(1)) not in (b"\0", b""):
            word += sign
        return word

    def _scan(self) -> None:
        data = b""
        while length := int.from_bytes(self.rfile.read(4), "big"):
            data += self.rfile.read(length)
            if len(data) > self.server.most:
                return self._answer("INSTREAM size limit exceeded. ERROR")
        self.server.seen.append(data)
        found = self.server.signatures and VIRUS in data
        return self._answer("stream: Win.Test.EICAR_HDB-1 FOUND" if found else "stream: OK")

    def _answer(self, words: str) -> None:
        if not self.server.mute:
            self.wfile.write(words.encode() + b"\0")


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    most, signatures, mute = 25 * 1024 * 1024, True, False
    seen: list[bytes]


class _UnixServer(_Server):
    address_family = socket.AF_UNIX


@contextmanager
def clamd(where: Path | None = None, **traits: Any) -> Iterator[tuple[str, list[bytes]]]:
    """Yields its address as CLAMD names it, and what it has scanned. `traits`: most (bytes), signatures, mute."""
    server = _UnixServer(str(where), _Talk) if where else _Server(("127.0.0.1", 0), _Talk)  # type: ignore[arg-type]
    server.seen = []
    for name, value in traits.items():
        setattr(server, name, value)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"unix:{where}" if where else f"tcp://127.0.0.1:{server.socket.getsockname()[1]}", server.seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
