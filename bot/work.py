"""One inbox event is all or nothing: event done, answers saved, case changed and reply queued in one transaction."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Self

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.orm import Session

from bot.conversations.said import Words
from bot.events import Event, Joined, read_event
from bot.handlers import handle
from bot.render import render
from bot.replies import Receipt, Reply, Say
from bot.visit import Office, Visit
from store import inbox, outbox
from store.conversations import open_requests
from store.db import Database
from store.heartbeats import note_redelivery
from store.logs import failure_fields
from store.models import Conversation, InboxEvent, Resident
from store.residents import acquaintances, meet

# LINE gives up redelivering long before.
FARTHEST_OFF = timedelta(days=30)
# Each transaction costs as much as an event or two, so many share one, if they are done in this time. SQLite lets one
# writer in at a time, and whoever acknowledges webhooks waits for it; elsewhere only these residents' answers wait.
MOST_AT_ONCE, LONGEST_SECONDS, LONGEST_ON_SQLITE = 16, 0.05, 0.01
# A disk that is full, a lock not to be had, a server that fails over: no event is to blame.
TROUBLE_OF_THE_DATABASE = (OperationalError, InterfaceError, InternalError, TimeoutError)

log = logging.getLogger(__name__)


class Worker:
    def __init__(self, database: Database, office: Office) -> None:
        self._database, self._office = database, office
        self._longest = LONGEST_ON_SQLITE if database.is_sqlite else LONGEST_SECONDS
        self._pace = MOST_AT_ONCE

    def work_once(self, most: int | None = None) -> bool:
        """Works on some of the events that wait, if any do. No network call happens in here.

        They are of different residents and are kept in one commit. Where one of them fails nothing is kept, and
        each is worked on again in a transaction of its own.
        """
        claimed: list[int] = []
        try:
            with self._database.transaction() as session:
                rows = inbox.claim(session, most=most or self._pace)
                claimed += [row.id for row in rows]
                if rows:
                    self._work_on(session, rows)
        except Exception as error:
            if not claimed:
                raise
            self._begin_again(claimed, error)
        return bool(claimed)

    def _work_on(self, session: Session, rows: Sequence[InboxEvent]) -> None:
        """What is not reached in time is left for the next turn: others wait for the database meanwhile."""
        until = time.monotonic() + self._longest
        events = [_dated(read_event(row.body or {}), row) for row in rows]
        if any(event.redelivered for event in events):
            note_redelivery(session)
        known = _Known.by_lane(session, [row.lane for row in rows])
        done: list[InboxEvent] = []
        for row, event in zip(rows, events, strict=True):
            if done and time.monotonic() > until:
                break
            self._work(session, row, event, known)
            done.append(row)
        inbox.done(session, done)
        # What is claimed and not reached was looked up for nothing, and nobody else could take it meanwhile.
        self._pace = min(2 * len(done), MOST_AT_ONCE)

    def _work(self, session: Session, row: InboxEvent, event: Event, known: "_Known") -> None:
        if not event.active:
            return  # Another module has the conversation: LINE asks for silence.
        replies = self._in_group(event) if event.group else self._alone(session, row, event, known)
        if replies and event.reply_token:
            outbox.put_reply(
                session,
                lane=row.lane,
                to=None if event.group else event.user_id,
                token=event.reply_token,
                messages=render(replies),
                heard_at=row.arrived_at,
                must_arrive=any(isinstance(reply, Receipt) for reply in replies),
            )

    def _alone(self, session: Session, row: InboxEvent, event: Event, known: "_Known") -> list[Reply]:
        if event.user_id is None:
            return []
        resident = known.residents.get(row.lane) or meet(session, self._database.sealer, event.user_id)
        if resident.blocked_at is not None and event.reply_token and event.at > resident.blocked_at:
            resident.blocked_at = None  # Who writes to us does not block us: LINE's events come in any order.
        running = known.requests.get(resident.id)
        return handle(Visit(session, self._office, resident, event, row.arrived_at, running))

    def _in_group(self, event: Event) -> list[Reply]:
        """Requests and documents only between the resident and us (requirements L1, L2): nothing is kept."""
        if isinstance(event.what, Joined):
            return [Say(self._office.phrases.say("group.hello"))]
        if isinstance(event.what, Words) and event.mentions_us:
            return [Say(self._office.phrases.say("group.only_alone"))]
        return []

    def _begin_again(self, claimed: Sequence[int], error: Exception) -> None:
        if len(claimed) == 1:
            self._put_back(claimed[0], error)
            return
        for _ in claimed:
            self.work_once(most=1)

    def _put_back(self, row_id: int, error: Exception) -> None:
        """For another try; the reason is logged without what the resident wrote."""
        log.error("event failed", extra={"row": row_id, **failure_fields(error)})
        with self._database.transaction() as session:
            row = session.get_one(InboxEvent, row_id, with_for_update=True)
            if row.state == "new" and isinstance(error, TROUBLE_OF_THE_DATABASE):
                inbox.put_off(row, type(error).__name__)
            elif row.state == "new" and inbox.failed(row, type(error).__name__):
                self._apologise(session, row)

    def _apologise(self, session: Session, row: InboxEvent) -> None:
        event = read_event(row.body or {})
        if event.user_id is None or event.group or not event.reply_token:
            return
        outbox.put_reply(
            session,
            lane=row.lane,
            to=event.user_id,
            token=event.reply_token,
            messages=render([Say(self._office.phrases.say("menu.went_wrong"))]),
            heard_at=row.arrived_at,
        )


@dataclass(frozen=True)
class _Known:
    """What is known of those whose events are worked on together, looked up for all of them at once."""

    residents: Mapping[str, Resident]
    requests: Mapping[int, Conversation]

    @classmethod
    def by_lane(cls, session: Session, lanes: Sequence[str]) -> Self:
        residents = acquaintances(session, lanes)
        return cls(residents, open_requests(session, residents.values()))


def _dated(event: Event, row: InboxEvent) -> Event:
    """A time that LINE cannot have meant is replaced by that of arrival."""
    sane = abs(row.arrived_at - event.at) < FARTHEST_OFF
    return event if sane else replace(event, at=row.arrived_at)
