"""Delivers the messages of the outbox as replies and pushes, each request to one resident.

The exact bytes of a request are stored before it is sent (it is "frozen"), so that every later try sends the same.
LINE's answer decides what becomes of its rows.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.context import AppContext
from bot.line import retry_policy
from bot.line.messages import request_body
from bot.line.messaging_api import LineAnswer, LineClient, SendOutcome
from bot.line.notice_writer import NoticeWriter
from bot.line.retry_policy import RESERVED_FOR, AccountBackoff, backoff
from bot.settings import BotSettings
from bot.supervision.watchdog import Watchdog
from store.clock import now
from store.database.engine import Database
from store.line.limits import MESSAGES_IN_A_REQUEST
from store.messaging import outbox
from store.messaging.models import OutboxRow
from store.messaging.outbox import token_lives, token_may_live
from store.messaging.states import MessageKind, MessageState, SentBy
from store.messaging.unwritten_notices import is_unwritten
from store.municipality.calendar import Month
from store.quota import usage

log = logging.getLogger(__name__)

# So many requests are frozen in one transaction. Answers that arrive within GATHER_SECONDS are recorded in one.
MAX_AT_ONCE, GATHER_SECONDS = 16, 0.02
# A reply is tried again soon, while its token is valid: then a refusal proves that LINE accepted the first try.
REPLY_AGAIN_AFTER_SECONDS = (1, 2, 4, 8, 10)
QUOTA_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class OutgoingRequest:
    """Describes a frozen request. `lead_id` is the id of its lead row; `tries` includes the try that follows.

    If `in_doubt`, LINE may have accepted an earlier try, of which `tried_before` says that there was one.
    """

    lead_id: int
    by: SentBy
    body: str
    retry_key: str
    tries: int
    tried_before: bool = False
    in_doubt: bool = False


class Sender:
    """Delivers the outbox. Several threads and processes may do so: whichever freezes a request sends it.

    `executor` is the thread pool that calls LINE. It has a thread for each call, because a call that waits for a thread
    could outlast its reservation (RESERVED_FOR). Without a pool, calls are made one after the other. `quota_is_gone` is
    called when LINE says that the month's messages are used up; a transaction is open then, so it must not block.
    """

    def __init__(
        self,
        database: Database,
        app: AppContext,
        settings: BotSettings,
        line: LineClient,
        *,
        executor: Executor | None = None,
        quota_is_gone: Callable[[], None] = lambda: None,
        watchdog: Watchdog | None = None,
    ) -> None:
        self._database = database
        self._office = app
        self._settings = settings
        self._line = line
        self._executor = executor
        self._quota_is_gone = quota_is_gone
        self.writer = NoticeWriter(database, app, settings, watchdog or Watchdog())
        self._account = AccountBackoff(MAX_AT_ONCE)
        self._quota_gone_until: datetime | None = None

    def deliver_once(self) -> bool:
        """Writes the texts of due notices, or sends some due requests if there is no text to write now.

        Returns False if nothing was due, or if this thread may send nothing now. No transaction is open during a call.
        """
        with self._account.turn() as most:
            return most > 0 and self._deliver(most)

    def _deliver(self, most: int) -> bool:
        with self._database.transaction() as session:
            due = outbox.claim(session, most=most, replies_first=self._account.is_holding_back)
            to_write = self.writer.begin(session, due)
            requests = [rows for rows in due if not to_write and not is_unwritten(rows)]
            parcels = [outgoing for rows in requests if (outgoing := self._pack(session, rows)) is not None]
        self.writer.write(to_write)
        for answers in self._answers(parcels):
            self._settle(answers)
        return bool(due)

    def _answers(
        self, parcels: Sequence[OutgoingRequest]
    ) -> Iterator[list[tuple[OutgoingRequest, SendOutcome]]]:
        """Yields answers as they arrive, so that one slow request does not delay the others."""
        if self._executor is None or len(parcels) < 2:
            yield [(outgoing, self._call(outgoing)) for outgoing in parcels]
            return
        calls = {self._executor.submit(self._call, outgoing): outgoing for outgoing in parcels}
        waiting = set(calls)
        while waiting:
            answered, waiting = wait(waiting, timeout=GATHER_SECONDS)
            yield [(calls[call], call.result()) for call in answered]

    def _settle(self, answers: Sequence[tuple[OutgoingRequest, SendOutcome]]) -> None:
        if not answers:
            return
        accepted = {
            outgoing.lead_id: outcome.request_id
            for outgoing, outcome in answers
            if outcome.answer is LineAnswer.ACCEPTED
        }
        with self._database.transaction() as session:
            outbox.note_sent(session, accepted)
            if accepted:
                self._account.accepted()
            if self._quota_gone_until and any(
                p.by == SentBy.PUSH and p.lead_id in accepted for p, _ in answers
            ):
                self._quota_gone_until = None
                outbox.end_wait_for_quota(session)
            for outgoing, outcome in answers:
                if outgoing.lead_id not in accepted and outbox.is_as_frozen(
                    session, outgoing.lead_id, outgoing.retry_key, outgoing.tries
                ):
                    self._conclude(session, outgoing, outcome)
        for outgoing, outcome in answers:
            log.info(
                "sent", extra={"by": outgoing.by, "answer": outcome.answer.value, "row": outgoing.lead_id}
            )

    def _call(self, outgoing: OutgoingRequest) -> SendOutcome:
        if outgoing.by == SentBy.REPLY:
            return retry_policy.call(self._line.reply, outgoing.body, row=outgoing.lead_id)
        return retry_policy.call(self._line.push, outgoing.body, outgoing.retry_key, row=outgoing.lead_id)

    def _pack(self, session: Session, rows: list[OutboxRow]) -> OutgoingRequest | None:
        """Freezes the request and returns it, or returns None if it is dropped, given up or must wait."""
        lead = rows[0]
        if lead.first_tried_at is not None:
            return self._pack_again(session, rows)
        by = SentBy.REPLY if token_may_live(lead) else SentBy.PUSH
        if by == SentBy.PUSH and not self._worth_a_push(session, lead):
            outbox.settle(session, lead.id, MessageState.DROPPED, error="too late for a reply")
            return None
        if by == SentBy.PUSH and self._waits_for_quota(session, rows):
            return None
        rows, messages = self._filled(rows)
        outbox.freeze(rows, by=by, body=_body(lead, by, messages), again_in=RESERVED_FOR)
        return OutgoingRequest(lead.id, by, lead.body or "", lead.retry_key, lead.tries)

    def _pack_again(self, session: Session, rows: list[OutboxRow]) -> OutgoingRequest | None:
        """Returns the frozen request for another try, or None if it is given up, must wait, or is late for a reply.

        It is given up 23 hours after its first try: after 24 hours LINE forgets the retry key, and would take the
        request for a new one.
        """
        lead = rows[0]
        if retry_policy.is_too_late(lead.first_tried_at):
            outbox.settle(session, lead.id, MessageState.DEAD, error="no clear answer from LINE for 23 hours")
            return None
        by = lead.sent_by or SentBy.PUSH
        # LINE may have accepted a try that ended without any answer, or with the end of our process.
        in_doubt = lead.error != LineAnswer.BROKEN.value
        if by == SentBy.REPLY and not token_may_live(lead):
            self._too_late_for_reply(session, lead, tried=True, in_doubt=in_doubt)
            return None
        if by == SentBy.PUSH and self._waits_for_quota(session, rows):
            return None
        outbox.freeze(rows, by=by, body=lead.body or "", again_in=RESERVED_FOR)
        return OutgoingRequest(
            lead.id, by, lead.body or "", lead.retry_key, lead.tries, tried_before=True, in_doubt=in_doubt
        )

    def _worth_a_push(self, session: Session, lead: OutboxRow) -> bool:
        """Says whether the row may become a billed push.

        A notice may. A reply may if it must arrive or no newer reply waits. A row without an address may not.
        """
        if lead.to is None:
            return False
        return (
            lead.kind == MessageKind.NOTICE or lead.must_arrive or not outbox.newer_reply_waits(session, lead)
        )

    def _waits_for_quota(self, session: Session, rows: Sequence[OutboxRow]) -> bool:
        """Postpones a push and returns True while the month's messages are used up; otherwise returns False.

        A push that was never tried waits while LINE's count says so. After LINE refused a push without such a count,
        one push an hour tries again. A request that was tried ignores the count: if LINE accepted it, another try
        costs nothing.
        """
        counted = usage.gone_until(session) if rows[0].first_tried_at is None else None
        until = counted or self._quota_gone_until
        if until is None:
            return False
        # An end that is farther off than any that we set means that the clock was set back.
        if now() >= until or until - now() > max(QUOTA_WAIT, usage.BELIEVED_FOR):
            self._quota_gone_until = now() + RESERVED_FOR  # The others wait for LINE's answer to this one.
            return False
        outbox.wait_for_quota(rows, until)
        return True

    def _filled(self, rows: Sequence[OutboxRow]) -> tuple[list[OutboxRow], list[dict[str, Any]]]:
        """Returns the rows that fit into one request, taken in order, and their messages.

        Messages of notices come first and those of replies last, each from the oldest, because LINE shows only the
        quick replies of the last message.
        """
        lead, *others = rows
        taken, count = [lead], len(lead.messages or [])
        for row in others:
            count += len(row.messages or [])
            if count > MESSAGES_IN_A_REQUEST:
                break
            taken.append(row)
        in_order = sorted(taken, key=lambda row: (row.kind == MessageKind.REPLY, row.id))
        return taken, [message for row in in_order for message in row.messages or []]

    def _conclude(self, session: Session, outgoing: OutgoingRequest, outcome: SendOutcome) -> None:
        lead_id, text = outgoing.lead_id, f"{outcome.answer.value}: {outcome.detail}"[:200]
        match outcome.answer:
            case LineAnswer.BAD_TOKEN:
                self._reply_failed(session, outgoing, outcome)
            case LineAnswer.REFUSED:
                self._refused(session, lead_id, text)
            case LineAnswer.NO_QUOTA:
                self._note_no_quota(session, outgoing)
            case LineAnswer.SLOW_DOWN | LineAnswer.UNAUTHORISED:
                self._account.heard(outcome)
                self._not_now(session, outgoing, timedelta(0))
            case LineAnswer.BROKEN | LineAnswer.UNKNOWN:
                self._try_later(session, outgoing, outcome.answer)

    def _reply_failed(self, session: Session, outgoing: OutgoingRequest, outcome: SendOutcome) -> None:
        """Handles LINE's refusal of a reply token, which was used or has expired.

        If this is a later try and the token has not expired, an earlier try used the token: the reply was sent.
        """
        lead = session.get_one(OutboxRow, outgoing.lead_id)
        if outgoing.tried_before and token_lives(lead):
            outbox.settle(session, lead.id, MessageState.SENT, request_id=outcome.request_id)
            return
        self._too_late_for_reply(session, lead, tried=outgoing.tried_before, in_doubt=outgoing.in_doubt)

    def _too_late_for_reply(self, session: Session, lead: OutboxRow, *, tried: bool, in_doubt: bool) -> None:
        """Frees the rows of a reply whose token can no longer be used, so that they go out as pushes.

        If LINE may have accepted the reply, it is dropped unless it must arrive: the resident can ask again. A row that
        LINE may have accepted never goes out in another reply, because only a push has a retry key.
        """
        lead.reply_token = None
        outbox.release(session, lead.id, again_in=timedelta(0), count_try=tried)
        if in_doubt and not lead.must_arrive:
            outbox.settle(
                session, lead.id, MessageState.DROPPED, error="LINE did not say whether it took the reply"
            )

    def _refused(self, session: Session, lead_id: int, error: str) -> None:
        """Gives up a row that LINE refuses, and queues a simpler text if the row was a reply.

        If the request held several rows, each is sent alone first, to find the one that LINE refuses.
        """
        if outbox.travels_alone(session, lead_id):
            log.error("LINE refused a message", extra={"row": lead_id})
            lead = session.get_one(OutboxRow, lead_id)
            outbox.put_in_stead(session, lead, [self.writer.in_simple_words(lead)])
            outbox.settle(session, lead_id, MessageState.DEAD, error=error)
            return
        outbox.release(session, lead_id, again_in=timedelta(0), count_try=True)

    def _note_no_quota(self, session: Session, outgoing: OutgoingRequest) -> None:
        """Postpones pushes by an hour, but not past the end of the month, after LINE said that no messages are left.

        LINE may say so although messages are left: it reserves some for a broadcast that was made in LINE's manager.
        """
        self._quota_gone_until = min(now() + QUOTA_WAIT, Month.of(now()).ends)
        self._quota_is_gone()
        self._not_now(session, outgoing, self._quota_gone_until - now(), error=outbox.MONTHLY_LIMIT)

    def _not_now(
        self, session: Session, outgoing: OutgoingRequest, again_in: timedelta, *, error: str | None = None
    ) -> None:
        """Postpones a request that LINE did not accept in this try.

        If LINE may have accepted an earlier try, the request and its retry key stay the same: with a new key the
        message could arrive twice.
        """
        if outgoing.tried_before:
            session.get_one(OutboxRow, outgoing.lead_id).next_try_at = now() + again_in
        else:
            outbox.release(session, outgoing.lead_id, again_in=again_in, count_try=False, error=error)

    def _try_later(self, session: Session, outgoing: OutgoingRequest, answer: LineAnswer) -> None:
        lead = session.get_one(OutboxRow, outgoing.lead_id)
        lead.next_try_at = now() + (_soon(lead.tries) if outgoing.by == SentBy.REPLY else backoff(lead.tries))
        lead.error = LineAnswer.UNKNOWN.value if outgoing.in_doubt else answer.value


def _body(lead: OutboxRow, by: SentBy, messages: list[dict[str, Any]]) -> str:
    to = {"replyToken": lead.reply_token} if by == SentBy.REPLY else {"to": lead.to}
    return request_body(**to, messages=messages)


def _soon(tries: int) -> timedelta:
    return timedelta(seconds=REPLY_AGAIN_AFTER_SECONDS[min(tries, len(REPLY_AGAIN_AFTER_SECONDS)) - 1])
