"""Holds the other end of the zygote's socket: starts processes, hears how they ended, and ends waits for dead ones."""

import itertools
import json
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.children import Child

LARGEST = 200_000
# For a machine that is asked for much more than it can do; nothing here depends on how long things take.
BIRTH_SECONDS, LONGEST_LIFE_SECONDS = 240.0, 240.0
SIGKILL = -9


@dataclass
class Life:
    number: int
    role: str
    over: threading.Event = field(default_factory=threading.Event)
    exit_code: int | None = None
    hit: str | None = None
    """The point where its trap shut."""
    unwanted: bool = False
    """We ended it because it was no longer needed: that is no kill."""

    @property
    def was_killed(self) -> bool:
        return self.exit_code == SIGKILL and (self.hit is not None or not self.unwanted)


class Nursery:
    def __init__(self, wire: socket.socket) -> None:
        self._wire, self._numbers = wire, itertools.count(1)
        self._lives: dict[int, Life] = {}
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self.port = 0
        self.troubles: deque[str] = deque(maxlen=50)
        self.when_over: Callable[[Life], None] = lambda _: None
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._ear.start()
        self._await_zygote()

    def rehearse(self, database_url: str, folder: str) -> None:
        """Lets the zygote learn on an empty database what its children need not learn again."""
        self._ready.clear()
        order = {"database_url": database_url, "folder": folder}
        self._wire.send(json.dumps({"rehearse": order}).encode())
        self._await_zygote()

    def _await_zygote(self) -> None:
        if not self._ready.wait(BIRTH_SECONDS):
            raise TimeoutError("The zygote does not answer.")

    def begin(self, role: str, order: dict[str, Any]) -> Life:
        with self._lock:
            life = Life(next(self._numbers), role)
            self._lives[life.number] = life
        self._wire.send(json.dumps({**order, "role": role, "life": life.number}).encode())
        return life

    def wait(self, life: Life) -> Life:
        if not life.over.wait(LONGEST_LIFE_SECONDS):
            self.end(life)
            raise TimeoutError(f"A {life.role} lived too long. {list(self.troubles)}")
        return life

    def end(self, life: Life) -> None:
        """Kills a process that is not needed any more."""
        if not life.over.is_set():
            life.unwanted = True
            self._wire.send(json.dumps({"end": life.number}).encode())
            if not life.over.wait(LONGEST_LIFE_SECONDS):
                raise TimeoutError(f"A {life.role} did not die. {list(self.troubles)}")

    def _listen(self) -> None:
        while message := self._wire.recv(LARGEST):
            news = json.loads(message)
            if news["life"] == 0:
                self.port = news.get("port", self.port)
                self._ready.set()
            else:
                self._note(self._lives[news["life"]], news)

    def _note(self, life: Life, news: dict[str, Any]) -> None:
        if "trouble" in news:
            self.troubles.append(f"{life.role}: {news['trouble']}")
        if "hit" in news:
            life.hit = news["hit"]
        if "died" in news:
            life.exit_code = news["died"]
            del self._lives[life.number]
            # Counted before a thread that waits for its end goes on.
            self.when_over(life)
            life.over.set()


@contextmanager
def a_nursery() -> Iterator[Nursery]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", "tests.faults.zygote", str(theirs.fileno())]
    with Child(command, pass_fds=(theirs.fileno(),)) as zygote:
        theirs.close()
        try:
            yield Nursery(ours)
        finally:
            # The zygote ends its children and itself when the other end is closed.
            ours.shutdown(socket.SHUT_RDWR)
            zygote.wait(timeout=LONGEST_LIFE_SECONDS)
            ours.close()
