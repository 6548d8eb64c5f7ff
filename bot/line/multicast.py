"""Sends approved broadcasts in chunks; content and recipients come from store.broadcasts.

The exact bytes of a chunk's request are stored before it is sent (it is "frozen"), so that every later try sends the
same.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextvars import copy_context
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from bot.context import AppContext
from bot.line import retry_policy
from bot.line.messages import request_body
from bot.line.messaging_api import LineClient
from bot.line.retry_policy import AccountBackoff
from bot.settings import BotSettings
from store.broadcasts import mailings
from store.broadcasts.content import BroadcastContent
from store.broadcasts.messages import Addresses, footer_of, to_messages
from store.broadcasts.models import (
    Broadcast,
    Chunk,
    ChunkState,
    Mailing,
    MailingPart,
    MailingState,
    StopReason,
)
from store.broadcasts.transitions import closing_of, content_of
from store.database.engine import Database
from store.line.limits import MULTICASTS_A_SECOND
from store.logs import failure_fields
from store.messaging.outcomes import Outcome, SendResult, is_expired
from store.messaging.requests import RESERVED_FOR
from store.messaging.states import Reason, Receipt
from store.quota import usage

log = logging.getLogger(__name__)

# A little below LINE's limit; at 500 residents a call, one process reaches up to 95,000 residents a second.
CALLS_A_SECOND = 0.95 * MULTICASTS_A_SECOND
# How many requests one thread sends at the same time. The worker's three threads then reach CALLS_A_SECOND even if
# each call takes 150 ms.
CHUNKS_AT_ONCE = 20


class RateLimit:
    """Makes callers wait so that at most `calls_a_second` go on in a second; threads share it."""

    def __init__(self, calls_a_second: float) -> None:
        self._seconds = 1 / calls_a_second
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + self._seconds
        time.sleep(max(turn - time.monotonic(), 0))


@dataclass(frozen=True)
class MulticastRequest:
    """Describes the frozen request of a chunk. `told` is its number of recipients; `to_friends` means all friends.

    `tries` includes the try that follows, and so differs from that of a later try by another thread. `before` says
    whether LINE may have it already, from an earlier try.
    """

    chunk_id: int
    to_friends: bool
    body: str
    told: int
    retry_key: str
    tries: int
    before: Receipt


class Mailer:
    """Sends broadcasts. Several threads and processes may do so: whichever freezes a chunk sends it.

    With the thread pool `executor` a thread sends up to 20 requests at a time, otherwise one. `quota_is_gone` is called
    when LINE says that the month's messages are used up; a transaction is open then, so it must not block.
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
    ) -> None:
        self._database = database
        self._office = app
        self._settings = settings
        self._line = line
        self._executor = executor
        self._quota_is_gone = quota_is_gone
        self._most = 1 if executor is None else CHUNKS_AT_ONCE
        self._account = AccountBackoff(self._most)
        self._pace = RateLimit(CALLS_A_SECOND)

    def mail_once(self) -> bool:
        """Sends some of the due chunks; returns False if none is due or all requests are paused.

        No transaction is open while LINE is called.
        """
        with self._database.reading() as session:
            if not mailings.is_due(session):
                return False
        with self._account.turn() as most:
            return most > 0 and self._mail(most)

    def _mail(self, most: int) -> bool:
        with self._database.transaction() as session:
            chunks = mailings.claim(session, most=most)
            outgoing_requests = self._pack(session, chunks)
        if outgoing_requests:
            answers = self._answers(outgoing_requests)
            with self._database.transaction() as session:
                self._conclude(session, answers)
            for outgoing, result in answers:
                log.info("mailed", extra={"answer": result.outcome, "row": outgoing.chunk_id})
        return bool(chunks)

    def _answers(self, requests: Sequence[MulticastRequest]) -> list[tuple[MulticastRequest, SendResult]]:
        if self._executor is None:
            return [(outgoing, self._call(outgoing)) for outgoing in requests]
        # With the context, in which the logs find the municipality.
        calls = [self._executor.submit(copy_context().run, self._call, outgoing) for outgoing in requests]
        return [(outgoing, call.result()) for outgoing, call in zip(requests, calls, strict=True)]

    def _call(self, outgoing: MulticastRequest) -> SendResult:
        self._pace.wait()
        send = self._line.broadcast if outgoing.to_friends else self._line.multicast
        return retry_policy.call(send, outgoing.body, outgoing.retry_key, row=outgoing.chunk_id)

    def _pack(self, session: Session, chunks: Sequence[Chunk]) -> list[MulticastRequest]:
        """Freezes the chunks and returns their requests; a chunk that needs none, is given up or must wait has none."""
        if not chunks:
            return []
        tried = [chunk for chunk in chunks if chunk.first_tried_at is not None]
        fresh = [chunk for chunk in chunks if chunk.first_tried_at is None]
        requests = [self._pack_again(chunk) for chunk in tried]
        if fresh and (messages := self._find_messages(session, fresh[0].mailing)) is not None:
            requests += self._pack_fresh(session, fresh, messages)
        mailings.finish_if_over(session, chunks[0].mailing)
        return [outgoing for outgoing in requests if outgoing is not None]

    def _pack_again(self, chunk: Chunk) -> MulticastRequest | None:
        """Returns the frozen request for another try, or None if the chunk is given up.

        It is given up if it cannot be decrypted, and 23 hours after its first try: after 24 hours LINE forgets the
        retry key, and would take the request for a new one.
        """
        if is_expired(chunk.first_tried_at):
            mailings.give_up(chunk, Reason.NO_CLEAR_ANSWER)
            return None
        if not chunk.can_be_read():
            mailings.give_up(chunk, Reason.UNDECRYPTABLE)
            return None
        return _frozen(chunk, chunk.body or "", chunk.told or 0)

    def _find_messages(self, session: Session, mailing: Mailing) -> list[dict[str, Any]] | None:
        """Returns the messages to send, or stops the mailing and returns None if they cannot be written.

        Pictures cannot be sent without a public address.
        """
        if not self._settings.public_url and _content(mailing).pictures():
            # Phones fetch the pictures from our public address.
            mailings.stop(mailing, StopReason.NO_PUBLIC_ADDRESS)
            return None
        try:
            return self._messages(session, mailing)
        except Exception as error:
            log.error("broadcast cannot be written", extra={"row": mailing.id, **failure_fields(error)})
            mailings.stop(mailing, StopReason.UNWRITABLE)
            return None

    def _pack_fresh(
        self, session: Session, chunks: Sequence[Chunk], messages: list[dict[str, Any]]
    ) -> Iterator[MulticastRequest | None]:
        """Yields for each chunk its request, or None if it needs none.

        When the month's messages are used up, the mailing is stopped and nothing more is yielded.
        """
        left = self._affordable(session, chunks)
        for chunk in chunks:
            pack = self._pack_for_friends if chunk.residents is None else self._pack_for_residents
            outgoing = pack(session, chunk, messages, left)
            yield outgoing
            left -= outgoing.told if outgoing else 0
            if chunk.mailing.state == MailingState.STOPPED:
                return

    def _affordable(self, session: Session, chunks: Sequence[Chunk]) -> int:
        """Returns how many of the month's messages may be spent on these chunks.

        Messages in requests that LINE has not answered count as spent. An urgent broadcast, which has no topic, may
        also use the messages that are reserved for news of cases.
        """
        counts = (
            mailings.count_friends(session) if chunk.residents is None else len(chunk.residents)
            for chunk in chunks
        )
        under_way = mailings.count_under_way(session)
        urgent = chunks[0].mailing.broadcast.topic is None
        plan = self._office.municipality.plan
        return max(usage.may_send(session, plan, sum(counts) + under_way, urgent=urgent) - under_way, 0)

    def _pack_for_friends(
        self, session: Session, chunk: Chunk, messages: list[dict[str, Any]], left: int
    ) -> MulticastRequest | None:
        count = mailings.count_friends(session)
        if left < count:
            mailings.stop(chunk.mailing, StopReason.NO_QUOTA)
            return None
        return _frozen(chunk, request_body(messages=messages), count)

    def _pack_for_residents(
        self, session: Session, chunk: Chunk, messages: list[dict[str, Any]], left: int
    ) -> MulticastRequest | None:
        """Freezes the chunk for as many residents as the month's messages allow; the others move to a new chunk.

        Returns None if no resident can be reached, or if no message is left and the mailing is stopped.
        """
        people = mailings.recipients(session, chunk)
        if not people:
            chunk.told = 0
            mailings.end(chunk, ChunkState.SENT)
            return None
        if not left:
            mailings.stop(chunk.mailing, StopReason.NO_QUOTA)
            return None
        if left < len(people):
            people = dict(islice(people.items(), left))
            mailings.keep_up_to(session, chunk, max(people))
        mailings.leave_out(session, chunk, people)
        to = list(people.values())
        return _frozen(chunk, request_body(to=to, messages=messages), len(to))

    def _messages(self, session: Session, mailing: Mailing) -> list[dict[str, Any]]:
        broadcast = mailing.broadcast
        is_closing = mailing.part == MailingPart.CLOSING
        corrected = None if is_closing else session.get(Broadcast, broadcast.corrects_id or 0)
        return to_messages(
            _content(mailing),
            broadcast.id,
            self._addresses(broadcast),
            footer=footer_of(self._office.municipality),
            corrects=corrected.title if corrected else "",
            first_button=len(content_of(broadcast).buttons()) if is_closing else 0,
        )

    def _addresses(self, broadcast: Broadcast) -> Addresses:
        """Returns how pictures and links of the broadcast are addressed.

        Links lead through our site, which counts taps; without a public address they lead straight to their target.
        """
        ours, settings = self._settings.public_url, self._settings
        return Addresses(
            picture=lambda token, small: settings.photo_links.address(token, small=small),
            link=lambda number, link: f"{ours}/b/{broadcast.id}/{number}" if ours else link,
        )

    def _conclude(self, session: Session, answers: Sequence[tuple[MulticastRequest, SendResult]]) -> None:
        chunks = mailings.take_up_again(session, [outgoing.chunk_id for outgoing, _ in answers])
        for outgoing, result in answers:
            chunk = chunks[outgoing.chunk_id]
            # Any answer but "accepted" counts only where no other thread has tried the chunk again meanwhile.
            is_latest = chunk.tries == outgoing.tries or result.outcome is Outcome.ACCEPTED
            if chunk.state is ChunkState.READY and is_latest:
                self._hear(result, chunk)
                mailings.record(session, chunk, outgoing.before, result)
        mailings.finish_if_over(session, next(iter(chunks.values())).mailing)

    def _hear(self, result: SendResult, chunk: Chunk) -> None:
        self._account.heard(result)
        if result.outcome is Outcome.NO_QUOTA:
            self._quota_is_gone()
        if result.outcome in (Outcome.REFUSED, Outcome.BAD_TOKEN):
            log.error("LINE refused a broadcast", extra={"row": chunk.id})


def _content(mailing: Mailing) -> BroadcastContent:
    if mailing.part == MailingPart.CLOSING:
        return closing_of(mailing.broadcast) or BroadcastContent()
    return content_of(mailing.broadcast)


def _frozen(chunk: Chunk, body: str, told: int) -> MulticastRequest:
    before = chunk.receipt
    mailings.freeze(chunk, body, told, again_in=RESERVED_FOR)
    return MulticastRequest(
        chunk.id, chunk.residents is None, body, told, chunk.retry_key, chunk.tries, before
    )
