"""Sends what is in the outbox for one channel. A subclass for each channel composes the requests and makes the calls.

`store.messaging.outcomes` says in one table what becomes of a message after a call.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, wait
from contextlib import AbstractContextManager, nullcontext
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from bot.notice_writer import NoticeWriter
from bot.supervision.watchdog import Watchdog
from store.database.engine import Database
from store.messaging import outbox, requests
from store.messaging.models import OutboxRow
from store.messaging.outcomes import Outcome, SendResult
from store.messaging.requests import OutgoingRequest
from store.messaging.states import SentBy
from store.messaging.unwritten_notices import is_unwritten
from store.residents.models import Channel

log = logging.getLogger(__name__)

# So many requests are frozen in one transaction. Answers that arrive within GATHER_SECONDS are recorded in one.
MAX_AT_ONCE, GATHER_SECONDS = 16, 0.02


class OutboxSender(ABC):
    """Delivers the outbox's messages of one channel. Several threads and processes may do so at the same time.

    Whichever freezes a request sends it. `executor` is the thread pool that makes the calls. It has a thread for each
    call, because a call that waits for a thread could outlast its reservation (RESERVED_FOR). Without a pool, calls are
    made one after the other. What a channel must do: `messages_of`, `compose`, `in_simple_words` and `call`; it may
    also hold requests back.
    """

    channel: ClassVar[Channel]

    def __init__(
        self, database: Database, *, executor: Executor | None = None, watchdog: Watchdog | None = None
    ) -> None:
        self._database = database
        self._executor = executor
        self._writer = NoticeWriter(database, watchdog or Watchdog(), self.messages_of)

    @abstractmethod
    def messages_of(self, row: OutboxRow) -> list[dict[str, Any]]:
        """Words a notice in the messages of this channel; its fact is `row.notice` with `row.details`."""

    @abstractmethod
    def compose(self, lead: OutboxRow, by: SentBy, messages: list[dict[str, Any]]) -> str:
        """Returns the bytes of a request, as text. They are the same on every try."""

    @abstractmethod
    def in_simple_words(self, refused: OutboxRow) -> dict[str, Any]:
        """Returns a message to send in place of an answer that the channel refuses."""

    @abstractmethod
    def call(self, outgoing: OutgoingRequest) -> SendResult:
        """Sends a request and returns its outcome. A request whose retry key was accepted before must not arrive twice;
        then the outcome is ACCEPTED.
        """

    def turn(self) -> AbstractContextManager[int]:
        """Yields how many requests the calling thread may send now."""
        return nullcontext(MAX_AT_ONCE)

    def is_holding_back(self) -> bool:
        """Says whether the channel lets fewer requests out than usual; then replies go first."""
        return False

    def hear(self, session: Session, results: Sequence[tuple[OutgoingRequest, SendResult]]) -> None:  # noqa: B027
        """Adjusts the pace of all requests to the outcomes of some. A channel without limits need not."""

    def no_quota_until(self, session: Session, *, tried: bool) -> datetime | None:
        """Returns until when pushes wait for quota, or None; `tried`: one that may have been billed already."""
        return None

    def pause_after(self, outcome: Outcome) -> timedelta:
        """Returns how long a request waits at least after this outcome."""
        return timedelta(0)

    def deliver_once(self) -> bool:
        """Writes the texts of due notices, or sends some due requests if there is no text to write now.

        Returns False if nothing was due, or if this thread may send nothing now. No transaction is open during a call.
        """
        with self.turn() as most:
            return most > 0 and self._deliver(most)

    def _deliver(self, most: int) -> bool:
        with self._database.transaction() as session:
            due = outbox.claim(session, channel=self.channel, most=most, replies_first=self.is_holding_back())
            to_write = self._writer.begin(session, due)
            written = [rows for rows in due if not to_write and not is_unwritten(rows)]
            prepared = [requests.prepare(session, rows, self) for rows in written]
        self._writer.write(to_write)
        for results in self._results([outgoing for outgoing in prepared if outgoing is not None]):
            self._settle(results)
        return bool(due)

    def _results(
        self, outgoing_requests: Sequence[OutgoingRequest]
    ) -> Iterator[list[tuple[OutgoingRequest, SendResult]]]:
        """Yields results as they arrive, so that one slow request does not delay the others."""
        if self._executor is None or len(outgoing_requests) < 2:
            yield [(outgoing, self.call(outgoing)) for outgoing in outgoing_requests]
            return
        calls = {
            self._executor.submit(copy_context().run, self.call, outgoing): outgoing
            for outgoing in outgoing_requests
        }
        waiting = set(calls)
        while waiting:
            answered, waiting = wait(waiting, timeout=GATHER_SECONDS)
            yield [(calls[call], call.result()) for call in answered]

    def _settle(self, results: Sequence[tuple[OutgoingRequest, SendResult]]) -> None:
        if not results:
            return
        with self._database.transaction() as session:
            self.hear(session, results)
            requests.record(session, dict(results), self)
        for outgoing, result in results:
            log.info("sent", extra={"by": outgoing.by, "answer": result.outcome, "row": outgoing.lead_id})
