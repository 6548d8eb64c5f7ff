"""The way out: one request of one resident at a time, frozen before it is sent, settled by what LINE answered."""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy.orm import Session

from bot.context import Office
from bot.line.account_backoff import AccountBackoff, backoff
from bot.line.messaging_api import Answer, LineClient, Outcome
from bot.line.notice_writer import NoticeWriter
from bot.settings import BotSettings
from bot.supervision.watchdog import Watchdog
from store.clock import now
from store.database.engine import Database
from store.logs import failure_fields
from store.messaging import outbox
from store.messaging.models import OutboxRow
from store.messaging.notice_writing import is_unwritten
from store.messaging.outbox import token_lives, token_may_live
from store.municipality.calendar import Month
from store.quota import usage

log = logging.getLogger(__name__)

# Longer than the slowest call: until then nobody else takes the request up. Short enough that, after a crash in the
# middle of a call, the reply token still lives and LINE can be asked whether it was used.
HOLD = timedelta(seconds=20)
# So many share the two transactions around their calls; an answer waits so long for others to be settled with it.
MOST_AT_ONCE, GATHER_SECONDS = 16, 0.02
# A reply is tried again soon, while its token lives: then a refusal proves that LINE took the try before.
REPLY_AGAIN_AFTER_SECONDS = (1, 2, 4, 8, 10)
QUOTA_WAIT = timedelta(hours=1)
PAUSE_WHEN_UNAUTHORISED = timedelta(minutes=1)


@dataclass(frozen=True)
class Parcel:
    """One request to LINE, as it is stored. `in_doubt`: LINE may have taken an earlier try without telling us."""

    lead_id: int
    by: Literal["reply", "push"]
    body: str
    retry_key: str
    tries: int
    tried_before: bool = False
    in_doubt: bool = False


class Sender:
    """Delivers the outbox. Several threads or processes may: a request belongs to whoever froze it.

    `postmen` call LINE side by side, one for each call, because none may wait in a queue while its hold runs out;
    without them one call follows the other. `quota_is_gone` is called when LINE says so, within a transaction: it may
    only take note.
    """

    def __init__(
        self,
        database: Database,
        office: Office,
        settings: BotSettings,
        line: LineClient,
        *,
        postmen: Executor | None = None,
        quota_is_gone: Callable[[], None] = lambda: None,
        watchdog: Watchdog | None = None,
    ) -> None:
        self._database = database
        self._office = office
        self._settings = settings
        self._line = line
        self._postmen = postmen
        self._quota_is_gone = quota_is_gone
        self.writer = NoticeWriter(database, office, settings, watchdog or Watchdog())
        self._account = AccountBackoff(MOST_AT_ONCE)
        self._quota_gone_until: datetime | None = None

    def deliver_once(self) -> bool:
        """Puts notices that are due into words or, where all have theirs, sends some of the requests that are due.
        False when none is. No transaction is open while LINE is called."""
        with self._account.turn() as most:
            return most > 0 and self._deliver(most)

    def _deliver(self, most: int) -> bool:
        with self._database.transaction() as session:
            due = outbox.claim(session, most=most, replies_first=self._account.is_holding_back)
            to_write = self.writer.begin(session, due)
            requests = [rows for rows in due if not to_write and not is_unwritten(rows)]
            parcels = [parcel for rows in requests if (parcel := self._pack(session, rows)) is not None]
        self.writer.write(to_write)
        for answers in self._answers(parcels):
            self._settle(answers)
        return bool(due)

    def _answers(self, parcels: Sequence[Parcel]) -> Iterator[list[tuple[Parcel, Outcome]]]:
        """LINE's answers as they come in: whom it answers need not wait for whom it lets wait."""
        if self._postmen is None or len(parcels) < 2:
            yield [(parcel, self._call(parcel)) for parcel in parcels]
            return
        calls = {self._postmen.submit(self._call, parcel): parcel for parcel in parcels}
        waiting = set(calls)
        while waiting:
            answered, waiting = wait(waiting, timeout=GATHER_SECONDS)
            yield [(calls[call], call.result()) for call in answered]

    def _settle(self, answers: Sequence[tuple[Parcel, Outcome]]) -> None:
        if not answers:
            return
        accepted = {
            parcel.lead_id: outcome.request_id
            for parcel, outcome in answers
            if outcome.answer is Answer.ACCEPTED
        }
        with self._database.transaction() as session:
            outbox.note_sent(session, accepted)
            if accepted:
                self._account.accepted()
            if self._quota_gone_until and any(p.by == "push" and p.lead_id in accepted for p, _ in answers):
                self._quota_gone_until = None
                outbox.end_wait_for_quota(session)
            for parcel, outcome in answers:
                if parcel.lead_id not in accepted and outbox.is_as_frozen(
                    session, parcel.lead_id, parcel.retry_key, parcel.tries
                ):
                    self._conclude(session, parcel, outcome)
        for parcel, outcome in answers:
            log.info("sent", extra={"by": parcel.by, "answer": outcome.answer.value, "row": parcel.lead_id})

    def _call(self, parcel: Parcel) -> Outcome:
        try:
            if parcel.by == "reply":
                return self._line.reply(parcel.body)
            return self._line.push(parcel.body, parcel.retry_key)
        except Exception as error:
            # An answer that nobody foresaw must not take those to the other requests with it.
            log.error("answer cannot be read", extra={"row": parcel.lead_id, **failure_fields(error)})
            return Outcome(Answer.UNKNOWN, type(error).__name__)

    def _pack(self, session: Session, rows: list[OutboxRow]) -> Parcel | None:
        """Freezes the request; None when it is not to be sent, or not now."""
        lead = rows[0]
        if lead.first_tried_at is not None:
            return self._pack_again(session, rows)
        by: Literal["reply", "push"] = "reply" if token_may_live(lead) else "push"
        if by == "push" and not self._worth_a_push(session, lead):
            outbox.settle(session, lead.id, "dropped", error="too late for a reply")
            return None
        if by == "push" and self._waits_for_quota(session, rows):
            return None
        rows, messages = self._filled(rows)
        outbox.freeze(rows, by=by, body=_body(lead, by, messages), again_in=HOLD)
        return Parcel(lead.id, by, lead.body or "", lead.retry_key, lead.tries)

    def _pack_again(self, session: Session, rows: list[OutboxRow]) -> Parcel | None:
        """The same bytes by the same way. After 23 hours the retry key would be about to mean a new message."""
        lead = rows[0]
        if lead.first_tried_at is None or now() - lead.first_tried_at > outbox.LAST_TRY_AFTER:
            outbox.settle(session, lead.id, "dead", error="no clear answer from LINE for 23 hours")
            return None
        by: Literal["reply", "push"] = "reply" if lead.sent_by == "reply" else "push"
        # A try that ended without any answer, or with the end of our process, may have been taken.
        in_doubt = lead.error != Answer.BROKEN.value
        if by == "reply" and not token_may_live(lead):
            self._too_late_for_reply(session, lead, tried=True, in_doubt=in_doubt)
            return None
        if by == "push" and self._waits_for_quota(session, rows):
            return None
        outbox.freeze(rows, by=by, body=lead.body or "", again_in=HOLD)
        return Parcel(
            lead.id, by, lead.body or "", lead.retry_key, lead.tries, tried_before=True, in_doubt=in_doubt
        )

    def _worth_a_push(self, session: Session, lead: OutboxRow) -> bool:
        """News always is. A reply that is too late is, unless the resident has since had a newer one."""
        if lead.to is None:
            return False
        return lead.kind == "notice" or lead.must_arrive or not outbox.newer_reply_waits(session, lead)

    def _waits_for_quota(self, session: Session, rows: Sequence[OutboxRow]) -> bool:
        """While the month's messages are used up, pushes wait: as long as LINE's count says so, else one an hour asks.

        What LINE may have taken already asks whatever the count says: the answer ends the doubt and costs nothing.
        """
        counted = usage.gone_until(session) if rows[0].first_tried_at is None else None
        until = counted or self._quota_gone_until
        if until is None:
            return False
        # Farther off than anybody ever put it: the clock was set back.
        if now() >= until or until - now() > max(QUOTA_WAIT, usage.BELIEVED_FOR):
            self._quota_gone_until = now() + HOLD  # The others wait for what this one is told.
            return False
        outbox.wait_for_quota(rows, until)
        return True

    def _filled(self, rows: Sequence[OutboxRow]) -> tuple[list[OutboxRow], list[dict[str, Any]]]:
        """As many of the rows as fit into one request, with their messages, eldest first. A reply stands last:
        only the last message shows quick replies."""
        lead, *others = rows
        taken, count = [lead], len(lead.messages or [])
        for row in others:
            count += len(row.messages or [])
            if count > outbox.MOST_MESSAGES:
                break
            taken.append(row)
        in_order = sorted(taken, key=lambda row: (row.kind == "reply", row.id))
        return taken, [message for row in in_order for message in row.messages or []]

    def _conclude(self, session: Session, parcel: Parcel, outcome: Outcome) -> None:
        lead_id, text = parcel.lead_id, f"{outcome.answer.value}: {outcome.detail}"[:200]
        match outcome.answer:
            case Answer.ACCEPTED:
                outbox.note_sent(session, {lead_id: outcome.request_id})
            case Answer.BAD_TOKEN:
                self._reply_failed(session, parcel, outcome)
            case Answer.REFUSED:
                self._refused(session, lead_id, text)
            case Answer.NO_QUOTA:
                self._note_no_quota(session, parcel)
            case Answer.SLOW_DOWN:
                self._account.too_fast(outcome.retry_after)
                self._not_now(session, parcel, timedelta(0))
            case Answer.UNAUTHORISED:
                self._stop()
                self._not_now(session, parcel, timedelta(0))
            case Answer.BROKEN | Answer.UNKNOWN:
                self._try_later(session, parcel, outcome.answer)

    def _reply_failed(self, session: Session, parcel: Parcel, outcome: Outcome) -> None:
        """Used up or too late. On a second try within the token's life it was our own first try that used it."""
        lead = session.get_one(OutboxRow, parcel.lead_id)
        if parcel.tried_before and token_lives(lead):
            outbox.settle(session, lead.id, "sent", request_id=outcome.request_id)
            return
        self._too_late_for_reply(session, lead, tried=parcel.tried_before, in_doubt=parcel.in_doubt)

    def _too_late_for_reply(self, session: Session, lead: OutboxRow, *, tried: bool, in_doubt: bool) -> None:
        """It goes by push. Where the reply may have arrived after all, only news and what must arrive do, perhaps
        a second time: of anything else the resident will ask again. What LINE may have taken once rides on no reply
        again, where the same could befall it: a push has its key."""
        lead.reply_token = None
        outbox.release(session, lead.id, again_in=timedelta(0), count_try=tried)
        if in_doubt and not lead.must_arrive:
            outbox.settle(session, lead.id, "dropped", error="LINE did not say whether it took the reply")

    def _refused(self, session: Session, lead_id: int, error: str) -> None:
        """A request of several rows is taken apart: only the one that LINE cannot take is given up."""
        if outbox.travels_alone(session, lead_id):
            log.error("LINE refused a message", extra={"row": lead_id})
            lead = session.get_one(OutboxRow, lead_id)
            outbox.put_in_stead(session, lead, [self.writer.in_simple_words(lead)])
            outbox.settle(session, lead_id, "dead", error=error)
            return
        outbox.release(session, lead_id, again_in=timedelta(0), count_try=True)

    def _stop(self) -> None:
        """The access token is wrong: every call would fail, so none is made for a while and nothing is lost."""
        log.critical("LINE refuses our access token: check LINE_CHANNEL_ACCESS_TOKEN")
        self._account.stop(PAUSE_WHEN_UNAUTHORISED)

    def _note_no_quota(self, session: Session, parcel: Parcel) -> None:
        """LINE may say so with messages left, while it keeps some for a broadcast made in its manager."""
        self._quota_gone_until = min(now() + QUOTA_WAIT, Month.of(now()).ends)
        self._quota_is_gone()
        self._not_now(session, parcel, self._quota_gone_until - now(), error=outbox.MONTHLY_LIMIT)

    def _not_now(
        self, session: Session, parcel: Parcel, again_in: timedelta, *, error: str | None = None
    ) -> None:
        """LINE did not take this try. Where it may have taken an earlier one, request and key must stay the same:
        under a new key the message would be told twice."""
        if parcel.tried_before:
            session.get_one(OutboxRow, parcel.lead_id).next_try_at = now() + again_in
        else:
            outbox.release(session, parcel.lead_id, again_in=again_in, count_try=False, error=error)

    def _try_later(self, session: Session, parcel: Parcel, answer: Answer) -> None:
        lead = session.get_one(OutboxRow, parcel.lead_id)
        lead.next_try_at = now() + (_soon(lead.tries) if parcel.by == "reply" else backoff(lead.tries))
        lead.error = Answer.UNKNOWN.value if parcel.in_doubt else answer.value


def _body(lead: OutboxRow, by: str, messages: list[dict[str, Any]]) -> str:
    to = {"replyToken": lead.reply_token} if by == "reply" else {"to": lead.to}
    body = json.dumps({**to, "messages": messages}, ensure_ascii=False, separators=(",", ":"))
    # Half an emoji, as broken phones send it and we would quote it, cannot travel as UTF-8.
    return body.encode("utf-8", "replace").decode()


def _soon(tries: int) -> timedelta:
    return timedelta(seconds=REPLY_AGAIN_AFTER_SECONDS[min(tries, len(REPLY_AGAIN_AFTER_SECONDS)) - 1])
