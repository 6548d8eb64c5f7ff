"""Events from LINE, kept durably before LINE is answered, handed out once each and in order for each resident."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from store.clock import now
from store.database.advisory_locks import hold_lanes
from store.database.encryption import Fresh, new_row_key
from store.messaging.models import InboxEvent
from store.messaging.undecryptable import UNREADABLE, WAITS_FOR_KEY, put_off

MOST_TRIES = 5
# Longer than a worker that hangs is let live: when the next begins, others have their turn first.
# Five tries take less time than a reply token lives.
ENDED_AFTER = timedelta(seconds=3)
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
_IS_DUE = (
    select(InboxEvent.id, InboxEvent.tries)
    .where(InboxEvent.state == "new", ~_OVERTAKES.exists())
    .where(InboxEvent.next_try_at.is_(None) | (InboxEvent.next_try_at <= bindparam("now")))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_NEVER_TRIED = _IS_DUE.where(InboxEvent.tries == 0).order_by(InboxEvent.occurred_at, InboxEvent.id)
_TRIED = _IS_DUE.where(InboxEvent.tries > 0).order_by(InboxEvent.tries, InboxEvent.id)
_GIVEN = InboxEvent.id.in_(bindparam("ids", expanding=True))
_THESE = (
    select(InboxEvent)
    .where(_GIVEN, InboxEvent.state == "new", InboxEvent.tries == bindparam("tries"))
    .order_by(InboxEvent.occurred_at, InboxEvent.id)
    .with_for_update()
)
_TRY = update(InboxEvent).where(_GIVEN).values(tries=InboxEvent.tries + 1, next_try_at=bindparam("again_at"))
_DONE = update(InboxEvent).where(_GIVEN).values(state="done", body=None, error=None)
ENDED_ITS_WORKER = "each worker that tried it was ended"


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
    row_key = new_row_key()
    return {
        "row_key": row_key,
        "event_id": arrival.event_id,
        "lane": arrival.lane,
        "body": Fresh(arrival.body, row_key),
        "occurred_at": arrival.occurred_at,
        "arrived_at": now(),
        "state": "new",
        "tries": 0,
    }


@dataclass(frozen=True)
class Claim:
    """Events of different residents that one worker may work on now; `tries` counts this try.

    `given_up` is an event that ended every worker that tried it: it is dead now.
    """

    event_ids: tuple[int, ...]
    tries: int
    given_up: int | None = None


def claim(session: Session, *, most: int, tried_first: bool = False) -> Claim | None:
    """Counts a try of the next events and puts them off for another one, None when none is due.

    The caller commits before it works on them. So an event whose worker dies has had its try; from then on it goes
    alone and after those never tried, unless `tried_first`. Only the eldest waiting event of a lane is handed out, so
    no worker overtakes another for one resident.
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
    """The time until the next try: 5, 7, 11 and 19 seconds."""
    return ENDED_AFTER + timedelta(seconds=2**tries)


def _find_never_tried(session: Session, most: int) -> Claim | None:
    due = session.execute(_NEVER_TRIED, {"now": now(), "most": most}).all()
    return Claim(tuple(row.id for row in due), 1) if due else None


def _find_tried(session: Session, _most: int) -> Claim | None:
    due = session.execute(_TRIED, {"now": now(), "most": 1}).first()
    if due is None:
        return None
    if due.tries < MOST_TRIES:
        return Claim((due.id,), due.tries + 1)
    session.execute(
        update(InboxEvent).where(InboxEvent.id == due.id).values(state="dead", error=ENDED_ITS_WORKER)
    )
    return Claim((), 0, given_up=due.id)


def take(session: Session, event_ids: Sequence[int], tries: int) -> list[InboxEvent]:
    """The claimed events, locked for this transaction; without those that another worker has claimed since.

    An elder event of the same resident that arrives meanwhile waits until this transaction ends.
    """
    events = _read(session, event_ids, tries)
    hold_lanes(session, (event.lane for event in events))
    return events


def _read(session: Session, event_ids: Sequence[int], tries: int) -> list[InboxEvent]:
    """Without those that no key opens: they must not hold up everybody else's."""
    events = list(session.scalars(_THESE, {"ids": event_ids, "tries": tries})) if event_ids else []
    closed = [event for event in events if not event.can_be_read()]
    for event in closed:
        if event.lacks_key():
            wait_for_key(event)
        else:
            event.state, event.error = "dead", UNREADABLE
    return [event for event in events if event not in closed]


def wait_for_key(event: InboxEvent) -> bool:
    """Puts off an event which needs a key that this process lacks, itself or for its resident; that costs it no try.

    False, and the event is dead, when it has waited long enough.
    """
    if put_off(event):
        event.tries -= 1
        return True
    event.state, event.error = "dead", UNREADABLE
    return False


def give_back(session: Session, event_ids: Sequence[int], *, at_once: bool = False) -> None:
    """They were not worked on, or what went wrong was not their fault: that costs them no try."""
    again_at = None if at_once else now() + PUT_OFF_FOR
    theirs = update(InboxEvent).where(InboxEvent.id.in_(event_ids), InboxEvent.state == "new")
    session.execute(theirs.values(tries=InboxEvent.tries - 1, next_try_at=again_at))


def done(session: Session, events: Iterable[InboxEvent]) -> None:
    """The bodies go: what mattered is now in conversation or case. The ids stay, against replays."""
    session.execute(_DONE, {"ids": [event.id for event in events]})


def failed(event: InboxEvent, error: str) -> bool:
    """Notes why the try failed; after several the event is dead and an officer must look. True when dead."""
    event.error = error[:200]
    if event.tries >= MOST_TRIES:
        event.state = "dead"
        return True
    return False


def backlog(session: Session) -> tuple[int, float]:
    """How many events wait, and how many seconds the eldest has waited.

    A resident whose event waits for a missing key is not counted: the others are served all the same.
    """
    waits_for_key = select(_ELDER.lane).where(_ELDER.state == "new", _ELDER.error.startswith(WAITS_FOR_KEY))
    query = select(func.count(), func.min(InboxEvent.arrived_at)).where(InboxEvent.state == "new")
    count, eldest = session.execute(query.where(InboxEvent.lane.not_in(waits_for_key))).one()
    return count, (now() - eldest).total_seconds() if eldest else 0.0
