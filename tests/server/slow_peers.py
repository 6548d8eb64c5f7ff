"""Clients that hold a connection and hardly move, of every kind, until they are sent away."""

import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STEP_SECONDS = 0.5
BODY_OF = b"POST %s HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"


class SlowPeer:
    """Says `first` at once and `again` now and then; reads only what it must to see that it was cut."""

    def __init__(self, port: int, first: bytes, again: bytes, *, reads: bool = True) -> None:
        self._again, self._reads = again, reads
        self.was_cut = False
        self._socket = socket.socket()
        if not reads:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.settimeout(10)
        self._socket.connect(("127.0.0.1", port))
        self._socket.sendall(first)
        self._socket.setblocking(False)

    def move(self) -> None:
        """One more byte; notices when the other side has closed."""
        try:
            if self._again:
                self._socket.send(self._again)
            if self._reads and self._socket.recv(65536) == b"":
                self.was_cut = True
        except BlockingIOError:
            pass
        except OSError:
            self.was_cut = True

    def received(self) -> int:
        """Reads all there is, until the end or the cut; how much it was."""
        self._socket.settimeout(30)
        total = 0
        try:
            while data := self._socket.recv(1 << 20):
                total += len(data)
        except ConnectionResetError:
            pass
        return total

    def close(self) -> None:
        self._socket.close()


def kinds(path: bytes) -> tuple[Callable[[int], SlowPeer], ...]:
    """Nothing at all, half a head, a head and half a body, and one request after which nothing comes."""
    return (
        lambda port: SlowPeer(port, b"", b""),
        lambda port: SlowPeer(port, b"POST " + path + b" HTTP/1.1\r\nHost: t\r\nX-Slow: ", b"x"),
        lambda port: SlowPeer(port, BODY_OF % path, b" "),
        lambda port: SlowPeer(port, b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n", b""),
    )


@contextmanager
def slow_peers(port: int, path: bytes, count: int) -> Iterator[list[SlowPeer]]:
    """So many at any moment: whoever is cut is followed by another of its kind."""
    makers = list(itertools.islice(itertools.cycle(kinds(path)), count))
    peers = [make(port) for make in makers]
    done = threading.Event()

    def move_all() -> None:
        while not done.wait(STEP_SECONDS):
            for place, make in enumerate(makers):
                peers[place].move()
                if peers[place].was_cut:
                    peers[place].close()
                    peers[place] = make(port)

    mover = threading.Thread(target=move_all)
    mover.start()
    try:
        yield peers
    finally:
        done.set()
        mover.join(timeout=60)
        for peer in peers:
            peer.close()
