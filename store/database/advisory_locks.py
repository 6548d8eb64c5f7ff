"""One resident, one change at a time: whoever holds a lane works alone for it until the transaction ends."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

_HOLD = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(lane, 0)) FROM unnest(CAST(:lanes AS text[])) AS lane"
)


def hold_lanes(session: Session, lanes: Iterable[str]) -> None:
    """Waits for whoever holds them. SQLite lets only one writer in anyway."""
    if session.get_bind().dialect.name != "postgresql":
        return
    # In one order for all: two who wait for each other would wait for ever.
    session.execute(_HOLD, {"lanes": sorted(set(lanes))})
