"""Takes PostgreSQL's advisory locks by name, such as one for each resident, until the transaction ends."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

_HOLD = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(lane, 0)) FROM unnest(CAST(:lanes AS text[])) AS lane"
)


def lock_senders(session: Session, lanes: Iterable[str]) -> None:
    """Locks these names, such as the queue (`lane`) of a resident, and waits for other transactions that hold them.

    On SQLite it does nothing, because SQLite lets only one writer in anyway.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    # All callers lock in the same order: otherwise two of them could wait for each other for ever.
    session.execute(_HOLD, {"lanes": sorted(set(lanes))})
