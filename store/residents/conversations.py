"""Keeps residents' unfinished requests. A row holds the answers only; the next question is computed from them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from store.clock import now
from store.residents.models import Conversation, EndedAs, Resident

RESUME_AFTER = timedelta(hours=12)
FORGET_AFTER = timedelta(days=7)

_OPEN = select(Conversation).where(
    Conversation.resident_id == bindparam("resident"), Conversation.ended_as.is_(None)
)
_ALL_OPEN = select(Conversation).where(
    Conversation.resident_id.in_(bindparam("residents", expanding=True)), Conversation.ended_as.is_(None)
)


def find_open(session: Session, resident: Resident) -> Conversation | None:
    return session.scalars(_OPEN, {"resident": resident.id}).one_or_none()


def open_requests(session: Session, residents: Iterable[Resident]) -> dict[int, Conversation]:
    """Returns the open requests of these residents by the resident's id, in one query."""
    found = session.scalars(_ALL_OPEN, {"residents": [resident.id for resident in residents]})
    return {conversation.resident_id: conversation for conversation in found}


def find_conversation(session: Session, resident: Resident, conversation_id: int) -> Conversation | None:
    """Returns the resident's own conversation; None for anybody else's, such as from a copied button."""
    found = session.get(Conversation, conversation_id)
    return found if found is not None and found.resident_id == resident.id else None


def begin(
    session: Session,
    resident: Resident,
    service: str,
    answers: dict[str, Any],
    heard_at: datetime,
    *,
    in_surge: bool = False,
) -> Conversation:
    """Starts a request and ends an unfinished one as replaced. `heard_at` is LINE's time of the event."""
    if unfinished := find_open(session, resident):
        end(unfinished, EndedAs.REPLACED)
        session.flush()
    started = Conversation(
        resident_id=resident.id,
        service=service,
        answers=answers,
        in_surge=in_surge,
        started_at=now(),
        heard_at=heard_at,
    )
    session.add(started)
    session.flush()
    return started


def end(conversation: Conversation, as_: EndedAs, case_id: int | None = None) -> None:
    conversation.ended_as, conversation.case_id = as_, case_id
    conversation.answers = None
    conversation.said_in = None
    conversation.editing = None


def is_cold(conversation: Conversation) -> bool:
    """Says whether the resident was silent for so long that we should first ask whether to continue."""
    return now() - conversation.heard_at > RESUME_AFTER


def forget_old(session: Session) -> int:
    """Ends requests that nobody continued for a week, because their answers are personal data without a purpose."""
    old = session.scalars(
        select(Conversation).where(
            Conversation.ended_as.is_(None), Conversation.heard_at < now() - FORGET_AFTER
        )
    ).all()
    for conversation in old:
        end(conversation, EndedAs.EXPIRED)
    return len(old)
