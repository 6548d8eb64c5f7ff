"""Composes the requests to a channel from rows of the outbox, and records what became of each.

A request is one row or several of one resident; the row that leads it holds its bytes. They are stored before the first
call (the request is "frozen"), so that every later try sends the same. `store.messaging.outcomes` says what each
outcome means.
"""

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from store.clock import now
from store.line.limits import MESSAGES_IN_A_REQUEST
from store.messaging import outbox
from store.messaging.models import OutboxRow
from store.messaging.outbox import token_lives, token_may_live
from store.messaging.outcomes import (
    Effect,
    Fact,
    Outcome,
    Rule,
    SendResult,
    find_rule,
    is_expired,
    wait_after,
)
from store.messaging.states import MessageKind, MessageState, Reason, Receipt, SentBy

log = logging.getLogger(__name__)

# How long a request is reserved for the thread that sends it. This is longer than the slowest call, and so short that
# after a crash during a call a reply token is still valid: a second try then shows whether the first one used it.
RESERVED_FOR = timedelta(seconds=20)

# Built once, because building a statement takes longer than running it.
_SENT = (
    update(OutboxRow)
    .where(or_(OutboxRow.id == bindparam("lead"), OutboxRow.lead_id == bindparam("lead")))
    .where(OutboxRow.state == MessageState.READY)
    .values(state=MessageState.SENT, receipt=Receipt.TAKEN, reason=None, error=None)
    .values(messages=None, body=None, reply_token=None)
    .values(line_request_id=bindparam("request"), sent_at=bindparam("at"))
)


@dataclass(frozen=True)
class OutgoingRequest:
    """Describes a frozen request. `lead_id` is the id of its lead row; `tries` includes the try that follows.

    `before` says whether the channel may have it already, from an earlier try.
    """

    lead_id: int
    by: SentBy
    body: str
    retry_key: str
    tries: int
    before: Receipt = Receipt.NONE


class Transport(Protocol):
    """Lists what the store asks of whoever sends the requests of a channel."""

    def compose(self, lead: OutboxRow, by: SentBy, messages: list[dict[str, Any]]) -> str:
        """Returns the bytes of a request, as text."""

    def in_simple_words(self, refused: OutboxRow) -> dict[str, Any]:
        """Returns a message to send in place of an answer that the channel refuses."""

    def no_quota_until(self, session: Session, *, tried: bool) -> datetime | None:
        """Returns until when pushes wait for quota, or None; `tried`: one that the channel may have billed already."""

    def pause_after(self, outcome: Outcome) -> timedelta:
        """Returns how long this request waits at least."""


def prepare(session: Session, rows: list[OutboxRow], transport: Transport) -> OutgoingRequest | None:
    """Freezes the request of these rows, the lead first, and returns it; None if it is dropped, given up or must wait.

    A reply whose token has expired becomes a push only if it must arrive or nothing newer was replied. A row without an
    address cannot be pushed.
    """
    lead = rows[0]
    if lead.first_tried_at is not None:
        return _prepare_again(session, rows, transport)
    by = SentBy.REPLY if token_may_live(lead) else SentBy.PUSH
    if by is SentBy.PUSH:
        if not _is_worth_a_push(session, lead):
            _end([lead], MessageState.DROPPED, reason=Reason.TOO_LATE)
            return None
        if until := transport.no_quota_until(session, tried=False):
            outbox.wait_for_quota(rows, until)
            return None
    rows, messages = _filled(rows)
    freeze(rows, by=by, body=transport.compose(lead, by, messages), again_in=RESERVED_FOR)
    return OutgoingRequest(lead.id, by, lead.body or "", lead.retry_key, lead.tries)


def _prepare_again(session: Session, rows: list[OutboxRow], transport: Transport) -> OutgoingRequest | None:
    """Freezes a request for another try, unless its time has run out.

    A request that was tried ignores the count of messages left: if the channel accepted it, another try costs nothing.
    """
    lead = rows[0]
    by, before, body = lead.sent_by or SentBy.PUSH, lead.receipt, lead.body or ""
    request = OutgoingRequest(lead.id, by, body, lead.retry_key, lead.tries + 1, before)
    if is_expired(lead.first_tried_at):
        _carry_out(session, request, SendResult(Outcome.EXPIRED), transport)
        return None
    if by is SentBy.REPLY and not token_may_live(lead):
        _carry_out(session, request, SendResult(Outcome.BAD_TOKEN), transport)
        return None
    if by is SentBy.PUSH and (until := transport.no_quota_until(session, tried=True)):
        outbox.wait_for_quota(rows, until)
        return None
    freeze(rows, by=by, body=body, again_in=RESERVED_FOR)
    return request


def _is_worth_a_push(session: Session, lead: OutboxRow) -> bool:
    if lead.to is None:
        return False
    return lead.kind is MessageKind.NOTICE or lead.must_arrive or not outbox.has_newer_reply(session, lead)


def _filled(rows: Sequence[OutboxRow]) -> tuple[list[OutboxRow], list[dict[str, Any]]]:
    """Returns the rows that fit into one request, taken in order, and their messages.

    Messages of notices come first and those of replies last, each from the oldest, because LINE shows only the quick
    replies of the last message.
    """
    lead, *others = rows
    taken, count = [lead], len(lead.messages or [])
    for row in others:
        count += len(row.messages or [])
        if count > MESSAGES_IN_A_REQUEST:
            break
        taken.append(row)
    in_order = sorted(taken, key=lambda row: (row.kind is MessageKind.REPLY, row.id))
    return taken, [message for row in in_order for message in row.messages or []]


def freeze(rows: Sequence[OutboxRow], *, by: SentBy, body: str, again_in: timedelta) -> None:
    """Records a try before the call: exactly what is sent, by which way, and when to try again if no answer comes.

    Until then the channel may have the request: our process may end during the call.
    """
    lead = rows[0]
    lead.first_tried_at = lead.first_tried_at or now()
    lead.body, lead.sent_by = body, by
    for row in rows:
        row.receipt, row.reason, row.error = Receipt.UNKNOWN, None, None
        row.next_try_at = now() + again_in
        row.tries += 1
        row.lead_id = lead.id if row is not lead else None


def record(session: Session, results: Mapping[OutgoingRequest, SendResult], transport: Transport) -> None:
    """Records what became of requests.

    A result other than accepted counts only while its request is as it was frozen. It is not where another process took
    it up because our call took longer than its reservation: then the other's result counts, and a refusal of ours may
    only mean that theirs was taken.
    """
    accepted = {
        request.lead_id: result.request_id
        for request, result in results.items()
        if result.outcome is Outcome.ACCEPTED
    }
    _note_sent(session, accepted)
    for request, result in results.items():
        if request.lead_id not in accepted and _is_as_frozen(session, request):
            _carry_out(session, request, result, transport)


def _note_sent(session: Session, request_ids: Mapping[int, str | None]) -> None:
    at = now()
    sent = [{"lead": lead, "request": given, "at": at} for lead, given in sorted(request_ids.items())]
    if sent:
        session.connection().execute(_SENT, sent)


def _is_as_frozen(session: Session, request: OutgoingRequest) -> bool:
    lead = session.get(OutboxRow, request.lead_id, with_for_update=True)
    frozen = (MessageState.READY, request.retry_key, request.tries)
    return lead is not None and (lead.state, lead.retry_key, lead.tries) == frozen


def _carry_out(session: Session, request: OutgoingRequest, result: SendResult, transport: Transport) -> None:
    """Does with the rows of a request what the table says."""
    rows = rows_of(session, request.lead_id)
    lead = session.get_one(OutboxRow, request.lead_id)
    rule = find_rule(result.outcome, request.by, request.before, _facts(lead, rows))
    _note(rows, rule.receipt or request.before, rule.reason, result.detail)
    pause = max(wait_after(result.outcome, request.by, request.tries), transport.pause_after(result.outcome))
    was_tried = request.before is not Receipt.NONE
    match rule.effect:
        case Effect.REPEAT:
            lead.next_try_at = now() + pause
        case Effect.RELEASE:
            _release(rows, again_in=pause, count_try=False)
        case Effect.DIVIDE:
            _release(rows, count_try=True)
        case Effect.PUSH:
            # A row that the channel may have never goes out in another reply: only a push has a retry key.
            lead.reply_token = None
            _release(rows, count_try=was_tried)
        case Effect.DROP_REPLY:
            _release([row for row in rows if row is not lead], count_try=was_tried)
            _end([lead], MessageState.DROPPED, reason=rule.reason)
        case Effect.END_SENT:
            _end(rows, MessageState.SENT, request_id=result.request_id)
        case Effect.END_DEAD:
            _give_up(session, rows, rule, result, transport)


def _note(rows: Sequence[OutboxRow], receipt: Receipt, reason: Reason | None, error: str) -> None:
    for row in rows:
        row.receipt, row.reason, row.error = receipt, reason, error[:200] or None


def _give_up(
    session: Session, rows: Sequence[OutboxRow], rule: Rule, result: SendResult, transport: Transport
) -> None:
    """Ends the rows as dead. For an answer that the channel refused, a simpler one is queued."""
    if rule.reason is Reason.REFUSED:
        for row in rows:
            log.error("LINE refused a message", extra={"row": row.id})
            outbox.put_in_stead(session, row, [transport.in_simple_words(row)])
    _end(rows, MessageState.DEAD, reason=rule.reason, error=result.detail)


def _facts(lead: OutboxRow, rows: Sequence[OutboxRow]) -> set[Fact]:
    facts = {
        Fact.TOKEN_IS_VALID: token_lives(lead),
        Fact.MAY_BE_LOST: not lead.must_arrive,
        Fact.HOLDS_SEVERAL: len(rows) > 1,
    }
    return {fact for fact, holds in facts.items() if holds}


def end(
    session: Session, lead_id: int, state: MessageState, *, reason: Reason | None = None, error: str = ""
) -> None:
    """Ends a row, and those that go out in its request, for another reason than a try."""
    _end(rows_of(session, lead_id), state, reason=reason, error=error)


def rows_of(session: Session, lead_id: int) -> list[OutboxRow]:
    """Returns the rows of a request that has not ended, in order of their ids, locked for this transaction."""
    theirs = (OutboxRow.id == lead_id) | (OutboxRow.lead_id == lead_id)
    query = select(OutboxRow).where(theirs, OutboxRow.state == MessageState.READY).order_by(OutboxRow.id)
    return list(session.scalars(query.with_for_update()))


def _release(rows: Sequence[OutboxRow], *, count_try: bool, again_in: timedelta = timedelta(0)) -> None:
    """Frees rows to go out in other requests, as if they had not been tried; each gets a new retry key.

    Rows whose try counts go alone from now on.
    """
    for row in rows:
        row.lead_id = None
        row.first_tried_at = None
        row.body = None
        row.sent_by = None
        row.retry_key, row.next_try_at = str(uuid.uuid4()), now() + again_in
        row.tries = row.tries if count_try else row.tries - 1
        if row.reason is Reason.IN_DOUBT:
            row.reason = None  # It was the reason of the reply that is dropped.


def _end(
    rows: Sequence[OutboxRow],
    state: MessageState,
    *,
    reason: Reason | None = None,
    error: str = "",
    request_id: str | None = None,
) -> None:
    """Sets the final state of rows, and deletes the request and the reply token.

    The messages are deleted, too, except those of a dead row: a supervisor decides whether it is tried again
    (store.operations.dead_letters).
    """
    for row in rows:
        row.state, row.reason, row.error = state, reason, error[:200] or None
        row.line_request_id = request_id
        row.messages = row.messages if state is MessageState.DEAD else None
        row.body, row.reply_token = None, None
        if state is MessageState.SENT:
            row.receipt, row.sent_at = Receipt.TAKEN, now()
