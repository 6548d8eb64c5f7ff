"""Residents' unfinished requests. The answers are the whole state; what to ask next is computed from them."""

from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.clock import now
from store.models import Conversation, Resident

RESUME_AFTER = timedelta(hours=12)
FORGET_AFTER = timedelta(days=7)

End = Literal["submitted", "cancelled", "expired", "replaced"]


def find_open(session: Session, resident: Resident) -> Conversation | None:
    query = select(Conversation).where(
        Conversation.resident_id == resident.id, Conversation.ended_as.is_(None)
    )
    return session.scalars(query).one_or_none()


def find_conversation(session: Session, resident: Resident, conversation_id: int) -> Conversation | None:
    """Only ever the resident's own: a button copied from somebody else finds nothing."""
    found = session.get(Conversation, conversation_id)
    return found if found is not None and found.resident_id == resident.id else None


def begin(
    session: Session, resident: Resident, service: str, answers: dict[str, Any], heard_at: datetime
) -> Conversation:
    """Starts a request; one left unfinished is given up for it. `heard_at` is LINE's time of the event."""
    if unfinished := find_open(session, resident):
        end(unfinished, "replaced")
        session.flush()
    started = Conversation(
        resident_id=resident.id, service=service, answers=answers, started_at=now(), heard_at=heard_at
    )
    session.add(started)
    session.flush()
    return started


def end(conversation: Conversation, as_: End, case_id: int | None = None) -> None:
    conversation.ended_as, conversation.case_id = as_, case_id
    conversation.answers, conversation.said_in, conversation.editing = None, None, None


def is_cold(conversation: Conversation) -> bool:
    """So long silent that the resident should first be asked whether to go on."""
    return now() - conversation.heard_at > RESUME_AFTER


def forget_old(session: Session) -> int:
    """Ends requests that nobody touched for a week; their answers are personal data without a purpose."""
    old = session.scalars(
        select(Conversation).where(
            Conversation.ended_as.is_(None), Conversation.heard_at < now() - FORGET_AFTER
        )
    ).all()
    for conversation in old:
        end(conversation, "expired")
    return len(old)
