"""What the clock starts is done once in each slot of time, by one worker of however many.

A slot that nobody was there for is skipped, never caught up; a clock that jumps back finds its slots taken.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.clock import now
from store.database.engine import Database
from store.database.models import Tick

# No clock is put back by more than this.
REMEMBER_FOR = timedelta(days=60)
_ZERO = datetime.fromtimestamp(0, UTC)


def once(database: Database, job: str, every: timedelta) -> bool:
    """True for one caller in each slot: for a job of several transactions. One that fails waits for its next slot."""
    with database.transaction() as session:
        return take(session, job, slot_of(now(), every))


def take(session: Session, job: str, slot: datetime) -> bool:
    """True for who may do the job in this slot. Taken in the job's own transaction, a job that fails was not done."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(Tick).values(job=job, slot=slot).on_conflict_do_nothing()
    return session.execute(insert.returning(Tick.job)).scalar_one_or_none() is not None


def slot_of(at: datetime, every: timedelta) -> datetime:
    """When the slot began that this moment lies in; slots are counted from midnight UTC of 1 January 1970."""
    return at - (at - _ZERO) % every


def forget_old(session: Session) -> None:
    session.execute(delete(Tick).where(Tick.slot < now() - REMEMBER_FOR))
