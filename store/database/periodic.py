"""Runs each periodic job once per time slot, in one of any number of workers.

A slot in which no worker ran is skipped and never caught up; a clock that is set back finds its slots taken.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from store.clock import now
from store.database.engine import Database
from store.database.models import PeriodicSlot
from store.database.upsert import insert_into

# No clock is set back by more than this.
REMEMBER_FOR = timedelta(days=60)
_ZERO = datetime.fromtimestamp(0, UTC)


def once(database: Database, job: str, every: timedelta) -> bool:
    """Returns True to one caller in each slot, for a job of several transactions. If the job fails, it waits for its
    next slot.
    """
    with database.transaction() as session:
        return take(session, job, slot_of(now(), every))


def take(session: Session, job: str, slot: datetime) -> bool:
    """Returns True to the caller that may run the job in this slot. If the job runs in the same transaction and fails,
    the slot is free again.
    """
    insert = insert_into(session, PeriodicSlot).values(job=job, slot=slot).on_conflict_do_nothing()
    return session.execute(insert.returning(PeriodicSlot.job)).scalar_one_or_none() is not None


def slot_of(at: datetime, every: timedelta) -> datetime:
    """Returns the start of the slot that this moment lies in; slots are counted from midnight UTC of 1 January 1970."""
    return at - (at - _ZERO) % every


def forget_old(session: Session) -> None:
    session.execute(delete(PeriodicSlot).where(PeriodicSlot.slot < now() - REMEMBER_FOR))
