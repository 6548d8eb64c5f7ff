"""How often somebody may do what costs: a sliding window of uses, counted in the database."""

import math
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from store.clock import now
from store.staff_models import LimitedUse

LONGEST_WINDOW = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """At most so many uses within any window of this length. `name` tells one limit from another."""

    name: str
    most: int
    window: timedelta


class LimitReached(ValueError):
    """Nothing was counted; there is room again after so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def use(session: Session, limit: Limit, whom: str, *, times: int = 1) -> None:
    """Counts the use in this transaction, or raises LimitReached. `whom` is such as `staff 3`."""
    key, since = f"{limit.name} {whom}", now() - limit.window
    _lock(session, key)
    recent = select(func.count(), func.min(LimitedUse.at)).where(LimitedUse.key == key, LimitedUse.at > since)
    count, first = session.execute(recent).one()
    if count + times > limit.most:
        raise LimitReached(math.ceil((first - since).total_seconds()) if first else 0)
    session.add_all(LimitedUse(key=key, at=now()) for _ in range(times))
    session.flush()


def _lock(session: Session, key: str) -> None:
    """Two uses at once must see each other. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"limit {key}"}
        )
