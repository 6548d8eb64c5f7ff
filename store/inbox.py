"""Events from LINE, kept durably before LINE is answered, handed out once each and in order for each resident."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from store.clock import now
from store.lanes import hold_lanes
from store.models import InboxEvent
from store.sealing import CannotOpen

MOST_TRIES = 5
PUT_OFF_FOR = timedelta(seconds=5)
# LINE delivers again for hours; whoever recorded a webhook may send it again within this.
REMEMBER_EVENTS_FOR = timedelta(days=30)

# Written down once: to build a statement takes longer than to run it.
_KEEP = {
    name: dialect.insert(InboxEvent.__table__).on_conflict_do_nothing(index_elements=["event_id"])
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_ELDER = aliased(InboxEvent)
_OVERTAKES = select(_ELDER.id).where(
    _ELDER.state == "new",
    _ELDER.lane == InboxEvent.lane,
    (_ELDER.occurred_at < InboxEvent.occurred_at)
    | ((_ELDER.occurred_at == InboxEvent.occurred_at) & (_ELDER.id < InboxEvent.id)),
)
_DUE = (
    select(InboxEvent.id, InboxEvent.lane)
    .where(InboxEvent.state == "new", ~_OVERTAKES.exists())
    .where(InboxEvent.next_try_at.is_(None) | (InboxEvent.next_try_at <= bindparam("now")))
    .order_by(InboxEvent.occurred_at, InboxEvent.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_GIVEN = InboxEvent.id.in_(bindparam("ids", expanding=True))
_THESE = select(InboxEvent).where(_GIVEN).order_by(InboxEvent.occurred_at, InboxEvent.id)
_DONE = update(InboxEvent).where(_GIVEN).values(state="done", body=None, error=None)
_UNREADABLE = {"state": "dead", "error": "no key in DATA_KEY opens it"}


@dataclass(frozen=True)
class Arrival:
    """One event as it came in. `lane` names whose it is, without saying who that is."""

    event_id: str
    lane: str
    occurred_at: datetime
    body: dict[str, Any]


def accept(session: Session, arrivals: Iterable[Arrival]) -> None:
    """Keeps the events not seen before: LINE may deliver any event again. All rows go in one statement."""
    if rows := [_row(arrival) for arrival in arrivals]:
        session.connection().execute(_KEEP[session.get_bind().dialect.name], rows)


def _row(arrival: Arrival) -> dict[str, Any]:
    return {
        "event_id": arrival.event_id,
        "lane": arrival.lane,
        "body": arrival.body,
        "occurred_at": arrival.occurred_at,
        "arrived_at": now(),
        "state": "new",
        "tries": 0,
    }


def claim(session: Session, *, most: int) -> list[InboxEvent]:
    """The next events to work on, each of another lane, locked for this transaction.

    Only the eldest waiting event of a lane is ever handed out, so no worker overtakes another for one resident;
    an elder one that arrives meanwhile waits until the event under way is done.
    """
    due = session.execute(_DUE, {"now": now(), "most": most}).all()
    hold_lanes(session, (lane for _, lane in due))
    events = _read(session, [event_id for event_id, _ in due])
    # Some may wait behind those that nobody can read.
    return events if events or not due else claim(session, most=most)


def _read(session: Session, event_ids: Sequence[int]) -> list[InboxEvent]:
    """Without those that no key opens: they must not hold up everybody else's."""
    try:
        return list(session.scalars(_THESE, {"ids": event_ids})) if event_ids else []
    except CannotOpen:
        if len(event_ids) > 1:
            return [event for event_id in event_ids for event in _read(session, [event_id])]
        session.execute(update(InboxEvent).where(InboxEvent.id == event_ids[0]).values(_UNREADABLE))
        return []


def done(session: Session, events: Iterable[InboxEvent]) -> None:
    """The bodies go: what mattered is now in conversation or case. The ids stay, against replays."""
    session.execute(_DONE, {"ids": [event.id for event in events]})


def put_off(event: InboxEvent, error: str) -> None:
    """For a little later, as often as it takes: what went wrong was not the event's fault and costs it no try."""
    event.error, event.next_try_at = error[:200], now() + PUT_OFF_FOR


def failed(event: InboxEvent, error: str) -> bool:
    """Puts the event back for a later try; after several it is dead and an officer must look. True when dead."""
    event.tries += 1
    event.error = error[:200]
    if event.tries >= MOST_TRIES:
        event.state = "dead"
        return True
    event.next_try_at = now() + timedelta(seconds=2**event.tries)
    return False


def backlog(session: Session) -> tuple[int, float]:
    """How many events wait, and how many seconds the eldest has waited."""
    count, eldest = session.execute(
        select(func.count(), func.min(InboxEvent.arrived_at)).where(InboxEvent.state == "new")
    ).one()
    return count, (now() - eldest).total_seconds() if eldest else 0.0
