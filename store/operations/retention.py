"""Deletes data whose retention time is over: ids of events, texts and addresses of messages, used forms, sign-in tries,
password links, confirmation buttons and jobs.

It works in small transactions with pauses between them, so that no webhook waits for it. Rows that wait, are dead or
are stuck stay until they are done or staff decide.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from store.broadcasts.models import ConfirmButton
from store.cases.models import BULK_MESSAGE_WAITS, BulkMessage, UnsentMessage
from store.clock import now
from store.database import periodic
from store.database.engine import Database
from store.database.sequences import count_gone_events, count_gone_requests
from store.jobs import leases as jobs
from store.jobs.models import Job
from store.messaging.inbox import REMEMBER_EVENTS_FOR
from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.states import EventState, MessageState
from store.staff.account_requests import REQUEST_LASTS
from store.staff.models import (
    AccountRequest,
    LimitedUse,
    PressedForm,
    SignInStreak,
    SignInTry,
    StaffSession,
)
from store.staff.rate_limits import LONGEST_WINDOW
from store.staff.sessions import ABSOLUTE
from store.staff.sign_ins import FREE_TRIES, MAX_IN_A_ROW, WINDOW

MAX_ROWS = 1000
REST_SECONDS = 0.05
# Recipient and text are kept so long for questions; afterwards only the fact that something was sent.
REMEMBER_WORDS_FOR = timedelta(days=30)
# The month's count of messages reads the rows, and next year it is compared with this one.
REMEMBER_ROWS_FOR = timedelta(days=400)
# As long as somebody may leave a page open and come back to press its button.
REMEMBER_FORMS_FOR = timedelta(days=90)
# As long as a supervisor may press a button in their LINE and learn that it has expired.
REMEMBER_BUTTONS_FOR = timedelta(days=30)
# As long as somebody may ask when data was backed up or encrypted again.
REMEMBER_JOBS_FOR = timedelta(days=400)

_OVER = OutboxRow.state.in_((MessageState.SENT, MessageState.DROPPED, MessageState.UNREACHABLE))


def purge(database: Database) -> None:
    _forget_events(database)
    _forget_words(database)
    _forget_rows(database)
    _forget(database, UnsentMessage.id, UnsentMessage.at < now() - REMEMBER_EVENTS_FOR)
    _forget(database, StaffSession.cookie_hash, StaffSession.started_at < now() - ABSOLUTE)
    _forget(database, SignInTry.id, SignInTry.at < now() - WINDOW)
    _forget(database, SignInStreak.key, _is_forgiven())
    _forget(database, LimitedUse.id, LimitedUse.at < now() - LONGEST_WINDOW)
    _forget(database, PressedForm.token, PressedForm.at < now() - REMEMBER_FORMS_FOR)
    _forget(database, ConfirmButton.id, ConfirmButton.until < now() - REMEMBER_BUTTONS_FOR)
    _forget(database, Job.id, jobs.ended_before(now() - REMEMBER_JOBS_FOR))
    _forget_bulk_messages(database)
    _forget_codes(database)
    with database.transaction() as session:
        periodic.forget_old(session)


def _is_forgiven() -> ColumnElement[bool]:
    """Selects wrong tries to delete: a few after a day, more after a month, never those that only an admin may
    unlock.
    """
    few = and_(SignInStreak.wrong < FREE_TRIES, SignInStreak.last_at < now() - timedelta(days=1))
    more = and_(SignInStreak.wrong < MAX_IN_A_ROW, SignInStreak.last_at < now() - timedelta(days=30))
    return or_(few, more)


def _forget_events(database: Database) -> None:
    """Deletes events that were done long ago; their bodies were deleted when they were done."""
    old = and_(InboxEvent.state == EventState.DONE, InboxEvent.arrived_at < now() - REMEMBER_EVENTS_FOR)

    def forget(session: Session, batch: Sequence[int]) -> None:
        gone = session.scalars(delete(InboxEvent).where(InboxEvent.id.in_(batch)).returning(InboxEvent.id))
        count_gone_events(session, len(gone.all()))

    _by_batches(database, select(InboxEvent.id).where(old).order_by(InboxEvent.id), forget)


def _forget_words(database: Database) -> None:
    words = (OutboxRow.to, OutboxRow.details, OutboxRow.messages, OutboxRow.body, OutboxRow.reply_token)
    old = and_(_ended_before(REMEMBER_WORDS_FOR), or_(*(column.is_not(None) for column in words)))
    _change(database, OutboxRow.id, old, {column.key: None for column in words})


def _forget_bulk_messages(database: Database) -> None:
    """Deletes the text of bulk messages that nobody decided in time; see BulkMessage.lapsed."""
    lapsed = and_(BulkMessage.state == "waiting", BulkMessage.created_at <= now() - BULK_MESSAGE_WAITS)
    _change(database, BulkMessage.id, lapsed, {"state": "refused", BulkMessage.note.key: None})


def _forget_codes(database: Database) -> None:
    """Deletes the codes, and the links given for them, once no password can be set with them any more."""
    unasked = and_(
        AccountRequest.state == "waiting",
        AccountRequest.code_hash.is_not(None),
        AccountRequest.asked_at <= now() - REQUEST_LASTS,
    )
    gone = {AccountRequest.code_hash.key: None, AccountRequest.link_hash.key: None}
    _change(database, AccountRequest.id, unasked, gone)
    unused = and_(AccountRequest.link_hash.is_not(None), AccountRequest.link_until <= now())
    _change(database, AccountRequest.id, unused, gone)


def _forget_rows(database: Database) -> None:
    """Deletes rows of messages that ended long ago. A row that other rows name in `lead_id` is deleted after these."""
    companion = aliased(OutboxRow)
    leads = select(companion.id).where(companion.lead_id == OutboxRow.id).exists()
    query = select(OutboxRow.id).where(_ended_before(REMEMBER_ROWS_FOR), ~leads).order_by(OutboxRow.id)
    _by_batches(database, query, _forget_requests)


def _forget_requests(session: Session, batch: Sequence[int]) -> None:
    gone = delete(OutboxRow).where(OutboxRow.id.in_(batch))
    rows = session.execute(gone.returning(OutboxRow.sent_by, OutboxRow.state, OutboxRow.lead_id)).all()
    requests = Counter((sent_by or "", state) for sent_by, state, lead_id in rows if lead_id is None)
    for (sent_by, state), count in sorted(requests.items()):
        count_gone_requests(session, sent_by, state, count)


def _ended_before(ago: timedelta) -> ColumnElement[bool]:
    """Selects rows that ended before then; `next_try_at` is the last time anything was planned for the row."""
    then = now() - ago
    return and_(
        _OVER,
        OutboxRow.created_at < then,
        OutboxRow.next_try_at < then,
        func.coalesce(OutboxRow.sent_at, OutboxRow.created_at) < then,
    )


def _forget(database: Database, key: InstrumentedAttribute[Any], old: ColumnElement[bool]) -> None:
    def forget(session: Session, batch: Sequence[Any]) -> None:
        session.execute(delete(key.class_).where(key.in_(batch)))

    _by_batches(database, select(key).where(old), forget)


def _change(
    database: Database, key: InstrumentedAttribute[Any], old: ColumnElement[bool], values: dict[str, Any]
) -> None:
    def change(session: Session, batch: Sequence[Any]) -> None:
        session.execute(update(key.class_).where(key.in_(batch)).values(values))

    _by_batches(database, select(key).where(old).order_by(key), change)


def _by_batches(
    database: Database, keys: Select[Any], forget: Callable[[Session, Sequence[Any]], None]
) -> None:
    """Deletes old rows batch by batch; they are looked up without blocking writers."""
    while True:
        with database.reading() as session:
            batch = session.scalars(keys.limit(MAX_ROWS)).all()
        if not batch:
            return
        with database.transaction() as session:
            forget(session, batch)
        if len(batch) == MAX_ROWS:
            time.sleep(REST_SECONDS)
