"""Returns free space of a SQLite file: rows lose their text when they are done, and leave holes in their pages.

A page is refilled only when a row beside it is deleted, so finished rows are written again in their places. PostgreSQL
does all this by itself.
"""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import InstrumentedAttribute

from store.clock import now
from store.database.engine import Database
from store.database.models import Series
from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.states import EventState, MessageState

# Others write between two steps, each of which takes a few milliseconds.
ROWS_A_STEP, PAGES_A_STEP, REST_SECONDS = 50, 32, 0.02
# Space that is used again within the hour is not worth returning.
PAGES_KEPT = 256
# A row that waits for longer than this does not hold up the rows after it.
WAITS_AT_MOST = timedelta(days=1)
_INCREMENTAL = 2


def compact(database: Database) -> None:
    """Compacts a SQLite file in small steps while others work; each row is rewritten once."""
    if not database.is_sqlite:
        return
    _rewrite(database, InboxEvent.id, InboxEvent.arrived_at, EventState.NEW)
    _rewrite(database, OutboxRow.id, OutboxRow.created_at, MessageState.READY)
    _give_back(database)


def _rewrite(
    database: Database, key: InstrumentedAttribute[int], since: InstrumentedAttribute[Any], waiting: str
) -> None:
    """Rewrites finished rows. Rows after one that still waits are rewritten when it is done, too."""
    table: Any = key.class_
    with database.reading() as session:
        mark = session.get(Series, _mark(table))
        rows = select(key).order_by(key).limit(ROWS_A_STEP)
        is_waiting = select(key).where(table.state == waiting, since > now() - WAITS_AT_MOST)
        first = session.scalars(is_waiting.order_by(key).limit(1)).first()
        done = rows.where(key < first) if first is not None else rows
    last = mark.last if mark is not None else 0
    while True:
        with database.reading() as session:
            batch = session.scalars(done.where(key > last)).all()
        if not batch:
            return
        with database.transaction() as session:
            _write_again(session.connection(), table.__tablename__, batch)
            last = batch[-1]
            session.merge(Series(name=_mark(table), last=last))
        time.sleep(REST_SECONDS)


def _mark(table: Any) -> str:
    return f"compacted {table.__tablename__}"


def _write_again(connection: Connection, table: str, ids: Sequence[int]) -> None:
    """Rewrites rows exactly as the database has them, without decrypting; foreign keys are checked at the end only."""
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    these = f"FROM {table} WHERE id BETWEEN ? AND ?"
    bounds = (ids[0], ids[-1])
    rows = connection.exec_driver_sql(f"SELECT * {these}", bounds).all()
    connection.exec_driver_sql(f"DELETE {these}", bounds)
    if rows:
        places = ", ".join("?" * len(rows[0]))
        again = [tuple(row) for row in rows]
        connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({places})", again)  # noqa: S608


def _give_back(database: Database) -> None:
    """Returns free pages to the file system. A database from before auto_vacuum was set needs `python -m store compact`
    first.
    """
    while True:
        with database.transaction() as session:
            connection = session.connection()
            if connection.exec_driver_sql("PRAGMA auto_vacuum").scalar() != _INCREMENTAL:
                return
            free = connection.exec_driver_sql("PRAGMA freelist_count").scalar() or 0
            if free <= PAGES_KEPT:
                return
            for _ in range(min(PAGES_A_STEP, free - PAGES_KEPT)):
                connection.exec_driver_sql("PRAGMA incremental_vacuum(1)")
        time.sleep(REST_SECONDS)
