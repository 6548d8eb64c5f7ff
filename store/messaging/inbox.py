"""Stores each event from LINE once, before LINE is answered, and hands it out until it is done or given up.

The events of one resident are handed out in order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from store.clock import now
from store.database.advisory_locks import lock_senders
from store.database.encryption import NewValue, new_row_key
from store.database.upsert import ENGINES, insert_for
from store.messaging.models import InboxEvent
from store.messaging.states import EventState, Reason
from store.messaging.undecryptable import put_off

MAX_TRIES = 5
# Longer than a hanging worker is allowed to run, so that others have their turn before its event is tried again. Five
# tries take less time than a reply token lives.
ENDED_AFTER = timedelta(seconds=3)
PUT_OFF_FOR = timedelta(seconds=5)
# LINE redelivers for hours; somebody who recorded a webhook may replay it within this time.
REMEMBER_EVENTS_FOR = timedelta(days=30)

# Built once, because building a statement takes longer than running it.
_KEEP = {
    engine: insert_for(engine, InboxEvent.__table__).on_conflict_do_nothing(index_elements=["event_id"])
    for engine in ENGINES
}
_ELDER = aliased(InboxEvent)
_OVERTAKES = select(_ELDER.id).where(
    _ELDER.state == EventState.NEW,
    _ELDER.lane == InboxEvent.lane,
    (_ELDER.occurred_at < InboxEvent.occurred_at)
    | ((_ELDER.occurred_at == InboxEvent.occurred_at) & (_ELDER.id < InboxEvent.id)),
)
_IS_DUE = (
    select(InboxEvent.id, InboxEvent.tries)
    .where(InboxEvent.state == EventState.NEW, ~_OVERTAKES.exists())
    .where(InboxEvent.next_try_at.is_(None) | (InboxEvent.next_try_at <= bindparam("now")))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_NEVER_TRIED = _IS_DUE.where(InboxEvent.tries == 0).order_by(InboxEvent.occurred_at, InboxEvent.id)
_TRIED = _IS_DUE.where(InboxEvent.tries > 0).order_by(InboxEvent.tries, InboxEvent.id)
_GIVEN = InboxEvent.id.in_(bindparam("ids", expanding=True))
_THESE = (
    select(InboxEvent)
    .where(_GIVEN, InboxEvent.state == EventState.NEW, InboxEvent.tries == bindparam("tries"))
    .order_by(InboxEvent.occurred_at, InboxEvent.id)
    .with_for_update()
)
_TRY = update(InboxEvent).where(_GIVEN).values(tries=InboxEvent.tries + 1, next_try_at=bindparam("again_at"))
_DONE = (
    update(InboxEvent)
    .where(_GIVEN)
    .values(state=EventState.DONE, body=None, reason=None, waits_since=None, error=None)
)


@dataclass(frozen=True)
class Arrival:
    """Describes one event as it arrived. `lane` names the queue of its resident or group, without personal data."""

    event_id: str
    lane: str
    occurred_at: datetime
    body: dict[str, Any]


def accept(session: Session, arrivals: Iterable[Arrival]) -> None:
    """Stores the events not seen before, because LINE may deliver any event again. All rows go in one statement."""
    if rows := [_row(arrival) for arrival in arrivals]:
        session.connection().execute(_KEEP[session.get_bind().dialect.name], rows)


def _row(arrival: Arrival) -> dict[str, Any]:
    row_key = new_row_key()
    return {
        "row_key": row_key,
        "event_id": arrival.event_id,
        "lane": arrival.lane,
        "body": NewValue(arrival.body, row_key),
        "occurred_at": arrival.occurred_at,
        "arrived_at": now(),
        "state": EventState.NEW,
        "tries": 0,
    }


@dataclass(frozen=True)
class Claim:
    """Holds events of different residents that one worker may process now; `tries` counts this try.

    `given_up` is the id of an event whose worker ended at every try: it is dead now.
    """

    event_ids: tuple[int, ...]
    tries: int
    given_up: int | None = None


def claim(session: Session, *, most: int, tried_first: bool = False) -> Claim | None:
    """Counts a try of the next due events and sets the time of the next try; returns None when none is due.

    The caller commits before it processes them, so that an event whose worker dies has used up its try. After that it
    is processed alone and after all events that were never tried, unless `tried_first`. Only the oldest waiting event
    of a resident is handed out, so no worker overtakes another for one resident.
    """
    for tried in (tried_first, not tried_first):
        find = _find_tried if tried else _find_never_tried
        if (claim := find(session, most)) is not None:
            if claim.event_ids:
                again_at = now() + pause_after(claim.tries)
                session.execute(_TRY, {"ids": claim.event_ids, "again_at": again_at})
            return claim
    return None


def pause_after(tries: int) -> timedelta:
    """Returns the time until the next try: 5, 7, 11 and 19 seconds."""
    return ENDED_AFTER + timedelta(seconds=2**tries)


def _find_never_tried(session: Session, most: int) -> Claim | None:
    due = session.execute(_NEVER_TRIED, {"now": now(), "most": most}).all()
    return Claim(tuple(row.id for row in due), 1) if due else None


def _find_tried(session: Session, _most: int) -> Claim | None:
    due = session.execute(_TRIED, {"now": now(), "most": 1}).first()
    if due is None:
        return None
    if due.tries < MAX_TRIES:
        return Claim((due.id,), due.tries + 1)
    session.execute(
        update(InboxEvent)
        .where(InboxEvent.id == due.id)
        .values(state=EventState.DEAD, reason=Reason.WORKER_ENDED)
    )
    return Claim((), 0, given_up=due.id)


def take(session: Session, event_ids: Sequence[int], tries: int) -> list[InboxEvent]:
    """Returns the claimed events, locked for this transaction, without those that another worker has claimed since.

    An older event of the same resident that arrives meanwhile waits until this transaction ends.
    """
    events = _read(session, event_ids, tries)
    lock_senders(session, (event.lane for event in events))
    return events


def _read(session: Session, event_ids: Sequence[int], tries: int) -> list[InboxEvent]:
    """Returns the events without those that cannot be decrypted: they must not hold up the others."""
    events = list(session.scalars(_THESE, {"ids": event_ids, "tries": tries})) if event_ids else []
    closed = [event for event in events if not event.can_be_read()]
    for event in closed:
        if event.lacks_key():
            wait_for_key(event)
        else:
            event.state, event.reason = EventState.DEAD, Reason.UNDECRYPTABLE
    return [event for event in events if event not in closed]


def wait_for_key(event: InboxEvent) -> bool:
    """Postpones an event that needs a key which this process lacks, for itself or for its resident; this costs it no
    try.

    Returns False, and the event is dead, when it has waited long enough.
    """
    if put_off(event):
        event.tries -= 1
        return True
    event.state, event.reason = EventState.DEAD, Reason.UNDECRYPTABLE
    return False


def give_back(session: Session, event_ids: Sequence[int], *, at_once: bool = False) -> None:
    """Returns events to the queue that were not processed or failed for another reason: this costs them no try."""
    again_at = None if at_once else now() + PUT_OFF_FOR
    theirs = update(InboxEvent).where(InboxEvent.id.in_(event_ids), InboxEvent.state == EventState.NEW)
    session.execute(theirs.values(tries=InboxEvent.tries - 1, next_try_at=again_at))


def done(session: Session, events: Iterable[InboxEvent]) -> None:
    """Marks the events as done and deletes their bodies: what mattered is stored elsewhere. The ids stay to detect
    replays.
    """
    session.execute(_DONE, {"ids": [event.id for event in events]})


def failed(event: InboxEvent, error: str) -> bool:
    """Records why the try failed. After several tries the event is dead and an officer must look; returns True then."""
    event.reason, event.waits_since, event.error = Reason.FAILED, None, error[:200]
    if event.tries >= MAX_TRIES:
        event.state = EventState.DEAD
        return True
    return False


def backlog(session: Session) -> tuple[int, float]:
    """Returns how many events wait, and how many seconds the oldest has waited.

    A resident whose event waits for a missing key is not counted, because the others are served all the same.
    """
    waits_for_key = select(_ELDER.lane).where(_ELDER.state == EventState.NEW, _ELDER.reason == Reason.NO_KEY)
    query = select(func.count(), func.min(InboxEvent.arrived_at)).where(InboxEvent.state == EventState.NEW)
    count, oldest = session.execute(query.where(InboxEvent.lane.not_in(waits_for_key))).one()
    return count, (now() - oldest).total_seconds() if oldest else 0.0
