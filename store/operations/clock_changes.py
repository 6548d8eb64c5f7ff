"""Moves the stored times of waiting work when the clock is set, so that nothing waits for the old time to come again.

docs/decisions/0009-clocks.md says why, and which times stay as they are.
"""

import hashlib
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select, text, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from store.broadcasts.models import Broadcast, Chunk, ChunkState, Mailing, MailingPart, MailingState
from store.clock import ClockWatch, now
from store.database.engine import Database
from store.database.models import PeriodicSlot
from store.files.models import File, FileState
from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.outbox import REPLY_WITHIN
from store.messaging.states import EventState, MessageState

MAX_ROWS = 200
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
NOTHING = timedelta(0)


@dataclass(frozen=True)
class _Times:
    """Describes one column of times and its rows that still wait.

    `is_due`: the time says when something will happen. Otherwise it was written `later` than the moment it stands for.
    `all_back`: when the clock is set back, the whole column moves, not only times further ahead than `later`.
    """

    column: InstrumentedAttribute[Any]
    of: ColumnElement[bool]
    is_due: bool = False
    later: timedelta = NOTHING
    all_back: bool = False

    def to_move(self, by: timedelta, right_until: datetime) -> ColumnElement[bool]:
        """Selects the times written before the clock was set, as far as that can be known.

        A due time after `right_until` may be of a row written since, such as an answer to somebody who waits. So it
        stays: what was postponed for longer than the clock was set ahead is due earlier, and nothing is due later.
        """
        if by > NOTHING:
            before = now() - by
            if self.is_due:
                return (self.column > before) & (self.column <= right_until)
            return self.column <= before + self.later
        return self.column.is_not(None) if self.all_back else self.column > now() + self.later


_READY = OutboxRow.state == MessageState.READY
# Without a chosen time the row is due at once.
_AT_ONCE = (
    select(Broadcast.id).where(Broadcast.id == Mailing.broadcast_id, Broadcast.send_at.is_(None)).exists()
)
_TIMES = (
    _Times(InboxEvent.next_try_at, InboxEvent.state == EventState.NEW, is_due=True),
    _Times(InboxEvent.arrived_at, InboxEvent.state == EventState.NEW),
    _Times(OutboxRow.next_try_at, _READY, is_due=True),
    _Times(OutboxRow.reply_until, _READY, later=REPLY_WITHIN),
    # How long LINE has known a retry key: too long is safer than too short.
    _Times(OutboxRow.first_tried_at, _READY, all_back=True),
    _Times(File.next_try_at, File.state == FileState.WANTED, is_due=True),
    _Times(Chunk.next_try_at, Chunk.state == ChunkState.READY, is_due=True),
    _Times(Chunk.first_tried_at, Chunk.state == ChunkState.READY, all_back=True),
    _Times(
        Mailing.due_at,
        (Mailing.state == MailingState.WAITING) & (Mailing.part == MailingPart.MESSAGE) & _AT_ONCE,
        is_due=True,
    ),
)


@dataclass(frozen=True)
class Boot:
    """Holds when this machine was started, by the clock as it is now set: all processes of one machine agree on it.

    `name` changes at each start, because the monotonic clock then begins anew; where the system has no boot id, it is
    the host's name.
    """

    name: str
    at: datetime


def this_boot() -> Boot:
    try:
        name = _BOOT_ID.read_text().strip()
    except OSError:
        name = socket.gethostname()
    key = hashlib.sha256(name.encode()).hexdigest()[:16]
    return Boot(f"clock of {key}", now() - timedelta(seconds=time.monotonic()))


def move_times_once(database: Database, by: timedelta, boot: Boot, right_until: datetime) -> int:
    """Does what move_times does, once per machine: its first worker moves the times, the others find it done."""
    with database.transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
            session.execute(lock, {"key": boot.name})
        known = session.scalars(select(PeriodicSlot.slot).where(PeriodicSlot.job == boot.name)).first()
        if known is not None:
            by = boot.at - known
        if abs(by) < ClockWatch.LEAST:
            return 0
        session.execute(delete(PeriodicSlot).where(PeriodicSlot.job == boot.name))
        session.add(PeriodicSlot(job=boot.name, slot=boot.at))
        return _move_all(session, by, right_until)


def move_times(database: Database, by: timedelta, right_until: datetime) -> int:
    """Moves the times of waiting work by as much as the clock was set, all in one transaction.

    `right_until` is the last moment at which the clock was known to be unchanged, by the clock as it is now.
    """
    with database.transaction() as session:
        return _move_all(session, by, right_until)


def _move_all(session: Session, by: timedelta, right_until: datetime) -> int:
    moved = sum(_move(session, times, by, right_until) for times in _TIMES)
    if by < NOTHING:
        # Slots of jobs in the future were taken under the wrong clock.
        session.execute(delete(PeriodicSlot).where(PeriodicSlot.slot > now()))
    return moved


def _move(session: Session, times: _Times, by: timedelta, right_until: datetime) -> int:
    table, count = times.column.class_, 0
    for batch in _batches(session, times, times.to_move(by, right_until)):
        for row_id, at in batch:
            # Rows whose time was changed meanwhile stay.
            moved = update(table).where(table.id == row_id, times.column == at)
            session.execute(moved.values({times.column.key: at + by}))
        count += len(batch)
    return count


def _batches(
    session: Session, times: _Times, found: ColumnElement[bool]
) -> Iterator[list[tuple[int, datetime]]]:
    table, after = times.column.class_, 0
    query = select(table.id, times.column).where(times.of, found).order_by(table.id).limit(MAX_ROWS)
    while batch := [(row_id, at) for row_id, at in session.execute(query.where(table.id > after))]:
        yield batch
        after = batch[-1][0]
