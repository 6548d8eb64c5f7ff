"""Works on inbox events. One transaction saves the answers, changes the case and queues the reply, or does nothing."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Self

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.orm import Session

from bot.context import AppContext
from bot.conversations.emergencies import prepare
from bot.handlers import handle
from bot.handlers.event_context import EventContext
from bot.line.events import Event, Joined, read_event
from bot.line.messages import render
from bot.replies import Receipt, Reply, Say
from bot.supervision.watchdog import Watchdog
from store.database.encryption import UnknownKey
from store.database.engine import Database
from store.logs import failure_fields
from store.messaging import inbox, outbox
from store.messaging.models import InboxEvent
from store.messaging.states import EventState
from store.messaging.undecryptable import forget_what_never_opens
from store.operations.heartbeats import note_redelivery
from store.residents.contacts import find_contacts, find_or_add_contact
from store.residents.conversations import end as end_request
from store.residents.conversations import open_requests
from store.residents.models import Channel, Contact, Conversation, EndedAs
from store.services.answers.inputs import TypedText

# LINE stops redelivering an event long before, so a time that is farther from its arrival is wrong.
FARTHEST_OFF = timedelta(days=30)
# A transaction costs as much as one or two events, so up to MAX_AT_ONCE events share one, for at most LONGEST_SECONDS.
# SQLite admits one writer at a time and makes webhooks wait; on PostgreSQL only the answers to these events wait.
MAX_AT_ONCE = 16
LONGEST_SECONDS = 0.05
LONGEST_ON_SQLITE = 0.01
TRIED_FIRST_EVERY = 8
# Errors of the database, such as a full disk, a lock that is not released, or a failover: no event is to blame.
TROUBLE_OF_THE_DATABASE = (OperationalError, InterfaceError, InternalError, TimeoutError)

log = logging.getLogger(__name__)


class Worker:
    def __init__(self, database: Database, app: AppContext, watchdog: Watchdog | None = None) -> None:
        prepare()
        self._database = database
        self._office = app
        self._watchdog = watchdog or Watchdog()
        self._longest = LONGEST_ON_SQLITE if database.is_sqlite else LONGEST_SECONDS
        self._pace, self._turns = MAX_AT_ONCE, count(1)
        # Events whose try must not count; the database could not store that yet.
        self._to_give_back: list[int] = []

    def work_once(self) -> bool:
        """Works on some of the events that wait; returns False if none is due. It calls nothing on the network.

        The try of each event is committed first, so that an event that ends this process is given up after a few tries.
        The events belong to different residents and share one transaction. If one of them fails, the transaction is
        rolled back, and each event is worked on again in a transaction of its own.
        """
        claim = self._claim()
        if claim is None:
            return False
        if claim.given_up is not None:
            self._give_up(claim.given_up)
        try:
            self._work_on(claim.event_ids, claim.tries)
        except Exception as error:
            self._work_on_each(claim, error)
        return True

    def _claim(self) -> inbox.Claim | None:
        with self._database.transaction(durable=False) as session:
            if self._to_give_back:
                inbox.give_back(session, self._to_give_back)
            # Under load, events that were tried before would otherwise wait for ever behind new ones.
            tried_first = next(self._turns) % TRIED_FIRST_EVERY == 0
            claim = inbox.claim(session, most=self._pace, tried_first=tried_first)
        self._to_give_back.clear()
        return claim

    def _work_on_each(self, claim: inbox.Claim, error: Exception) -> None:
        if len(claim.event_ids) == 1:
            self._put_back(claim.event_ids[0], error)
            return
        for row_id in claim.event_ids:
            try:
                self._work_on([row_id], claim.tries)
            except Exception as its_error:
                self._put_back(row_id, its_error)

    def _work_on(self, row_ids: Sequence[int], tries: int) -> None:
        if row_ids:
            with self._database.transaction() as session:
                self._work_through(session, inbox.take(session, row_ids, tries))

    def _work_through(self, session: Session, rows: Sequence[InboxEvent]) -> None:
        """Works on the events until LONGEST_SECONDS are over, and gives the rest back, as others need the database."""
        until = time.monotonic() + self._longest
        known = _Known.by_lane(session, [row.lane for row in rows])
        done: list[InboxEvent] = []
        for row in rows:
            if done and time.monotonic() > until:
                break
            with self._watchdog.step("event", row.id):
                self._work(session, row, known)
            done.append(row)
        inbox.done(session, done)
        if not_reached := [row.id for row in rows[len(done) :]]:
            inbox.give_back(session, not_reached, at_once=True)
        # The next claim takes only as many as the time seems to allow, because no other worker can take claimed events.
        self._pace = len(done) if not_reached else min(self._pace + 1, MAX_AT_ONCE)

    def _work(self, session: Session, row: InboxEvent, known: "_Known") -> None:
        event = _dated(read_event(row.body or {}), row)
        if event.redelivered:
            note_redelivery(session)
        self._answer(session, row, event, known)

    def _answer(self, session: Session, row: InboxEvent, event: Event, known: "_Known") -> None:
        if not event.active:
            return  # Standby mode: another module has the chat, and LINE asks the bot for silence.
        contact = None if event.group else self._contact(session, row, event, known)
        replies = self._alone(session, row, event, contact, known) if contact else self._in_group(event)
        if replies and event.reply_token:
            outbox.put_reply(
                session,
                lane=row.lane,
                contact_id=contact.id if contact else None,
                to=event.user_id if contact else None,
                token=event.reply_token,
                messages=render(replies),
                heard_at=row.arrived_at,
                must_arrive=any(isinstance(reply, Receipt) for reply in replies),
            )

    def _contact(self, session: Session, row: InboxEvent, event: Event, known: "_Known") -> Contact | None:
        """Returns the contact that the event comes from, and adds that of a new resident; None if it is nobody's."""
        if event.user_id is None:
            return None
        known_one = known.contacts.get(row.lane)
        return known_one or find_or_add_contact(session, self._database.cipher, Channel.LINE, event.user_id)

    def _alone(
        self, session: Session, row: InboxEvent, event: Event, contact: Contact, known: "_Known"
    ) -> list[Reply]:
        if contact.blocked_at is not None and event.reply_token and event.at > contact.blocked_at:
            # A resident who wrote after blocking us has unblocked us; LINE may deliver these events in any order.
            contact.blocked_at = None
        running = known.requests.get(contact.resident_id)
        forget_what_never_opens(contact, event.user_id or "")
        running = _that_opens(running)
        return handle(EventContext(session, self._office, contact, event, row.arrived_at, running))

    def _in_group(self, event: Event) -> list[Reply]:
        """Returns what is said when the account joins a group or is mentioned in it, otherwise []; nothing is kept.

        It says that requests are taken only in a chat with one resident (requirements L1, L2).
        """
        if isinstance(event.what, Joined):
            return [Say(self._office.phrases.say("group.hello"))]
        if isinstance(event.what, TypedText) and event.mentions_us:
            return [Say(self._office.phrases.say("group.only_alone"))]
        return []

    def _put_back(self, row_id: int, error: Exception) -> None:
        """Puts the event back for another try, or gives it up after its last. The log never holds what was written."""
        log.error("event failed", extra={"row": row_id, **failure_fields(error)})
        if isinstance(error, TROUBLE_OF_THE_DATABASE):
            self._give_back(row_id)
            return
        with self._database.transaction() as session:
            row = session.get_one(InboxEvent, row_id, with_for_update=True)
            if row.state != EventState.NEW:
                is_dead = False
            elif isinstance(error, UnknownKey):
                is_dead = not inbox.wait_for_key(row)
            else:
                is_dead = inbox.failed(row, type(error).__name__)
        if is_dead:
            self._give_up(row_id)

    def _give_back(self, row_id: int) -> None:
        try:
            with self._database.transaction(durable=False) as session:
                inbox.give_back(session, [row_id])
        except TROUBLE_OF_THE_DATABASE:
            self._to_give_back.append(row_id)

    def _give_up(self, row_id: int) -> None:
        """Queues an apology to the resident of a dead event.

        The event was marked as dead in an earlier transaction, so nobody gets the apology twice.
        """
        log.error("event given up", extra={"row": row_id})
        try:
            with self._database.transaction() as session, self._watchdog.step("apology", row_id):
                self._apologise(session, session.get_one(InboxEvent, row_id))
        except Exception as error:
            log.error(
                "nobody was told that an event was given up", extra={"row": row_id, **failure_fields(error)}
            )

    def _apologise(self, session: Session, row: InboxEvent) -> None:
        event = read_event(row.body or {})
        if event.user_id is None or event.group or not event.reply_token:
            return
        contact = find_contacts(session, Channel.LINE, [row.lane]).get(row.lane)
        outbox.put_reply(
            session,
            lane=row.lane,
            contact_id=contact.id if contact else None,
            to=event.user_id,
            token=event.reply_token,
            messages=render([Say(self._office.phrases.say("menu.went_wrong"))]),
            heard_at=row.arrived_at,
        )


@dataclass(frozen=True)
class _Known:
    """Holds what was read at once for several events: known contacts by queue, open requests by resident id."""

    contacts: Mapping[str, Contact]
    requests: Mapping[int, Conversation]

    @classmethod
    def by_lane(cls, session: Session, lanes: Sequence[str]) -> Self:
        contacts = find_contacts(session, Channel.LINE, lanes)
        residents = [contact.resident for contact in contacts.values()]
        return cls(contacts, open_requests(session, residents))


def _that_opens(running: Conversation | None) -> Conversation | None:
    """Returns the request; if its answers can never be decrypted, ends it as expired and returns None."""
    if running is None:
        return None
    spoilt = running.never_open()
    if "answers" in spoilt:
        end_request(running, EndedAs.EXPIRED)
        return None
    if spoilt:
        running.said_in = None
    return running


def _dated(event: Event, row: InboxEvent) -> Event:
    """Returns the event; if its time is FARTHEST_OFF or more from its arrival, with the time of arrival instead."""
    sane = abs(row.arrived_at - event.at) < FARTHEST_OFF
    return event if sane else replace(event, at=row.arrived_at)
