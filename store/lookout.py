"""Looks whether there is anything to do, so cheaply that it can look a hundred times a second."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, text

from store.clock import is_within, now
from store.db import Database, Instant

# The indexes over what is still to do hold few rows, so each answer is one step into one of them.
_QUERY = text("""
    SELECT EXISTS (SELECT 1 FROM inbox WHERE state = 'new' AND (next_try_at IS NULL OR next_try_at <= :now)),
           EXISTS (SELECT 1 FROM outbox WHERE state = 'ready' AND next_try_at <= :now),
           EXISTS (SELECT 1 FROM file WHERE state = 'wanted' AND next_try_at <= :now)
""").bindparams(bindparam("now", type_=Instant))
# What becomes due by the clock alone is seen this much later at most.
LOOK_ANYWAY_AFTER = timedelta(seconds=0.5)


@dataclass(frozen=True)
class ToDo:
    events: bool
    messages: bool
    files: bool


NOTHING = ToDo(events=False, messages=False, files=False)


class Lookout:
    """For one thread. SQLite itself tells in microseconds whether anybody has written since it was last asked."""

    def __init__(self, database: Database) -> None:
        # Outside any transaction: to begin and to end one costs more than the look.
        options = {"reading": True} if database.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._connection = database.engine.connect().execution_options(**options)
        self._sqlite: Any = self._connection.connection.driver_connection if database.is_sqlite else None
        self._seen: Any = None
        self._looked_at = now() - LOOK_ANYWAY_AFTER

    def look(self) -> ToDo:
        if not self._something_changed() and is_within(self._looked_at, LOOK_ANYWAY_AFTER):
            return NOTHING
        self._looked_at = now()
        events, messages, files = self._connection.execute(_QUERY, {"now": self._looked_at}).one()
        self._connection.rollback()
        return ToDo(bool(events), bool(messages), bool(files))

    def _something_changed(self) -> bool:
        """Always "perhaps" on PostgreSQL, which is asked the question itself."""
        if self._sqlite is None:
            return True
        (version,) = self._sqlite.execute("PRAGMA data_version").fetchone()
        changed, self._seen = bool(version != self._seen), version
        return changed

    def close(self) -> None:
        self._connection.close()
