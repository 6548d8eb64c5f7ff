"""Sets the triage level of a case. Nothing here commits."""

from sqlalchemy.orm import Session

from store.cases.actions import Actor, act
from store.cases.models import Case, CaseEvent
from store.cases.surge import may_sort
from store.cases.workflows import Action, NotAllowed, Who
from store.municipality.profile import Municipality
from store.staff.models import Staff


def set_triage(
    session: Session, municipality: Municipality, case: Case, level: str, label: str, by: Staff
) -> CaseEvent:
    """Sets the level of a locked case, and records in its timeline who set it; `label` is the level in words.

    Raises NotAllowed unless a level applies to the case: it is open, and it was triaged or a surge is running.
    """
    if not may_sort(session, case):
        raise NotAllowed(f"a case that is {case.status} gets no triage level now")
    case.triage = level
    return act(session, municipality, case, Action.REMARK, Actor(Who(by.role), by.id), note=f"ระดับ: {label}")
