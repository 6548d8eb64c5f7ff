"""Stores what residents want to hear about (requirement L7): without a choice the answer is yes."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.clock import now
from store.residents.models import Resident, TopicChoice

# The topic that stands for all news that is not urgent.
EVERYTHING = "*"


def choose(session: Session, resident: Resident, topic: str, *, wanted: bool) -> None:
    """Stores the resident's choice. The last one counts; a choice on everything replaces those on single topics."""
    if topic == EVERYTHING:
        session.execute(delete(TopicChoice).where(TopicChoice.resident_id == resident.id))
    row = session.get(TopicChoice, (resident.id, topic))
    if row is None:
        session.add(TopicChoice(resident_id=resident.id, topic=topic, wanted=wanted, at=now()))
    else:
        row.wanted, row.at = wanted, now()
    session.flush()


def choices_of(session: Session, resident: Resident) -> dict[str, bool]:
    """Returns the resident's choices by topic; a missing topic follows EVERYTHING, and a missing EVERYTHING means
    yes.
    """
    query = select(TopicChoice.topic, TopicChoice.wanted).where(TopicChoice.resident_id == resident.id)
    return dict(session.execute(query).all())


def wants(choices: dict[str, bool], topic: str) -> bool:
    return choices.get(topic, choices.get(EVERYTHING, True))
