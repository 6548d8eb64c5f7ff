"""Limits how many residents one officer may send the same words to, case by case: at most five within 24 hours.

Writing to one case is an officer's daily work. The same free words to many residents, or messages with a link to many,
are in effect a broadcast, so a second person must release them (see `bulk`). Released messages are not counted.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.cases.bulk import MAX_ALONE, WINDOW, hold
from store.cases.models import BulkMessage, Case, CaseEvent
from store.cases.workflows import WORKFLOWS, Action
from store.clock import CLOCKS_DIFFER, now
from store.municipality.foreign_contacts import leads_away, town_numbers
from store.municipality.profile import Municipality
from store.staff.models import Staff
from store.thai import folded

# Actions with which an officer writes to a resident. Only for the FREE ones are equal words limited; with the others,
# such as FINISH, equal words are normal, and only messages with a link are limited.
FREE = frozenset({Action.TELL, Action.ASK})
TOLD = frozenset(
    str(rule.action)
    for workflow in WORKFLOWS.values()
    for rule in workflow.rules
    if rule.notice and rule.needs_note
)
_WITH_A_LINK = "a link"


def reach_too_many(
    session: Session, municipality: Municipality, author: Staff, case: Case, action: str, note: str
) -> bool:
    """Says whether this resident would be a sixth or later one whom the author sends the same words within 24 hours.

    Two messages are the same if they differ only in digits, punctuation and what `folded` ignores; all messages with a
    link or a LINE id count as one. The author's row is locked until the transaction ends, so that two messages sent at
    the same moment are both counted.
    """
    links = _key(municipality, note) == _WITH_A_LINK
    if not note.strip() or action not in TOLD or (action not in FREE and not links):
        return False
    hold(session, author)
    told = told_the_same(session, municipality, author, note)
    return case.resident_id not in told and len(told) >= MAX_ALONE


def told_the_same(session: Session, municipality: Municipality, author: Staff, note: str) -> frozenset[int]:
    """Returns the ids of the residents to whom this person has sent the same words within a day, without a release."""
    said = _key(municipality, note)
    earlier = (
        select(CaseEvent, Case.resident_id)
        .join(CaseEvent.case)
        .where(
            CaseEvent.staff_id == author.id,
            CaseEvent.at.between(now() - WINDOW, now() + CLOCKS_DIFFER),
            CaseEvent.action.in_(TOLD),
            CaseEvent.id.not_in(_released(session, author)),
        )
    )
    return frozenset(
        resident
        for event, resident in session.execute(earlier)
        if _key(municipality, event.value_or("note", "")) == said
    )


def _released(session: Session, author: Staff) -> set[int]:
    """Returns the ids of the timeline entries made when another person released a message of this author within a day.

    A release locks its cases, so its entry is the author's first one in each case from that moment on.
    """
    query = select(BulkMessage).where(
        BulkMessage.author_id == author.id,
        BulkMessage.approver_id.is_not(None),
        BulkMessage.decided_at.between(now() - WINDOW - CLOCKS_DIFFER, now() + CLOCKS_DIFFER),
    )
    found = set[int]()
    for message in session.scalars(query):
        first = (
            select(func.min(CaseEvent.id))
            .join(CaseEvent.case)
            .where(
                CaseEvent.case_id.in_(message.cases),
                Case.resident_id.in_(message.residents),
                CaseEvent.staff_id == author.id,
                CaseEvent.action == Action.TELL,
                CaseEvent.at >= message.decided_at,
            )
            .group_by(CaseEvent.case_id)
        )
        found |= set(session.scalars(first))
    return found


def _key(municipality: Municipality, note: str) -> str:
    if any(not found.isdecimal() for found in leads_away(note, town_numbers(municipality))):
        return _WITH_A_LINK
    return "".join(sign for sign in folded(note) if not sign.isdecimal()) or (
        "figures" if note.strip() else ""
    )
