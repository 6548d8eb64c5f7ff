"""Runs threads that repeat a step. A process has one set of pools, whichever number of municipalities it serves."""

import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import count

from store.logs import failure_fields

log = logging.getLogger(__name__)

LONGEST_REST_SECONDS = 1.0
REST_AFTER_TROUBLE_SECONDS = 2.0
CRASHED = 70


class WakeSignal:
    """Wakes one idle thread with each `ring`. If none is idle, up to `most` rings are kept for the next `rest`."""

    def __init__(self, most: int = 1) -> None:
        self._rung: queue.Queue[None] = queue.Queue(maxsize=most)

    def ring(self) -> None:
        with suppress(queue.Full):
            self._rung.put_nowait(None)

    def rest(self, seconds: float) -> None:
        with suppress(queue.Empty):
            self._rung.get(timeout=seconds)


class ThreadPool:
    """Runs threads that repeat a step until it returns False, and then wait to be woken or for `rest` seconds."""

    def __init__(
        self,
        step: Callable[[], bool],
        size: int,
        stop: threading.Event,
        *,
        name: str,
        wake: WakeSignal | None = None,
        rest: float = LONGEST_REST_SECONDS,
    ) -> None:
        self.wake = wake or WakeSignal()
        work = partial(repeat, step, stop, self.wake, rest=rest)
        self._threads = [
            threading.Thread(target=work, name=f"{name} {number}", daemon=True) for number in range(size)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def leave(self) -> None:
        """Waits until each thread has finished its step, at most 20 seconds for each. `stop` must be set before."""
        for _ in self._threads:
            self.wake.ring()
        for thread in self._threads:
            thread.join(timeout=20)


class PatientStep:
    """Does a step. In a thread in which it has failed it does nothing for two seconds, and then tries again."""

    def __init__(self, step: Callable[[], bool]) -> None:
        self._step = step
        self._of_thread = threading.local()

    def __call__(self) -> bool:
        if time.monotonic() < getattr(self._of_thread, "not_before", 0.0):
            return False
        try:
            return self._step()
        except Exception as error:
            log.error("step failed", extra=failure_fields(error))
            self._of_thread.not_before = time.monotonic() + REST_AFTER_TROUBLE_SECONDS
            return False


class InTurn:
    """Does one step of one municipality at each call, and begins with another municipality each time.

    So a municipality with a thousand events waiting delays another's by one step. The steps raise nothing: see
    PatientStep. Threads share it.
    """

    def __init__(self, steps: Sequence[Callable[[], bool]]) -> None:
        self._steps = tuple(steps)
        self._calls = count()

    def __call__(self) -> bool:
        """Returns False if no municipality had anything to do."""
        first = next(self._calls)
        in_order = (self._steps[(first + i) % len(self._steps)] for i in range(len(self._steps)))
        return any(step() for step in in_order)


def and_ring(wake: WakeSignal, step: Callable[[], bool]) -> Callable[[], bool]:
    """Returns the step with one addition: if it did something, it wakes a sender, as there is an answer to send."""

    def work() -> bool:
        worked = step()
        if worked:
            wake.ring()
        return worked

    return work


def repeat(
    step: Callable[[], bool],
    stop: threading.Event,
    wake: WakeSignal | None = None,
    *,
    rest: float = LONGEST_REST_SECONDS,
    rest_after_trouble: float = REST_AFTER_TROUBLE_SECONDS,
) -> None:
    """Repeats the step until `stop` is set, and waits when there is nothing to do.

    An Exception is logged and does not end the thread. Anything else that is raised ends the process.
    """
    wake = wake or WakeSignal()
    while not stop.is_set():
        try:
            if step():
                continue
        except Exception as error:
            log.error("step failed", extra=failure_fields(error))
            stop.wait(rest_after_trouble)
        except BaseException as error:
            # If one thread ended alone, its work would never be done, so the supervisor restarts all of them.
            log.critical("a thread was made to end", extra=failure_fields(error))
            os._exit(CRASHED)
        wake.rest(rest)
