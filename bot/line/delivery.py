"""Delivers the messages of the outbox as replies and pushes, each request to one resident.

The exact bytes of a request are stored before it is sent (it is "frozen"), so that every later try sends the same.
What becomes of its rows after LINE's answer, `store.messaging.outcomes` says in one table.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, wait
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.context import AppContext
from bot.line import retry_policy
from bot.line.messages import request_body
from bot.line.messaging_api import LineClient
from bot.line.notice_writer import NoticeWriter
from bot.line.quota_pause import QuotaPause
from bot.line.retry_policy import AccountBackoff
from bot.settings import BotSettings
from bot.supervision.watchdog import Watchdog
from store.database.engine import Database
from store.messaging import outbox, requests
from store.messaging.models import OutboxRow
from store.messaging.outcomes import Outcome, SendResult
from store.messaging.requests import OutgoingRequest
from store.messaging.states import SentBy
from store.messaging.unwritten_notices import is_unwritten

log = logging.getLogger(__name__)

# So many requests are frozen in one transaction. Answers that arrive within GATHER_SECONDS are recorded in one.
MAX_AT_ONCE, GATHER_SECONDS = 16, 0.02


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
        self._quota = QuotaPause()

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
            written = [rows for rows in due if not to_write and not is_unwritten(rows)]
            prepared = [requests.prepare(session, rows, self) for rows in written]
        self.writer.write(to_write)
        for answers in self._answers([outgoing for outgoing in prepared if outgoing is not None]):
            self._settle(answers)
        return bool(due)

    def _answers(
        self, outgoing_requests: Sequence[OutgoingRequest]
    ) -> Iterator[list[tuple[OutgoingRequest, SendResult]]]:
        """Yields answers as they arrive, so that one slow request does not delay the others."""
        if self._executor is None or len(outgoing_requests) < 2:
            yield [(outgoing, self._call(outgoing)) for outgoing in outgoing_requests]
            return
        calls = {self._executor.submit(self._call, outgoing): outgoing for outgoing in outgoing_requests}
        waiting = set(calls)
        while waiting:
            answered, waiting = wait(waiting, timeout=GATHER_SECONDS)
            yield [(calls[call], call.result()) for call in answered]

    def _settle(self, answers: Sequence[tuple[OutgoingRequest, SendResult]]) -> None:
        if not answers:
            return
        with self._database.transaction() as session:
            self._hear(session, answers)
            requests.record(session, dict(answers), self)
        for outgoing, result in answers:
            log.info("sent", extra={"by": outgoing.by, "answer": result.outcome, "row": outgoing.lead_id})

    def _hear(self, session: Session, answers: Sequence[tuple[OutgoingRequest, SendResult]]) -> None:
        """Adjusts the pace of all requests to LINE's answers."""
        accepted = {outgoing.by for outgoing, result in answers if result.outcome is Outcome.ACCEPTED}
        if accepted:
            self._account.accepted()
        if SentBy.PUSH in accepted and self._quota.end():
            outbox.end_wait_for_quota(session)
        for _, result in answers:
            if result.outcome is Outcome.NO_QUOTA:
                self._quota.begin()
                self._quota_is_gone()
            elif result.outcome is not Outcome.ACCEPTED:
                self._account.heard(result)

    def _call(self, outgoing: OutgoingRequest) -> SendResult:
        if outgoing.by is SentBy.REPLY:
            return retry_policy.call(self._line.reply, outgoing.body, row=outgoing.lead_id)
        return retry_policy.call(self._line.push, outgoing.body, outgoing.retry_key, row=outgoing.lead_id)

    # What the store asks of a channel (store.messaging.requests.Channel).

    def compose(self, lead: OutboxRow, by: SentBy, messages: list[dict[str, Any]]) -> str:
        to = {"replyToken": lead.reply_token} if by is SentBy.REPLY else {"to": lead.to}
        return request_body(**to, messages=messages)

    def in_simple_words(self, refused: OutboxRow) -> dict[str, Any]:
        return self.writer.in_simple_words(refused)

    def no_quota_until(self, session: Session, *, tried: bool) -> datetime | None:
        return self._quota.until(session, tried=tried)

    def pause_after(self, outcome: Outcome) -> timedelta:
        return self._quota.remaining if outcome is Outcome.NO_QUOTA else timedelta(0)
