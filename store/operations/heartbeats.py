"""Records heartbeats of the parts of the system, so that a stopped worker is noticed."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from store.clock import now
from store.database.upsert import insert_into
from store.operations.models import Heartbeat

DEAD_AFTER = timedelta(seconds=60)
# When LINE last redelivered an event: nothing else shows whether the operator switched redelivery on.
REDELIVERY = "redelivery"


def beat(session: Session, name: str) -> None:
    insert = insert_into(session, Heartbeat).values(name=name, at=now())
    session.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"at": insert.excluded.at}))


def is_alive(session: Session, name: str) -> bool:
    """Says whether the part is alive. A heartbeat further ahead than clocks differ is from before the clock was set
    back.
    """
    last = last_beat(session, name)
    return last is not None and abs(now() - last) < DEAD_AFTER


def last_beat(session: Session, name: str) -> datetime | None:
    heartbeat = session.get(Heartbeat, name)
    return heartbeat.at if heartbeat is not None else None


def note_redelivery(session: Session) -> None:
    """Records a redelivery at most once a minute, so that workers after an outage do not queue for one row."""
    if not is_alive(session, REDELIVERY):
        beat(session, REDELIVERY)
