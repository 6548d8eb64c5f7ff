"""Looks whether there is anything to do, so cheaply that it can look a hundred times a second."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from store.clock import is_within, now
from store.database.engine import Database

# The indexes over what is still to do hold few rows, so each answer is one step into one of them.
_QUERY = """
    SELECT EXISTS (SELECT 1 FROM inbox WHERE state = 'new' AND (next_try_at IS NULL OR next_try_at <= {now})),
           EXISTS (SELECT 1 FROM outbox WHERE state = 'ready' AND next_try_at <= {now}),
           EXISTS (SELECT 1 FROM file WHERE state = 'wanted' AND next_try_at <= {now})
"""
# What becomes due by the clock alone is seen this much later at most.
LOOK_ANYWAY_AFTER = timedelta(seconds=0.5)


@dataclass(frozen=True)
class ToDo:
    events: bool
    messages: bool
    files: bool


NOTHING = ToDo(events=False, messages=False, files=False)


class Lookout:
    """Looks for one thread. It asks the database driver itself, because SQLAlchemy needs longer for the question than
    the database for the answer. SQLite tells in microseconds whether anybody has written since it was last asked."""

    def __init__(self, database: Database) -> None:
        # Outside any transaction: to begin and to end one costs more than the look.
        options = {"reading": True} if database.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._connection = database.engine.connect().execution_options(**options)
        self._driver: Any = self._connection.connection.driver_connection
        self._is_sqlite = database.is_sqlite
        self._query = _QUERY.format(now=":now" if database.is_sqlite else "%(now)s")
        self._seen: Any = None
        self._looked_at = now() - LOOK_ANYWAY_AFTER

    def look(self) -> ToDo:
        if not self._something_changed() and is_within(self._looked_at, LOOK_ANYWAY_AFTER):
            return NOTHING
        self._looked_at = now()
        at = _as_on_sqlite(self._looked_at) if self._is_sqlite else self._looked_at
        [found] = self._driver.execute(self._query, {"now": at}).fetchall()
        events, messages, files = map(bool, found)
        return ToDo(events, messages, files)

    def _something_changed(self) -> bool:
        """Always "perhaps" on PostgreSQL, which is asked the question itself."""
        if not self._is_sqlite:
            return True
        [(version,)] = self._driver.execute("PRAGMA data_version").fetchall()
        changed, self._seen = bool(version != self._seen), version
        return changed

    def close(self) -> None:
        self._connection.close()


def _as_on_sqlite(at: datetime) -> str:
    """Writes a moment as SQLAlchemy does there: 2026-11-30 09:05:00.000000, in UTC."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
