"""Writes the messages of notices. The watchdog ends the process if one of them takes too long."""

import logging
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from bot.supervision.watchdog import Watchdog
from store.database.engine import Database
from store.logs import failure_fields
from store.messaging import requests, unwritten_notices
from store.messaging.models import OutboxRow
from store.messaging.states import MessageState, Reason

log = logging.getLogger(__name__)

# In one of so many rounds, a notice whose writing was tried before comes first. Otherwise it could wait for ever under
# load.
TRIED_FIRST_EVERY = 8


class NoticeWriter:
    """Writes notices; several threads share it. Whichever thread counted the latest try of a notice writes it.

    `messages_of` words one notice in the messages of its channel.
    """

    def __init__(
        self,
        database: Database,
        watchdog: Watchdog,
        messages_of: Callable[[OutboxRow], list[dict[str, Any]]],
    ) -> None:
        self._database = database
        self._watchdog = watchdog
        self._messages_of = messages_of
        self._turns = count(1)

    def begin(self, session: Session, due: Sequence[Sequence[OutboxRow]]) -> dict[int, int]:
        """Chooses the notices to write next, adds 1 to the tries of each, and returns their tries by row id.

        The caller commits, and then passes the result to `write`.
        """
        tried_first = next(self._turns) % TRIED_FIRST_EVERY == 0
        return unwritten_notices.begin(session, due, tried_first=tried_first)

    def write(self, tries: Mapping[int, int]) -> None:
        """Writes the notices that `begin` returned. One that cannot be written becomes a dead letter."""
        if not tries:
            return
        with self._database.transaction(durable=False) as session:
            for row in unwritten_notices.take(session, tries):
                try:
                    with self._watchdog.step("notice", row.id):
                        unwritten_notices.done(row, self._messages_of(row))
                except Exception as error:
                    log.error("notice cannot be written", extra={"row": row.id, **failure_fields(error)})
                    why = type(error).__name__
                    requests.end(session, row.id, MessageState.DEAD, reason=Reason.UNWRITABLE, error=why)
