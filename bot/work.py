"""One inbox event, one transaction: event done, answers saved, case changed and reply queued, or nothing at all."""

import logging
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.said import Words
from bot.events import Event, Joined, read_event
from bot.handlers import handle
from bot.render import render
from bot.replies import Receipt, Reply, Say
from bot.visit import Office, Visit
from store import inbox, outbox
from store.db import Database
from store.heartbeats import note_redelivery
from store.logs import failure_fields
from store.models import Conversation, InboxEvent
from store.residents import meet

# LINE gives up redelivering long before.
FARTHEST_OFF = timedelta(days=30)

log = logging.getLogger(__name__)


class Worker:
    def __init__(self, database: Database, office: Office) -> None:
        self._database, self._office = database, office

    def work_once(self) -> bool:
        """Works on one event if one waits. No network call happens in here."""
        event_row_id: int | None = None
        try:
            with self._database.transaction() as session:
                row = inbox.claim(session)
                if row is None:
                    return False
                event_row_id = row.id
                self._work(session, row)
                inbox.done(row)
        except Exception as error:
            if event_row_id is None:
                raise
            self._put_back(event_row_id, error)
        return True

    def _work(self, session: Session, row: InboxEvent) -> None:
        event = _dated(read_event(row.body or {}), row)
        if event.redelivered:
            note_redelivery(session)
        if not event.active:
            return  # Another module has the conversation: LINE asks for silence.
        replies = self._in_group(event) if event.group else self._alone(session, row, event)
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

    def _alone(self, session: Session, row: InboxEvent, event: Event) -> list[Reply]:
        if event.user_id is None:
            return []
        resident = meet(session, self._database.sealer, event.user_id)
        if resident.blocked_at is not None and event.reply_token and event.at > resident.blocked_at:
            resident.blocked_at = None  # Who writes to us does not block us: LINE's events come in any order.
        late = self._is_late(session, resident.id, event)
        return handle(Visit(session, self._office, resident, event, row.arrived_at, late))

    def _is_late(self, session: Session, resident_id: int, event: Event) -> bool:
        """LINE delivers again and out of order: an older message is no answer to a newer question."""
        query = select(Conversation.heard_at).where(
            Conversation.resident_id == resident_id, Conversation.ended_as.is_(None)
        )
        heard_at = session.scalars(query).one_or_none()
        return heard_at is not None and event.at < heard_at

    def _in_group(self, event: Event) -> list[Reply]:
        """Requests and documents only between the resident and us (requirements L1, L2): nothing is kept."""
        if isinstance(event.what, Joined):
            return [Say(self._office.phrases.say("group.hello"))]
        if isinstance(event.what, Words) and event.mentions_us:
            return [Say(self._office.phrases.say("group.only_alone"))]
        return []

    def _put_back(self, row_id: int, error: Exception) -> None:
        """For another try; the reason is logged without what the resident wrote."""
        log.error("event failed", extra={"row": row_id, **failure_fields(error)})
        with self._database.transaction() as session:
            row = session.get_one(InboxEvent, row_id, with_for_update=True)
            if row.state == "new" and inbox.failed(row, type(error).__name__):
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


def _dated(event: Event, row: InboxEvent) -> Event:
    """A time that LINE cannot have meant is replaced by that of arrival."""
    sane = abs(row.arrived_at - event.at) < FARTHEST_OFF
    return event if sane else replace(event, at=row.arrived_at)
