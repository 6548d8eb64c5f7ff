"""Limits how often somebody may do something costly: a sliding window of uses, counted in the database."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from store.clock import CLOCKS_DIFFER, now
from store.staff.models import LimitedUse

LONGEST_WINDOW = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """Describes a limit: at most `most` uses within any `window` of time. Uses are counted by `name` and user."""

    name: str
    most: int
    window: timedelta


class LimitReached(ValueError):
    """Says that the limit is reached and nothing was counted; `seconds` later another use is possible."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def use(session: Session, limit: Limit, whom: str, *, times: int = 1) -> None:
    """Counts `times` uses in this transaction. Raises LimitReached, and counts none, if the limit would be exceeded.

    `whom` names the user, for example `staff 3`.
    """
    key = f"{limit.name} {whom}"
    _lock(session, key)
    # Uses further ahead were dated before the clock was set back, and are not counted.
    recent = LimitedUse.at.between(now() - limit.window, now() + CLOCKS_DIFFER)
    uses = select(func.count(), func.min(LimitedUse.at)).where(LimitedUse.key == key, recent)
    count, first = session.execute(uses).one()
    if count + times > limit.most:
        raise LimitReached(_seconds_until(first, limit) if first else 0)
    session.add_all(LimitedUse(key=key, at=now()) for _ in range(times))
    session.flush()


def _seconds_until(first: datetime, limit: Limit) -> int:
    """Returns the seconds to wait, at most the window, even if clocks differ."""
    left = min(first + limit.window - now(), limit.window)
    return max(0, math.ceil(left.total_seconds()))


def _lock(session: Session, key: str) -> None:
    """Locks the key in PostgreSQL, so that two uses at once are both counted. SQLite has only one writer."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"limit {key}"}
        )
