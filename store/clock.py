"""Tells the time for all other modules. The store keeps UTC; screens and messages show Asia/Bangkok.

A machine's clock may be set ahead or back. Within a process, waits and timeouts use `time.monotonic`, which cannot be
set; docs/decisions/0009-clocks.md describes what happens to stored times.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BANGKOK = ZoneInfo("Asia/Bangkok")
# A stored time that is further in the future than this was written before the clock was set back.
CLOCKS_DIFFER = timedelta(minutes=1)


_ago: ContextVar[timedelta] = ContextVar("ago", default=timedelta(0))


def now() -> datetime:
    return datetime.now(UTC) - _ago.get()


@contextmanager
def in_the_past(ago: timedelta) -> Iterator[None]:
    """Dates everything done inside the block back by `ago`. Only the demo calls it, to give its town a past."""
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
    """Notices that the clock was set, because it then disagrees with the monotonic clock."""

    # A smaller difference comes from a time service that slows the clock down or speeds it up.
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
