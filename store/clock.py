"""Tells the time for all other modules. The store keeps UTC; screens and messages show Asia/Bangkok.

A machine's clock is set now and then, ahead or back. Within a process whatever must not notice goes by
`time.monotonic`, which nobody sets; docs/decisions/0009-clocks.md says what becomes of times that are stored.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BANGKOK = ZoneInfo("Asia/Bangkok")
# What lies further ahead than this was dated by a clock that has been set back since.
CLOCKS_DIFFER = timedelta(minutes=1)


_ago: ContextVar[timedelta] = ContextVar("ago", default=timedelta(0))


def now() -> datetime:
    return datetime.now(UTC) - _ago.get()


@contextmanager
def in_the_past(ago: timedelta) -> Iterator[None]:
    """Dates what is done inside back by `ago`. Only the demo calls it, whose town has a past."""
    before = _ago.set(ago)
    try:
        yield
    finally:
        _ago.reset(before)


def in_bangkok(at: datetime) -> datetime:
    return at.astimezone(BANGKOK)


def today() -> date:
    """Returns the date in Bangkok, as on the office's wall calendar."""
    return in_bangkok(now()).date()


def is_within(since: datetime, span: timedelta) -> bool:
    """Says whether `since` is less than `span` ago; not if it lies ahead, because the clock was set back meanwhile."""
    return timedelta(0) <= now() - since < span


class ClockWatch:
    """Notices that the clock was set: it then disagrees with the monotonic clock."""

    # Less than this is the work of a time service that slows the clock down or speeds it up.
    LEAST = timedelta(seconds=1)

    def __init__(self) -> None:
        self._difference = _difference()

    def look(self) -> timedelta:
        """Returns how far the clock was set since the last look, ahead or (negative) back; zero if it was not."""
        jump = _difference() - self._difference
        if abs(jump) < self.LEAST:
            return timedelta(0)
        self._difference += jump
        return jump


def _difference() -> timedelta:
    return timedelta(seconds=now().timestamp() - time.monotonic())
