"""Holds messages still to be sent to residents. A row commits together with the change it reports; it is sent later."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from store.clock import now
from store.messaging.models import OutboxRow
from store.messaging.states import MessageKind, MessageState, Reason, SentBy
from store.messaging.undecryptable import address_of, give_up, readable
from store.residents.contacts import contact_for_notices, lane_of
from store.residents.models import Channel, Contact, Resident

# LINE asks that a reply token be used within a minute of receipt; the rest is margin for the call itself.
REPLY_WITHIN = timedelta(seconds=50)
# The machines that receive and that send may have different clocks. Until a token is so old by our clock that it is
# expired by any clock, only LINE knows whether it is valid, and a refusal costs nothing (docs/decisions/0010).
CLOCKS_DIFFER = timedelta(minutes=3)


def _before_this() -> Any:
    """Returns the rows that must go out before a row of the same resident: a reply, an older row, a request in doubt.

    A request is in doubt while its outcome is unknown. Only a reply whose token may still be valid may overtake a push
    in doubt, because a person waits for it now.
    """
    other = aliased(OutboxRow)
    goes_first = or_(
        (other.kind == OutboxRow.kind) & (other.id < OutboxRow.id),
        (other.kind == MessageKind.REPLY) & (OutboxRow.kind == MessageKind.NOTICE),
    )
    due_before = other.first_tried_at.is_(None) & (other.next_try_at <= bindparam("now")) & goes_first
    is_late = or_(OutboxRow.reply_token.is_(None), OutboxRow.reply_until < bindparam("long_ago"))
    in_doubt = other.first_tried_at.is_not(None) & or_(other.sent_by != SentBy.PUSH, is_late)
    return select(other.id).where(
        other.state == MessageState.READY,
        other.lane == OutboxRow.lane,
        other.lead_id.is_(None),
        other.id != OutboxRow.id,
        or_(due_before, in_doubt),
    )


# Built once, because building a statement takes longer than running it.
_DUE = (
    select(OutboxRow.id, OutboxRow.lane)
    .where(OutboxRow.state == MessageState.READY, OutboxRow.lead_id.is_(None))
    .where(OutboxRow.channel == bindparam("channel"), OutboxRow.next_try_at <= bindparam("now"))
    .where(or_(OutboxRow.first_tried_at.is_not(None), ~_before_this().exists()))
    .order_by(OutboxRow.next_try_at, OutboxRow.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_DUE_REPLIES_FIRST = _DUE.order_by(None).order_by(OutboxRow.kind.desc(), OutboxRow.next_try_at, OutboxRow.id)
_OF_LANES = (
    select(OutboxRow)
    .where(OutboxRow.state == MessageState.READY, OutboxRow.lane.in_(bindparam("lanes", expanding=True)))
    .order_by(OutboxRow.id)
    .with_for_update(skip_locked=True)
)


def put_reply(
    session: Session,
    *,
    lane: str,
    to: str | None,
    token: str,
    messages: list[dict[str, Any]],
    heard_at: datetime,
    must_arrive: bool = False,
    contact_id: int | None = None,
) -> OutboxRow:
    """Queues the answer to what was just said. `to` is the address to push it to if the token expires.

    A reply that `must_arrive`, such as a case number, is pushed even where others are dropped because of a newer reply
    or an unknown outcome.
    """
    row = _new_row(lane=lane, to=to, kind=MessageKind.REPLY, next_try_at=now())
    row.must_arrive, row.contact_id = must_arrive, contact_id
    # A message from the future was received by a machine whose clock is ahead of ours.
    row.reply_token = token
    row.reply_until = min(heard_at, now()) + REPLY_WITHIN
    row.messages = messages
    session.add(row)
    return row


def put_in_stead(session: Session, refused: OutboxRow, messages: list[dict[str, Any]]) -> OutboxRow | None:
    """Queues a simpler answer in place of one that LINE refused, with its token, which is unused.

    Returns None where the refused row is no reply, has no address, was replaced before or is a replacement itself.
    """
    if refused.kind != MessageKind.REPLY or refused.to is None or refused.notice is not None:
        return None
    refused.notice = "replaced"
    row = _new_row(lane=refused.lane, to=refused.to, kind=MessageKind.REPLY, next_try_at=now())
    row.notice = "in stead"
    row.messages = messages
    row.must_arrive, row.contact_id = refused.must_arrive, refused.contact_id
    row.reply_token, row.reply_until = refused.reply_token, refused.reply_until
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
    """Queues news for a resident: a fact, which the channel of their contact words.

    While it is held for `hold_seconds`, it can share a request with other rows or a free reply. For a resident who has
    no contact or blocked the account, or whose address was changed or moved, the row gets its final state at once, and
    the console shows it.
    """
    due = now() + timedelta(seconds=hold_seconds)
    contact = contact_for_notices(resident)
    to = address_of(contact) if contact else None
    row = _new_row(lane=lane_of(resident), to=to, kind=MessageKind.NOTICE, next_try_at=due)
    row.case_id = case_id
    row.notice = notice
    row.details = details
    if contact is None:
        row.state, row.reason = MessageState.DEAD, Reason.NO_CONTACT
        session.add(row)
        return row
    row.lane, row.contact_id, row.channel = contact.key, contact.id, contact.channel
    if contact.blocked_at is not None:
        row.state = MessageState.UNREACHABLE
    elif row.to is None:
        give_up(row)
    session.add(row)
    return row


def _new_row(*, lane: str, to: str | None, kind: MessageKind, next_try_at: datetime) -> OutboxRow:
    return OutboxRow(
        retry_key=str(uuid.uuid4()),
        lane=lane,
        to=to,
        kind=kind,
        state=MessageState.READY,
        tries=0,
        next_try_at=next_try_at,
        created_at=now(),
    )


def claim(
    session: Session, *, most: int, replies_first: bool = False, channel: Channel = Channel.LINE
) -> list[list[OutboxRow]]:
    """Returns the requests of a channel to send now: each is a list of one contact's rows, the lead first.

    A request whose outcome is unknown is sent again exactly as it was. Otherwise a free reply takes along all waiting
    rows, and a due row takes the others along, because LINE bills requests and not messages. Rows that cannot be
    decrypted are skipped.
    """
    times = {"now": now(), "long_ago": now() - CLOCKS_DIFFER}
    which = {**times, "channel": channel, "most": most}
    query = _DUE_REPLIES_FIRST if replies_first else _DUE
    while due := session.execute(query, which).all():
        waiting = defaultdict(list)
        rows = session.scalars(_OF_LANES, {"lanes": list({lane for _, lane in due})})
        for row in readable(rows, at=times["now"]):
            waiting[row.lane].append(row)
        if requests := [request for row_id, lane in due if (request := _request(row_id, waiting[lane]))]:
            return requests
    return []


def _request(due_id: int, rows: Sequence[OutboxRow]) -> list[OutboxRow]:
    """Returns the due row with those of its resident's rows that go out in the same request."""
    due = next((row for row in rows if row.id == due_id), None)
    if due is None:
        return []
    if due.first_tried_at is not None:
        return [due, *(row for row in rows if row.lead_id == due.id)]
    # A row that was refused together with others, or whose writing ended a worker, goes alone.
    if due.tries or due.write_tries:
        return [due]
    fresh = [row for row in rows if not row.tries and not row.write_tries]
    lead = next(
        (row for row in fresh if token_may_live(row)), due if due.kind == MessageKind.REPLY else fresh[0]
    )
    return [lead, *(row for row in fresh if row is not lead and _may_ride(row))]


def token_may_live(row: OutboxRow) -> bool:
    """Says whether the reply token may still be valid, as far as the clocks of two machines differ."""
    return (
        row.reply_token is not None
        and row.reply_until is not None
        and now() <= row.reply_until + CLOCKS_DIFFER
    )


def token_lives(row: OutboxRow) -> bool:
    """Says whether the reply token is valid by our clock. If LINE refuses such a token, it was used before.

    Where the clock of the machine that received the event is behind ours, the token may be older than it seems.
    """
    return row.reply_token is not None and row.reply_until is not None and now() <= row.reply_until


def _may_ride(row: OutboxRow) -> bool:
    """Says whether the row may go out in another row's request.

    Notices may, and replies that must arrive whose own token is no longer valid.
    """
    return row.kind == MessageKind.NOTICE or (row.must_arrive and not token_may_live(row))


def wait_for_quota(rows: Sequence[OutboxRow], until: datetime) -> None:
    """Postpones the rows until then, or until LINE reports that messages are left or a free reply takes them along."""
    for row in rows:
        row.next_try_at = max(row.next_try_at, until)
        row.reason = Reason.NO_QUOTA


def end_wait_for_quota(session: Session) -> None:
    session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.state == MessageState.READY,
            OutboxRow.reason == Reason.NO_QUOTA,
            OutboxRow.next_try_at > now(),
        )
        .values(next_try_at=now())
    )


def has_newer_reply(session: Session, row: OutboxRow) -> bool:
    """Says whether something newer was replied to the same contact, whatever became of it."""
    # By the contact, which has an index over all rows; that of the lane holds only the ready ones.
    theirs = OutboxRow.contact_id == row.contact_id if row.contact_id else OutboxRow.lane == row.lane
    newer = theirs & (OutboxRow.kind == MessageKind.REPLY) & (OutboxRow.id > row.id)
    return session.scalars(select(OutboxRow.id).where(newer).limit(1)).first() is not None


def stop_notices(session: Session, contact: Contact) -> None:
    """Marks the waiting messages to a contact that blocked the account as unreachable."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.lane == contact.key, OutboxRow.state == MessageState.READY)
        .values(state=MessageState.UNREACHABLE, messages=None, body=None, reply_token=None)
    )


def backlog(session: Session) -> tuple[int, float]:
    """Returns how many rows are overdue, and by how many seconds the oldest is."""
    count, oldest = session.execute(
        select(func.count(), func.min(OutboxRow.next_try_at)).where(
            OutboxRow.state == MessageState.READY, OutboxRow.next_try_at <= now()
        )
    ).one()
    return count, (now() - oldest).total_seconds() if oldest else 0.0
