"""Writes the messages of notices. The watchdog ends the process if one of them takes too long."""

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
from store.messaging import requests, unwritten_notices
from store.messaging.models import OutboxRow
from store.messaging.states import MessageState, Reason

log = logging.getLogger(__name__)

# In one of so many rounds, a notice whose writing was tried before comes first. Otherwise it could wait for ever under
# load.
TRIED_FIRST_EVERY = 8


class NoticeWriter:
    """Writes notices; several threads share it. Whichever thread counted the latest try of a notice writes it."""

    def __init__(
        self, database: Database, app: AppContext, settings: BotSettings, watchdog: Watchdog
    ) -> None:
        self._database = database
        self._office = app
        self._settings = settings
        self._watchdog = watchdog
        self._turns = count(1)

    def begin(self, session: Session, requests: Sequence[Sequence[OutboxRow]]) -> dict[int, int]:
        """Chooses the notices to write next, adds 1 to the tries of each, and returns their tries by row id.

        The caller commits, and then passes the result to `write`.
        """
        tried_first = next(self._turns) % TRIED_FIRST_EVERY == 0
        return unwritten_notices.begin(session, requests, tried_first=tried_first)

    def write(self, tries: Mapping[int, int]) -> None:
        """Writes the notices that `begin` returned. One that cannot be written becomes a dead letter."""
        if not tries:
            return
        with self._database.transaction(durable=False) as session:
            for row in unwritten_notices.take(session, tries):
                try:
                    with self._watchdog.step("notice", row.id):
                        unwritten_notices.done(row, self.messages_of(row))
                except Exception as error:
                    log.error("notice cannot be written", extra={"row": row.id, **failure_fields(error)})
                    why = type(error).__name__
                    requests.end(session, row.id, MessageState.DEAD, reason=Reason.UNWRITABLE, error=why)

    def messages_of(self, row: OutboxRow) -> list[dict[str, Any]]:
        return render(
            notice_replies(row.notice or "", row.details or {}, self._office.phrases, self._settings)
        )

    def in_simple_words(self, refused: OutboxRow) -> dict[str, Any]:
        """Returns a text message to send in place of an answer that LINE refuses.

        An answer that must arrive, such as a receipt, is repeated as plain text, so that the case number arrives. For
        any other, the text says that only the answer is missing.
        """
        says = [str(each.get("altText") or each.get("text") or "") for each in refused.messages or ()]
        receipt = "\n".join(filter(None, says)) if refused.must_arrive else ""
        text = cut_units(receipt, TEXT_UNITS) or self._office.phrases.say("menu.answer_refused")
        return {"type": "text", "text": text}
