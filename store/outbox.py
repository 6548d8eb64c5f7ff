"""What is still to be told to residents. A row and the change it tells of commit together; delivery comes after."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session, aliased

from store.clock import now
from store.models import OutboxRow, Resident

# LINE remembers a retry key for 24 hours; after that the same key would send the message again.
LAST_TRY_AFTER = timedelta(hours=23)
MOST_MESSAGES = 5
# LINE asks that a reply token be used within a minute of receipt; the rest is margin for the call itself.
REPLY_WITHIN = timedelta(seconds=50)


def put_reply(
    session: Session,
    *,
    lane: str,
    to: str | None,
    token: str,
    messages: list[dict[str, Any]],
    heard_at: datetime,
    must_arrive: bool = False,
) -> OutboxRow:
    """Queues the answer to what was just said. `to` is where it may be pushed if the token is too late.

    What `must_arrive`, such as a case number, is pushed even where a newer reply or a doubt makes others not worth it.
    """
    row = _new_row(lane=lane, to=to, kind="reply", next_try_at=now())
    row.must_arrive = must_arrive
    row.reply_token, row.reply_until, row.messages = token, heard_at + REPLY_WITHIN, messages
    session.add(row)
    return row


def put_notice(
    session: Session,
    resident: Resident,
    notice: str,
    details: dict[str, Any],
    *,
    case_id: int | None = None,
    hold_seconds: int = 0,
) -> OutboxRow:
    """Queues news for a resident. Held, it waits for others, or for a free reply, to travel with.

    For a resident who blocked the account the row says so from the start, and the console shows it.
    """
    due = now() + timedelta(seconds=hold_seconds)
    row = _new_row(lane=resident.line_key, to=resident.line_user_id, kind="notice", next_try_at=due)
    row.case_id, row.notice, row.details = case_id, notice, details
    if resident.blocked_at is not None:
        row.state = "unreachable"
    session.add(row)
    return row


def _new_row(*, lane: str, to: str | None, kind: str, next_try_at: datetime) -> OutboxRow:
    return OutboxRow(
        retry_key=str(uuid.uuid4()),
        lane=lane,
        to=to,
        kind=kind,
        state="ready",
        tries=0,
        next_try_at=next_try_at,
        created_at=now(),
    )


def claim(session: Session) -> list[OutboxRow]:
    """The rows of one resident that go out in one request, the row that carries the others first; [] if none is due.

    A request whose outcome is unknown goes again exactly as it was. Otherwise a reply takes waiting notices along,
    and a due notice takes the others along: LINE bills requests, not messages.
    """
    due = session.scalars(
        select(OutboxRow)
        .where(OutboxRow.state == "ready", OutboxRow.lead_id.is_(None), OutboxRow.next_try_at <= now())
        .where(or_(OutboxRow.first_tried_at.is_not(None), ~_before_this().exists()))
        .order_by(OutboxRow.next_try_at, OutboxRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if due is None:
        return []
    of_lane = select(OutboxRow).where(OutboxRow.state == "ready", OutboxRow.lane == due.lane)
    rows = list(session.scalars(of_lane.order_by(OutboxRow.id).with_for_update(skip_locked=True)))
    if due.first_tried_at is not None:
        return [due, *(row for row in rows if row.lead_id == due.id)]
    # A row that was refused in company goes alone, so that one bad message takes no other with it.
    if due.tries:
        return [due]
    fresh = [row for row in rows if not row.tries]
    lead = next((row for row in fresh if row.kind == "reply"), fresh[0])
    return [lead, *(row for row in fresh if row.kind == "notice" and row is not lead)]


def _before_this() -> Any:
    """What goes out first for the same resident: a reply, an elder row, a request whose outcome is unknown.

    Only a reply whose token still lives may overtake a push in doubt: a person waits for it now.
    """
    other = aliased(OutboxRow)
    goes_first = or_(
        (other.kind == OutboxRow.kind) & (other.id < OutboxRow.id),
        (other.kind == "reply") & (OutboxRow.kind == "notice"),
    )
    due_before = other.first_tried_at.is_(None) & (other.next_try_at <= now()) & goes_first
    in_doubt = other.first_tried_at.is_not(None) & or_(
        other.sent_by != "push", OutboxRow.reply_until.is_(None), OutboxRow.reply_until < now()
    )
    return select(other.id).where(
        other.state == "ready",
        other.lane == OutboxRow.lane,
        other.lead_id.is_(None),
        other.id != OutboxRow.id,
        or_(due_before, in_doubt),
    )


def freeze(rows: Sequence[OutboxRow], *, by: str, body: str, again_in: timedelta) -> None:
    """Before the first call: what exactly is sent, by which way, and when to try again if we hear nothing."""
    lead = rows[0]
    lead.first_tried_at = lead.first_tried_at or now()
    lead.body, lead.sent_by, lead.error = body, by, None
    for row in rows:
        row.next_try_at = now() + again_in
        row.tries += 1
        row.lead_id = lead.id if row is not lead else None


def put_off(rows: Sequence[OutboxRow], until: datetime) -> None:
    """Untouched, but not before then."""
    for row in rows:
        row.next_try_at = max(row.next_try_at, until)


def release(session: Session, lead_id: int, *, again_in: timedelta, count_try: bool) -> None:
    """LINE certainly did not take the request: its rows are free again, each with a key never used."""
    for row in _travelling(session, lead_id):
        row.lead_id, row.first_tried_at, row.body, row.sent_by = None, None, None, None
        row.retry_key, row.next_try_at = str(uuid.uuid4()), now() + again_in
        row.tries = row.tries if count_try else row.tries - 1


def settle(
    session: Session, lead_id: int, state: str, *, error: str = "", request_id: str | None = None
) -> None:
    """Gives the row and those that travelled with it their end, and forgets what was said.

    What is dead keeps its words: a supervisor decides whether it is tried again (store.stuck).
    """
    for row in _travelling(session, lead_id):
        row.state, row.error, row.line_request_id = state, error or None, request_id
        row.messages = row.messages if state == "dead" else None
        row.body, row.reply_token = None, None
        if state == "sent":
            row.sent_at = now()


def travels_alone(session: Session, lead_id: int) -> bool:
    return len(_travelling(session, lead_id)) == 1


def _travelling(session: Session, lead_id: int) -> list[OutboxRow]:
    query = select(OutboxRow).where(
        (OutboxRow.id == lead_id) | (OutboxRow.lead_id == lead_id), OutboxRow.state == "ready"
    )
    return list(session.scalars(query.order_by(OutboxRow.id).with_for_update()))


def newer_reply_waits(session: Session, row: OutboxRow) -> bool:
    query = select(OutboxRow.id).where(
        OutboxRow.lane == row.lane, OutboxRow.kind == "reply", OutboxRow.id > row.id
    )
    return session.scalars(query.limit(1)).first() is not None


def stop_notices(session: Session, line_key: str) -> None:
    """The resident blocked the account: what waits for them cannot reach them any more."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.lane == line_key, OutboxRow.state == "ready")
        .values(state="unreachable", messages=None, body=None, reply_token=None)
    )


def backlog(session: Session) -> tuple[int, float]:
    """How many rows are overdue, and by how many seconds the eldest is."""
    count, eldest = session.execute(
        select(func.count(), func.min(OutboxRow.next_try_at)).where(
            OutboxRow.state == "ready", OutboxRow.next_try_at <= now()
        )
    ).one()
    return count, (now() - eldest).total_seconds() if eldest else 0.0
