"""Stores what a resident thinks of the work: stars and a comment. The caller owns the transaction."""

from sqlalchemy.orm import Session

from store.cases.actions import RESIDENT, act
from store.cases.models import Case
from store.cases.workflows import Action, NotAllowed
from store.municipality.profile import Municipality


def comment(session: Session, municipality: Municipality, case: Case, text: str, said_in: str | None) -> None:
    """Stores the resident's comment on their stars."""
    case.comment = text
    act(session, municipality, case, Action.RATE, RESIDENT, note=text, said_in=said_in)


def rate(session: Session, municipality: Municipality, case: Case, stars: int) -> None:
    """Stores the resident's 1 to 5 stars; a second rating replaces the first."""
    if not 1 <= stars <= 5:
        raise NotAllowed("stars are 1 to 5")
    case.stars = stars
    act(session, municipality, case, Action.RATE, RESIDENT)
