"""Writes the messages of notices, each in a step that the watchdog sees."""

import logging
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from bot.context import AppContext
from bot.line.messages import render
from bot.notice_replies import notice_replies
from bot.settings import BotSettings
from bot.supervision.watchdog import Watchdog
from store.database.engine import Database
from store.line.limits import TEXT_UNITS, cut_units
from store.logs import failure_fields
from store.messaging import outbox, unwritten_notices
from store.messaging.models import OutboxRow

log = logging.getLogger(__name__)

# Otherwise, under load, requests to send would keep notices waiting whose writing was tried before.
TRIED_FIRST_EVERY = 8


class NoticeWriter:
    """Writes notices for several threads. A notice belongs to the process that counted its last try."""

    def __init__(
        self, database: Database, app: AppContext, settings: BotSettings, watchdog: Watchdog
    ) -> None:
        self._database = database
        self._office = app
        self._settings = settings
        self._watchdog = watchdog
        self._turns = count(1)

    def begin(self, session: Session, requests: Sequence[Sequence[OutboxRow]]) -> dict[int, int]:
        """Counts a try of the notices to write next, and returns what `write` takes once the session is committed."""
        tried_first = next(self._turns) % TRIED_FIRST_EVERY == 0
        return unwritten_notices.begin(session, requests, tried_first=tried_first)

    def write(self, tries: Mapping[int, int]) -> None:
        """Writes these notices. One that cannot be written is given up, and delays no other."""
        if not tries:
            return
        with self._database.transaction(durable=False) as session:
            for row in unwritten_notices.take(session, tries):
                try:
                    with self._watchdog.step("notice", row.id):
                        unwritten_notices.done(row, self.messages_of(row))
                except Exception as error:
                    log.error("notice cannot be written", extra={"row": row.id, **failure_fields(error)})
                    reason = f"cannot be written: {type(error).__name__}"
                    outbox.settle(session, row.id, "dead", error=reason)

    def messages_of(self, row: OutboxRow) -> list[dict[str, Any]]:
        return render(
            notice_replies(row.notice or "", row.details or {}, self._office.phrases, self._settings)
        )

    def in_simple_words(self, refused: OutboxRow) -> dict[str, Any]:
        """Returns a plain text instead of an answer that LINE refuses.

        For a receipt it is the same in plain text, so that the number of the case arrives. For any other answer it
        says that only the answer is missing.
        """
        says = [str(each.get("altText") or each.get("text") or "") for each in refused.messages or ()]
        receipt = "\n".join(filter(None, says)) if refused.must_arrive else ""
        text = cut_units(receipt, TEXT_UNITS) or self._office.phrases.say("menu.answer_refused")
        return {"type": "text", "text": text}
