"""What a resident takes back in LINE (unsend) vanishes from their cases; that there was something stays on record.

https://developers.line.biz/en/docs/messaging-api/receiving-messages/ asks that an unsent message can no longer be
seen or used.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import Case, CaseEvent, Resident
from store.statuses import Action

TAKEN_BACK = "(ผู้แจ้งลบข้อความนี้แล้ว)"


def take_back_from_cases(session: Session, resident: Resident, message_id: str) -> None:
    """Only from the resident's own cases, whatever their status."""
    for case in session.scalars(select(Case).where(Case.resident_id == resident.id)):
        _from_answers(case, message_id)
    notes = (
        select(CaseEvent)
        .join(Case)
        .where(Case.resident_id == resident.id, CaseEvent.line_message_id == message_id)
    )
    for event in session.scalars(notes):
        _from_note(event)


def _from_answers(case: Case, message_id: str) -> None:
    taken = [row for row in case.answers if row.get("message") == message_id]
    if not taken:
        return
    case.answers = [
        {**row, "answer": TAKEN_BACK, "value": None} if row in taken else row for row in case.answers
    ]
    # The line of the queue quotes answers.
    case.summary = TAKEN_BACK


def _from_note(event: CaseEvent) -> None:
    if event.action == Action.RATE:
        event.case.comment = None
    event.note = TAKEN_BACK
