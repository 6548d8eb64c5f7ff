"""Lists events and messages that failed or are late, and lets staff retry or drop them."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from store.audit.log import Subject, write_down
from store.cases.models import Case
from store.clock import now
from store.messaging import inbox, requests
from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.states import EventState, MessageKind, MessageState, Reason, Receipt
from store.staff.models import Staff
from store.staff.permissions import Permission, allows, permitted

LATE_AFTER = timedelta(minutes=1)
MAX_SHOWN = 100


class DropReason(StrEnum):
    """Says why something is not tried again: a fixed list, because the audit log accepts no free text."""

    TOLD_OTHERWISE = "told_otherwise"
    NOT_NEEDED = "not_needed"
    DEFECTIVE = "defective"


@dataclass(frozen=True)
class DeadLetter:
    """Describes one event or message as the page shows it, never its content.

    `case_number` is empty and `case_id` None for events, for messages without a case, and for admins, who see no case.
    `error` is the name of an exception, for events only. `may_be_taken` says that LINE may already have the message, so
    a retry may send it twice. `companions` counts the waiting messages that go out in the same request.
    """

    id: int
    kind: str
    notice: str
    case_number: str
    case_id: int | None
    since: datetime
    tries: int
    reason: Reason | None
    error: str
    is_dead: bool
    can_retry: bool = True
    may_be_taken: bool = False
    companions: int = 0


def unfinished_events(session: Session) -> list[DeadLetter]:
    """Returns stuck events from LINE, the oldest first; whose they are stays encrypted."""
    query = select(InboxEvent).where(_is_unfinished_event())
    return [
        DeadLetter(
            id=event.id,
            kind="event",
            notice="",
            case_number="",
            case_id=None,
            since=event.arrived_at,
            tries=event.tries,
            reason=event.reason,
            error=event.error or "",
            is_dead=event.state == EventState.DEAD,
            can_retry=not event.never_open(),
        )
        for event in session.scalars(query.order_by(InboxEvent.id).limit(MAX_SHOWN))
    ]


def retry_event(session: Session, by: Staff, event_id: int) -> bool:
    """Retries the event as if it had just arrived. Returns False when it is not stuck any more, or cannot be
    decrypted.
    """
    event = _lock_event(session, event_id)
    if event is None or event.never_open():
        return False
    event.state = EventState.NEW
    event.tries = 0
    event.next_try_at = None
    event.reason, event.waits_since, event.error = None, None, None
    write_down(session, "retry_event", staff_id=by.id, about=Subject("event", event.id))
    return True


def drop_event(session: Session, by: Staff, event_id: int, reason: DropReason) -> bool:
    event = _lock_event(session, event_id)
    if event is None:
        return False
    inbox.done(session, [event])
    write_down(
        session, "drop_event", staff_id=by.id, about=Subject("event", event.id), details={"reason": reason}
    )
    return True


def unfinished_messages(session: Session, person: Staff, held: timedelta) -> list[DeadLetter]:
    """Returns up to 100 messages that failed or wait too long, the oldest first.

    Admins get all; others get messages of the cases they may see, and messages without a case. A message waits too long
    when it has been due for a minute, or is a minute older than `held`, the longest time that a notice may be held.
    """
    other = aliased(OutboxRow)
    companions = select(func.count()).where(other.lead_id == OutboxRow.id, other.state == MessageState.READY)
    query = (
        select(OutboxRow, Case, companions.scalar_subquery())
        .outerjoin(Case, Case.id == OutboxRow.case_id)
        .where(_is_unfinished_message(held), permitted(person, Permission.DEAD_LETTERS_HANDLE, Case))
        .order_by(OutboxRow.id)
        .limit(MAX_SHOWN)
    )
    return [_shown(person, *found) for found in session.execute(query)]


def _shown(person: Staff, row: OutboxRow, case: Case | None, companions: int) -> DeadLetter:
    known = case if case is not None and allows(person, Permission.CASES_READ, case) else None
    return DeadLetter(
        id=row.id,
        kind=row.kind,
        notice=row.notice or "",
        case_number=known.shown_number if known else "",
        case_id=known.id if known else None,
        since=row.created_at,
        tries=row.tries,
        reason=row.reason,
        error="",
        is_dead=row.state == MessageState.DEAD,
        can_retry=row.state == MessageState.READY or _can_be_sent_again(row),
        may_be_taken=_may_be_taken(row),
        companions=companions,
    )


def retry_row(session: Session, by: Staff, row_id: int, held: timedelta, *, even_twice: bool = False) -> bool:
    """Makes a message due now, and returns True.

    Returns False when the message is no longer stuck, when `by` may not see it, or when a dead message can no longer be
    sent; also when LINE may already have sent a dead message, unless `even_twice`.
    """
    row = _lock_row(session, by, row_id, held)
    if row is None:
        return False
    if row.state == MessageState.DEAD:
        if not _can_be_sent_again(row) or (_may_be_taken(row) and not even_twice):
            return False
        _begin_anew(row)
    # A row in progress keeps key and body, so that LINE does not send again what it already took.
    row.next_try_at = now()
    write_down(session, "retry_message", staff_id=by.id, about=Subject("message", row.id))
    return True


def drop_row(session: Session, by: Staff, row_id: int, held: timedelta, reason: DropReason) -> bool:
    row = _lock_row(session, by, row_id, held)
    if row is None:
        return False
    row.state, row.messages = MessageState.READY, None
    requests.end(session, row.id, MessageState.DROPPED, reason=Reason.BY_STAFF)
    write_down(
        session, "drop_message", staff_id=by.id, about=Subject("message", row.id), details={"reason": reason}
    )
    return True


def _begin_anew(row: OutboxRow) -> None:
    """Prepares a row to be sent under a new key, because its own expired or was refused; a notice is written again."""
    row.state = MessageState.READY
    row.receipt, row.reason, row.error = Receipt.NONE, None, None
    row.retry_key = str(uuid.uuid4())
    row.tries, row.write_tries = 0, 0
    row.first_tried_at = None
    row.sent_by = None
    row.lead_id = None
    row.must_arrive = True
    if row.kind == MessageKind.NOTICE:
        row.messages = None


def _can_be_sent_again(row: OutboxRow) -> bool:
    return (
        row.can_be_read()
        and row.to is not None
        and (row.kind == MessageKind.NOTICE or row.messages is not None)
    )


def _may_be_taken(row: OutboxRow) -> bool:
    return row.state == MessageState.DEAD and row.receipt != Receipt.NONE


def _lock_event(session: Session, event_id: int) -> InboxEvent | None:
    query = select(InboxEvent).where(InboxEvent.id == event_id, _is_unfinished_event())
    return session.scalars(query.with_for_update()).one_or_none()


def _lock_row(session: Session, by: Staff, row_id: int, held: timedelta) -> OutboxRow | None:
    seen = select(OutboxRow.id).outerjoin(Case, Case.id == OutboxRow.case_id)
    seen = seen.where(permitted(by, Permission.DEAD_LETTERS_HANDLE, Case))
    query = select(OutboxRow).where(
        OutboxRow.id == row_id, OutboxRow.id.in_(seen), _is_unfinished_message(held)
    )
    return session.scalars(query.with_for_update()).one_or_none()


def _is_unfinished_event() -> ColumnElement[bool]:
    late = and_(InboxEvent.state == EventState.NEW, InboxEvent.arrived_at < now() - LATE_AFTER)
    return or_(InboxEvent.state == EventState.DEAD, late)


def _is_unfinished_message(held: timedelta) -> ColumnElement[bool]:
    """Selects rows that failed or wait too long: due and not taken, or postponed for longer than a notice is held.

    Rows sent in another row's request are handled through that row.
    """
    is_due = OutboxRow.next_try_at < now() - LATE_AFTER
    is_old = OutboxRow.created_at < now() - held - LATE_AFTER
    waits = and_(OutboxRow.state == MessageState.READY, OutboxRow.lead_id.is_(None), or_(is_due, is_old))
    return or_(OutboxRow.state == MessageState.DEAD, waits)
