"""Removes from cases what a resident unsends in LINE; the entries stay, with a sentence in place of the words.

https://developers.line.biz/en/docs/messaging-api/receiving-messages/ asks that an unsent message can no longer be seen
or used.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.cases.models import Case, CaseEvent, UnsentMessage
from store.cases.workflows import Action
from store.clock import now
from store.messaging.models import InboxEvent
from store.messaging.states import EventState
from store.residents.models import Resident
from store.residents.residents import forget
from store.services.kinds import REMEMBERED

TAKEN_BACK = "(ผู้แจ้งลบข้อความนี้แล้ว)"

# What a message revealed about its resident: {kind of question: value}.
Facts = Mapping[str, Any]


def note_unsent(session: Session, resident: Resident, message_id: str, at: datetime) -> None:
    """Records an unsend in case LINE delivers the message itself later. `at` is LINE's time of the unsend."""
    if not _is_noted(session, resident, message_id):
        session.add(UnsentMessage(resident_id=resident.id, message_id=message_id, at=now()))
    if (line := resident.line) is not None:
        line.unsent_at = max(at, line.unsent_at or at)


def was_unsent(session: Session, resident: Resident, message_id: str, at: datetime) -> bool:
    """Says whether this message, written at that time by LINE's clock, was unsent before it arrived."""
    line = resident.line
    if line is None or line.unsent_at is None or at > line.unsent_at:
        return False
    return _is_noted(session, resident, message_id)


def _is_noted(session: Session, resident: Resident, message_id: str) -> bool:
    noted = select(UnsentMessage.id).where(
        UnsentMessage.resident_id == resident.id, UnsentMessage.message_id == message_id
    )
    return session.scalars(noted).first() is not None


def take_back_from_cases(session: Session, resident: Resident, message_id: str) -> Facts:
    """Removes the message from answers and timelines of the resident's cases, whatever their status.

    It also removes the message from the resident's remembered data and from dead letters of the inbox. Cases whose
    answers no key decrypts keep their answers. Returns the facts, such as a phone, that only this message contained.
    """
    cases = [
        case
        for case in session.scalars(select(Case).where(Case.resident_id == resident.id))
        if "answers" not in case.never_open()
    ]
    facts = _told_only_in(message_id, (row for case in cases for row in case.answers))
    for case in cases:
        _from_answers(case, message_id, facts)
    notes = (
        select(CaseEvent)
        .join(Case)
        .where(Case.resident_id == resident.id, CaseEvent.line_message_id == message_id)
    )
    for event in session.scalars(notes):
        _from_note(event)
    forget(resident, facts)
    _from_dead_events(session, resident, message_id)
    return facts


def _from_dead_events(session: Session, resident: Resident, message_id: str) -> None:
    """Deletes the content of the message's dead letters and marks them as done: staff need not decide about them."""
    lane = resident.line.key if resident.line else ""
    dead = select(InboxEvent).where(InboxEvent.lane == lane, InboxEvent.state == EventState.DEAD)
    for event in session.scalars(dead):
        message = (event.body or {}).get("message") if event.can_be_read() else None
        if isinstance(message, dict) and message.get("id") == message_id:
            event.state = EventState.DONE
            event.body = None
            event.reason, event.error = None, None


def _told_only_in(message_id: str, rows: Iterable[Mapping[str, Any]]) -> Facts:
    """Returns the name, phone and address that the resident gave in this message and in no other."""
    told: dict[str, Any] = {}
    elsewhere: list[tuple[str, Any]] = []
    for row in rows:
        if row["kind"] in REMEMBERED and row["value"] is not None:
            if row.get("message") == message_id:
                told[row["kind"]] = row["value"]
            elif row.get("message") is not None:
                elsewhere.append((row["kind"], row["value"]))
    return {kind: value for kind, value in told.items() if (kind, value) not in elsewhere}


def _from_answers(case: Case, message_id: str, facts: Facts) -> None:
    taken = [row for row in case.answers if row.get("message") == message_id or _remembered(row, facts)]
    if not taken:
        return
    case.answers = [
        {**row, "answer": TAKEN_BACK, "value": None} if row in taken else row for row in case.answers
    ]
    if any(row["kind"] not in REMEMBERED for row in taken):
        # The queue shows the summary, which quotes answers.
        case.summary = TAKEN_BACK


def _remembered(row: Mapping[str, Any], facts: Facts) -> bool:
    """Says whether the answer was filled in from remembered data, because an earlier request had given it."""
    known = row.get("message") is None and row["value"] is not None
    return known and facts.get(row["kind"]) == row["value"]


def _from_note(event: CaseEvent) -> None:
    if event.action == Action.RATE:
        event.case.comment = None
    event.note = TAKEN_BACK
