"""Notes when each step of work began, in memory that the supervisor reads, so that it can end a worker that hangs.

A regular expression holds the interpreter's lock while it runs, so no thread of the same process could notice that it
never ends. The supervisor, another process, can: it reads here which step each thread is in.
"""

import mmap
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

# One slot a thread: when the step began (0 when idle), its row, the kind of step, the thread's two ids.
_SLOT = struct.Struct("<d q 16s Q q")
MAX_THREADS = 64
# After the slots: how often this process has shown that it lives.
_SIGNS, _SIGNS_AT = struct.Struct("<q"), _SLOT.size * MAX_THREADS
_SIGN_EVERY_SECONDS = 1.0


@dataclass(frozen=True)
class Step:
    """Describes a step that a thread is in. `kind` and `row` say what it works on, such as the event of an inbox row.

    `began` is time.monotonic(), which is the same for all processes of a machine.
    """

    kind: str
    row: int
    began: float
    thread: int
    native_thread: int


class Watchdog:
    """Shares the current step of each thread with the parent process. It must be created before the fork."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _SIGNS_AT + _SIGNS.size)
        self._slots, self._of_thread = count(), threading.local()

    @contextmanager
    def step(self, kind: str, row: int) -> Iterator[None]:
        """Notes this thread's step; the supervisor ends the process if it takes too long. Steps must not be nested."""
        place = self._place()
        if place is not None:
            facts = kind.encode()[:16], threading.get_ident(), threading.get_native_id()
            _SLOT.pack_into(self._memory, place, time.monotonic(), row, *facts)
        try:
            yield
        finally:
            if place is not None:
                _SLOT.pack_into(self._memory, place, 0.0, 0, b"", 0, 0)

    def _place(self) -> int | None:
        """Returns this thread's offset in the memory; None when there are more threads than slots."""
        if not hasattr(self._of_thread, "place"):
            slot = next(self._slots)
            self._of_thread.place = slot * _SLOT.size if slot < MAX_THREADS else None
        place: int | None = self._of_thread.place
        return place

    def show_life(self) -> None:
        """Increases `signs_of_life` once a second and never returns, so it needs a thread of its own.

        It stops while other code holds the interpreter's lock.
        """
        while True:
            _SIGNS.pack_into(self._memory, _SIGNS_AT, self.signs_of_life + 1)
            time.sleep(_SIGN_EVERY_SECONDS)

    @property
    def signs_of_life(self) -> int:
        signs: int = _SIGNS.unpack_from(self._memory, _SIGNS_AT)[0]
        return signs

    def under_way(self) -> list[Step]:
        found = []
        for began, row, kind, thread, native in _SLOT.iter_unpack(self._memory[:_SIGNS_AT]):
            if began:
                found.append(Step(kind.rstrip(b"\0").decode(), row, began, thread, native))
        return found
