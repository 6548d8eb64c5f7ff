"""Backs off for the whole account: while LINE would refuse any call, none is made; then one request goes first."""

import logging
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from store.clock import is_within, now

log = logging.getLogger(__name__)

LONGEST_SECONDS = 60
# A Retry-After is followed for no longer than this.
LONGEST_RETRY_AFTER_SECONDS = 900
# The longest wait between tries of one request that LINE did not answer, or answered with a server error.
LONGEST_WAIT_SECONDS = 900


class AccountBackoff:
    """Limits requests of one kind, for all threads of a process; `most` is how many may be under way together.

    Each refusal doubles the pause, with jitter. After a pause one request goes out alone. Each time LINE
    accepts some, twice as many may go out, until there are `most` again.
    """

    def __init__(self, most: int) -> None:
        self._most = self._allowed = most
        self._refusals, self._is_trying = 0, False
        self._pause: tuple[datetime, timedelta] | None = None
        self._lock = threading.Lock()

    @property
    def is_holding_back(self) -> bool:
        return self._allowed < self._most

    @contextmanager
    def turn(self) -> Iterator[int]:
        """Yields how many requests may go out now. While they are fewer than `most`, one thread at a time sends."""
        with self._lock:
            count = 0 if self._is_trying or self._pauses() else self._allowed
            has_turn = count > 0 and self.is_holding_back
            self._is_trying = self._is_trying or has_turn
        try:
            yield count
        finally:
            if has_turn:
                self._is_trying = False

    def accepted(self) -> None:
        with self._lock:
            if not self._pauses():
                self._allowed = min(2 * self._allowed, self._most)
                self._refusals = self._refusals if self.is_holding_back else 0

    def too_fast(self, retry_after: float | None = None) -> None:
        """Begins a pause after LINE's rate limit. Of requests that were under way together only the first counts."""
        with self._lock:
            if self._pauses():
                return
            self._refusals += 1
            seconds = min(2 ** (self._refusals - 1), LONGEST_SECONDS) * random.uniform(1, 1.5)  # noqa: S311
            if retry_after is not None:
                seconds = max(seconds, min(retry_after, LONGEST_RETRY_AFTER_SECONDS))
            self._begin_pause(timedelta(seconds=seconds))
        log.warning("LINE says that we call too often", extra={"seconds": round(seconds)})

    def stop(self, how_long: timedelta) -> None:
        with self._lock:
            self._begin_pause(how_long)

    def _begin_pause(self, how_long: timedelta) -> None:
        self._allowed, self._pause = 1, (now(), how_long)

    def _pauses(self) -> bool:
        return self._pause is not None and is_within(*self._pause)


def backoff(tries: int) -> timedelta:
    """Returns the wait before the next try of one request: from two seconds doubled to 15 minutes, with jitter."""
    return timedelta(seconds=min(2**tries, LONGEST_WAIT_SECONDS) * random.uniform(0.7, 1.3))  # noqa: S311
