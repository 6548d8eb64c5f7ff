"""Waits in tests for a condition, never for a time, with a limit, and with a name for what was waited for."""

import os
import threading
import time
from collections.abc import Callable

# In seconds. An overloaded machine is slow, not broken. Set less when looking for a fault.
PATIENCE_SECONDS = float(os.environ.get("TEST_PATIENCE_SECONDS", "300"))


def wait_until(true: Callable[[], object], *, what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Waits until it is true; raises an error with `what` did not happen when that takes too long."""
    until, pause = time.monotonic() + seconds, threading.Event()
    while not true():
        if time.monotonic() > until:
            raise TimeoutError(f"Waited {seconds:.0f} seconds in vain for {what}.")
        pause.wait(0.02)


def finish(thread: threading.Thread, *, what: str) -> None:
    """Waits until the thread has ended, with a limit, because a plain join() might wait for ever."""
    thread.join(PATIENCE_SECONDS)
    if thread.is_alive():
        raise TimeoutError(f"Waited {PATIENCE_SECONDS:.0f} seconds in vain for {what} to end.")
