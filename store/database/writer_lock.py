"""Lets the writers of one SQLite file take turns fairly, across threads and processes.

SQLite alone lets a waiting writer try again after pauses that grow, so a thread that writes often can keep another one
out for seconds.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.0002, 0.002


class WriterLock:
    """Locks one database file; each process has one instance. The operating system releases the locks when the process
    ends.
    """

    def __init__(self, database: str) -> None:
        self._next, self._here = threading.Lock(), threading.Lock()
        self._paths = f"{database}-next-writer", f"{database}-writer"
        self._files: tuple[int, ...] = ()

    @contextmanager
    def passed(self, give_up_at: float) -> Iterator[None]:
        """Holds the write lock within the block. Raises TimeoutError when it is not free by `give_up_at` (monotonic).

        A writer takes the lock of the next in line first and then the write lock. So one that has just written waits
        behind those who waited meanwhile.
        """
        with ExitStack() as held:
            with _locked(self._next, give_up_at):
                held.enter_context(_locked(self._here, give_up_at))
                waiting, writing = self._opened()
                with _flocked(waiting, give_up_at):
                    held.enter_context(_flocked(writing, give_up_at))
            yield

    def _opened(self) -> tuple[int, ...]:
        if not self._files:
            self._files = tuple(
                os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for path in self._paths
            )
        return self._files

    def close(self) -> None:
        files, self._files = self._files, ()
        for file in files:
            os.close(file)


@contextmanager
def _locked(lock: threading.Lock, give_up_at: float) -> Iterator[None]:
    if not lock.acquire(timeout=max(give_up_at - time.monotonic(), 0.0)):
        raise TimeoutError("The database is busy.")
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _flocked(file: int, give_up_at: float) -> Iterator[None]:
    pause = FIRST_PAUSE_SECONDS
    while not _taken(file):
        if time.monotonic() > give_up_at:
            raise TimeoutError("The database is busy.")
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
