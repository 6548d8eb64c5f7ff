"""The same words to one resident after another: to more than five in a day another person must send them.

One case at a time is the work itself. The same free words again and again, or words with a link, are a broadcast, and
go the way of one: see store.bulk.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.broadcasts.blanks import leads_away, town_numbers
from store.bulk import MOST_ALONE, WINDOW
from store.clock import CLOCKS_DIFFER, now
from store.models import Case, CaseEvent
from store.municipality import Municipality
from store.staff_models import Staff
from store.statuses import Action
from store.thai import folded

# What residents are told in an officer's own words. Of finish and the others the same words are everyday work.
FREE = frozenset({Action.TELL, Action.ASK})
TOLD = FREE | {Action.FINISH, Action.FORWARD, Action.CLOSE, Action.REOPEN}
_WITH_A_LINK = "a link"


def reach_too_many(
    session: Session, municipality: Municipality, author: Staff, case: Case, action: Action, note: str
) -> bool:
    """Whether this person's words of a day that say the same, with these to this case, reach more than five residents.

    The same are words that differ in figures and signs only, and all words with a link or a LINE id. It holds the
    person, so that two messages at once see each other.
    """
    said = _key(municipality, note)
    if not said or (action not in FREE and said != _WITH_A_LINK) or action not in TOLD:
        return False
    session.get_one(Staff, author.id, with_for_update={"of": Staff})
    earlier = select(CaseEvent).where(
        CaseEvent.staff_id == author.id,
        CaseEvent.at.between(now() - WINDOW, now() + CLOCKS_DIFFER),
        CaseEvent.action.in_(TOLD),
    )
    told = {
        event.case.resident_id
        for event in session.scalars(earlier)
        if _key(municipality, event.value_or("note", "")) == said
    }
    return len(told | {case.resident_id}) > MOST_ALONE


def _key(municipality: Municipality, note: str) -> str:
    if any(not found.isdecimal() for found in leads_away(note, town_numbers(municipality))):
        return _WITH_A_LINK
    return "".join(sign for sign in folded(note) if not sign.isdecimal())
