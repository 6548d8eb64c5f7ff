"""One resident, one change at a time: whoever holds a lane works alone for it until the transaction ends."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def hold_lane(session: Session, lane: str) -> None:
    """Waits for whoever holds it. SQLite lets only one writer in anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(lane, 0))))
