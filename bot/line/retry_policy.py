"""Decides when LINE is called again after it refused all requests, for single messages and for broadcasts alike."""

import logging
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from store.clock import is_within, now
from store.logs import failure_fields
from store.messaging.outcomes import Outcome, SendResult

log = logging.getLogger(__name__)

# The longest pause of all calls, before jitter, after LINE's rate limit. Retry-After may ask for a longer one.
LONGEST_SECONDS = 60
# A Retry-After is followed for no longer than this.
LONGEST_RETRY_AFTER_SECONDS = 900
PAUSE_WHEN_UNAUTHORISED = timedelta(minutes=1)


def call(send: Callable[..., SendResult], *arguments: str, row: int) -> SendResult:
    """Calls LINE and returns the outcome. An unexpected error is logged and becomes the outcome NO_ANSWER.

    Several requests are sent at the same time, and an error of one must not lose the outcomes of the others.
    """
    try:
        return send(*arguments)
    except Exception as error:
        log.error("answer cannot be read", extra={"row": row, **failure_fields(error)})
        return SendResult(Outcome.NO_ANSWER, type(error).__name__)


class AccountBackoff:
    """Pauses requests to LINE after its rate limit or a refused access token, and resumes step by step.

    `most` is how many requests a thread may send at a time in normal operation. Each rate limit doubles the pause, with
    jitter. After a pause one request goes out alone; each time LINE accepts, the number allowed doubles, up to `most`.
    All threads of a process share one for replies and pushes (Sender), and another for broadcasts (Mailer).
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
        """Yields how many requests the calling thread may send now; 0 during a pause.

        While fewer than `most` are allowed, one thread sends at a time, and the others get 0.
        """
        with self._lock:
            count = 0 if self._is_trying or self._pauses() else self._allowed
            has_turn = count > 0 and self.is_holding_back
            self._is_trying = self._is_trying or has_turn
        try:
            yield count
        finally:
            if has_turn:
                self._is_trying = False

    def heard(self, result: SendResult) -> None:
        """Adjusts the pause, or the number of requests allowed, to an outcome."""
        match result.outcome:
            case Outcome.ACCEPTED:
                self.accepted()
            case Outcome.RATE_LIMIT:
                self.too_fast(result.retry_after)
            case Outcome.UNAUTHORISED:
                log.critical("LINE refuses our access token: check LINE_CHANNEL_ACCESS_TOKEN")
                self.stop(PAUSE_WHEN_UNAUTHORISED)

    def accepted(self) -> None:
        with self._lock:
            if not self._pauses():
                self._allowed = min(2 * self._allowed, self._most)
                self._refusals = self._refusals if self.is_holding_back else 0

    def too_fast(self, retry_after: float | None = None) -> None:
        """Begins a pause after LINE's rate limit, of at least `retry_after` seconds (900 at most).

        During a pause it does nothing: the answer belongs to a request that was sent before the pause began.
        """
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
