"""Checks whether there is work to do, so cheaply that it can check a hundred times a second."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from store.clock import is_within, now
from store.database.engine import Database

# The partial indexes over open work hold few rows, so each answer is one step in an index.
_QUERY = """
    SELECT EXISTS (SELECT 1 FROM inbox WHERE state = 'new' AND (next_try_at IS NULL OR next_try_at <= {now})),
           EXISTS (SELECT 1 FROM outbox WHERE state = 'ready' AND channel = 'line' AND next_try_at <= {now}),
           EXISTS (SELECT 1 FROM file WHERE state = 'wanted' AND next_try_at <= {now})
"""
# Work that becomes due by the clock alone is noticed at most this much later.
LOOK_ANYWAY_AFTER = timedelta(seconds=0.5)


@dataclass(frozen=True)
class DueWork:
    events: bool
    messages: bool
    files: bool


NOTHING = DueWork(events=False, messages=False, files=False)


class Poller:
    """Polls for one thread.

    It queries the database driver directly, because SQLAlchemy needs longer for the query than the database for the
    answer. SQLite says in microseconds whether anybody has written since the last check.
    """

    def __init__(self, database: Database) -> None:
        # Without a transaction, because beginning and ending one costs more than the query.
        options = {"reading": True} if database.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._connection = database.engine.connect().execution_options(**options)
        self._driver: Any = self._connection.connection.driver_connection
        self._is_sqlite = database.is_sqlite
        self._query = _QUERY.format(now=":now" if database.is_sqlite else "%(now)s")
        self._seen: Any = None
        self._looked_at = now() - LOOK_ANYWAY_AFTER

    def look(self) -> DueWork:
        if not self._something_changed() and is_within(self._looked_at, LOOK_ANYWAY_AFTER):
            return NOTHING
        self._looked_at = now()
        at = _as_on_sqlite(self._looked_at) if self._is_sqlite else self._looked_at
        [found] = self._driver.execute(self._query, {"now": at}).fetchall()
        events, messages, files = map(bool, found)
        return DueWork(events, messages, files)

    def _something_changed(self) -> bool:
        """Says whether somebody has written since the last check; always True on PostgreSQL, which runs the query each
        time.
        """
        if not self._is_sqlite:
            return True
        [(version,)] = self._driver.execute("PRAGMA data_version").fetchall()
        changed, self._seen = bool(version != self._seen), version
        return changed

    def close(self) -> None:
        self._connection.close()


def _as_on_sqlite(at: datetime) -> str:
    """Formats a moment as SQLAlchemy does on SQLite: 2026-11-30 09:05:00.000000, in UTC."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
