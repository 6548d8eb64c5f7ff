"""Delivers the messages of the outbox through LINE, as replies and pushes, each request to one resident."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.context import AppContext
from bot.line import retry_policy
from bot.line.messages import render, request_body
from bot.line.messaging_api import LineClient
from bot.line.quota_pause import QuotaPause
from bot.line.retry_policy import AccountBackoff
from bot.notice_replies import notice_replies
from bot.outbox_sender import MAX_AT_ONCE, OutboxSender
from bot.settings import BotSettings
from bot.supervision.watchdog import Watchdog
from store.database.engine import Database
from store.line.limits import TEXT_UNITS, cut_units
from store.messaging import outbox
from store.messaging.models import OutboxRow
from store.messaging.outcomes import Outcome, SendResult
from store.messaging.requests import OutgoingRequest
from store.messaging.states import SentBy
from store.residents.models import Channel


class Sender(OutboxSender):
    """Delivers what goes to LINE. `quota_is_gone` is called when LINE says that the month's messages are used up.

    A transaction is open then, so it must not block.
    """

    channel = Channel.LINE

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
        super().__init__(database, executor=executor, watchdog=watchdog)
        self._app = app
        self._settings = settings
        self._line = line
        self._quota_is_gone = quota_is_gone
        self._account = AccountBackoff(MAX_AT_ONCE)
        self._quota = QuotaPause()

    def messages_of(self, row: OutboxRow) -> list[dict[str, Any]]:
        return render(notice_replies(row.notice or "", row.details or {}, self._app.phrases, self._settings))

    def compose(self, lead: OutboxRow, by: SentBy, messages: list[dict[str, Any]]) -> str:
        to = {"replyToken": lead.reply_token} if by is SentBy.REPLY else {"to": lead.to}
        return request_body(**to, messages=messages)

    def in_simple_words(self, refused: OutboxRow) -> dict[str, Any]:
        """Returns a text message to send in place of an answer that LINE refuses.

        An answer that must arrive, such as a receipt, is repeated as plain text, so that the case number arrives. For
        any other, the text says that only the answer is missing.
        """
        says = [str(each.get("altText") or each.get("text") or "") for each in refused.messages or ()]
        receipt = "\n".join(filter(None, says)) if refused.must_arrive else ""
        text = cut_units(receipt, TEXT_UNITS) or self._app.phrases.say("menu.answer_refused")
        return {"type": "text", "text": text}

    def call(self, outgoing: OutgoingRequest) -> SendResult:
        if outgoing.by is SentBy.REPLY:
            return retry_policy.call(self._line.reply, outgoing.body, row=outgoing.lead_id)
        return retry_policy.call(self._line.push, outgoing.body, outgoing.retry_key, row=outgoing.lead_id)

    def turn(self) -> AbstractContextManager[int]:
        return self._account.turn()

    def is_holding_back(self) -> bool:
        return self._account.is_holding_back

    def hear(self, session: Session, results: Sequence[tuple[OutgoingRequest, SendResult]]) -> None:
        accepted = {outgoing.by for outgoing, result in results if result.outcome is Outcome.ACCEPTED}
        if accepted:
            self._account.accepted()
        if SentBy.PUSH in accepted and self._quota.end():
            outbox.end_wait_for_quota(session)
        for _, result in results:
            if result.outcome is Outcome.NO_QUOTA:
                self._quota.begin()
                self._quota_is_gone()
            elif result.outcome is not Outcome.ACCEPTED:
                self._account.heard(result)

    def no_quota_until(self, session: Session, *, tried: bool) -> datetime | None:
        return self._quota.until(session, tried=tried)

    def pause_after(self, outcome: Outcome) -> timedelta:
        return self._quota.remaining if outcome is Outcome.NO_QUOTA else timedelta(0)
