"""Events from LINE, kept durably before LINE is answered, handed out once each and in order for each resident."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from store.clock import now
from store.lanes import hold_lane
from store.models import InboxEvent
from store.sealing import CannotOpen

MOST_TRIES = 5


@dataclass(frozen=True)
class Arrival:
    """One event as it came in. `lane` names whose it is, without saying who that is."""

    event_id: str
    lane: str
    occurred_at: datetime
    body: dict[str, Any]


def accept(session: Session, arrivals: Iterable[Arrival]) -> None:
    """Keeps the events not seen before: LINE may deliver any event again. All rows go in one statement."""
    rows = [_row(arrival) for arrival in arrivals]
    if not rows:
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(InboxEvent.__table__).on_conflict_do_nothing(index_elements=["event_id"])
    session.connection().execute(insert, rows)


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


def claim(session: Session) -> InboxEvent | None:
    """The next event to work on, locked for this transaction.

    Only the eldest waiting event of a lane is ever handed out, so no worker overtakes another for one resident;
    an elder one that arrives meanwhile waits until the event under way is done.
    """
    earlier = aliased(InboxEvent)
    overtaken = select(earlier.id).where(
        earlier.state == "new",
        earlier.lane == InboxEvent.lane,
        (earlier.occurred_at < InboxEvent.occurred_at)
        | ((earlier.occurred_at == InboxEvent.occurred_at) & (earlier.id < InboxEvent.id)),
    )
    due = (InboxEvent.next_try_at.is_(None)) | (InboxEvent.next_try_at <= now())
    query = (
        select(InboxEvent)
        .where(InboxEvent.state == "new", due, ~overtaken.exists())
        .order_by(InboxEvent.occurred_at, InboxEvent.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    try:
        event = session.scalars(query).one_or_none()
    except CannotOpen:
        # No try will ever open it: it must not hold up everybody else's events.
        _put_aside(session, session.execute(query.with_only_columns(InboxEvent.id)).scalar_one())
        return claim(session)
    if event is not None:
        hold_lane(session, event.lane)
    return event


def _put_aside(session: Session, event_id: int) -> None:
    unreadable = update(InboxEvent).where(InboxEvent.id == event_id)
    session.execute(unreadable.values(state="dead", error="no key in DATA_KEY opens it"))


def done(event: InboxEvent) -> None:
    """The body goes: what mattered is now in the conversation or the case. The id stays, against replays."""
    event.state, event.body, event.error = "done", None, None


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
