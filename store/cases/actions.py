"""Opens cases, and carries out every action on them: `act` alone changes a status. The caller owns the transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from store.audit.log import Subject, write_down
from store.cases.codes import read_case_code
from store.cases.models import Case, CaseEvent
from store.cases.workflows import (
    ACTION_ROWS,
    OPEN_STATUSES,
    STATUS_ROWS,
    WORKFLOWS,
    Action,
    CaseRule,
    NotAllowed,
    Who,
    find_rule,
    resident_may,
)
from store.clock import in_bangkok, now
from store.database.sequences import new_tracking_code, next_number
from store.errors import NotFound
from store.files.models import File
from store.messaging import outbox
from store.municipality.calendar import OfficeCalendar, fiscal_year
from store.municipality.profile import Municipality
from store.residents.models import Resident
from store.residents.residents import listen
from store.services import Service
from store.staff.models import Staff
from store.staff.permissions import Permission, allows


class StaleCase(ValueError):
    """Says that somebody else changed the case after this person loaded it."""


@dataclass(frozen=True)
class Actor:
    """Identifies the person who acts: the resident, or a member of staff in a role."""

    who: Who
    staff_id: int | None = None


RESIDENT = Actor(Who.RESIDENT)


@dataclass(frozen=True)
class Submission:
    """Holds a finished conversation that is to become a case. `answers` rows are {key, question, answer, kind, value}.

    `triage` is set in a surge only.
    """

    service: Service
    answers: list[dict[str, Any]]
    summary: str
    urgent: bool
    entered_at: datetime
    channel: str = "line"
    triage: str | None = None
    files: Sequence[str] = field(default=())


def open_case(
    session: Session, municipality: Municipality, resident: Resident, submission: Submission
) -> Case:
    """Creates the case, with its number, its deadline and the first entry of its timeline."""
    service, calendar = submission.service, OfficeCalendar.of(municipality)
    received = calendar.deemed_received(submission.entered_at)
    year = fiscal_year(in_bangkok(submission.entered_at).date())
    case = Case(
        fiscal_year=year,
        number=next_number(session, f"case/{year}"),
        tracking_code=new_tracking_code(municipality.tracking_prefix, year),
        service=service.name,
        service_title=service.title,
        department=municipality.department(service.department).code,
        channel=submission.channel,
        resident_id=resident.id,
        workflow=service.workflow,
        status=WORKFLOWS[service.workflow].first,
        urgent=submission.urgent,
        triage=submission.triage,
        answers=submission.answers,
        summary=submission.summary,
        entered_at=submission.entered_at,
        deemed_received_at=received,
        due_on=calendar.due_on(received, service.answer_within.days, service.answer_within.unit),
    )
    session.add(case)
    session.flush()
    event = _write_down(session, case, Action.SUBMIT, None, RESIDENT, "")
    _attach(session, case, event, submission.files)
    return case


def lock_case(
    session: Session,
    case_id: int,
    *,
    by: Staff | Resident,
    permission: Permission = Permission.CASES_ACT,
    seen_version: int | None = None,
) -> Case:
    """Returns the case, locked until the transaction ends.

    Whether this person may do it is asked about the locked row: the case may have got another department since the
    person saw it. Raises NotFound if they may not, and StaleCase if the case has changed since they saw it.
    """
    case = hold_case(session, case_id)
    if not _may(by, permission, case):
        raise NotFound
    if seen_version is not None and case.version != seen_version:
        raise StaleCase(case.shown_number)
    return case


def hold_case(session: Session, case_id: int) -> Case:
    """Returns the case, locked until the transaction ends, whoever acts; raises NotFound if there is none."""
    query = select(Case).where(Case.id == case_id).with_for_update()
    case = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if case is None:
        raise NotFound
    return case


def _may(by: Staff | Resident, permission: Permission, case: Case) -> bool:
    if isinstance(by, Resident):
        return case.resident_id == by.id
    return allows(by, permission, case)


def act(
    session: Session,
    municipality: Municipality,
    case: Case,
    action: str,
    by: Actor,
    *,
    note: str = "",
    files: Sequence[str] = (),
    said_in: str | None = None,
) -> CaseEvent:
    """Carries out one action on a locked case. Raises NotAllowed if the table of actions does not permit it now.

    `files` are tokens of stored files; `said_in` is the id of the LINE message with a resident's note. If the table
    names a notice for the action, an action of staff puts this notice into the outbox.
    """
    rule = find_rule(case, action, by.who, has_note=bool(note.strip() or files))
    event = _do(session, case, rule, by, note=note, files=files)
    event.line_message_id = said_in
    if rule.notice and by.who is not Who.RESIDENT:
        _tell(session, municipality, case, rule, event, files)
    return event


def _do(
    session: Session, case: Case, rule: CaseRule, by: Actor, *, note: str, files: Sequence[str] = ()
) -> CaseEvent:
    before = case.status
    after = rule.after or before
    case.status, case.version = after, case.version + 1
    _keep_dates(case, rule.action, before, after)
    event = _write_down(session, case, rule.action, before, by, note.strip())
    _attach(session, case, event, files)
    if ACTION_ROWS[rule.action].assigns:
        _make_responsible(session, case, by)
    if before != after and resident_may(case, Action.ANSWER):
        listen(session.get_one(Resident, case.resident_id), "answer", case.id)
    return event


def _make_responsible(session: Session, case: Case, by: Actor) -> None:
    """Assigns an accepted case to the person who accepted it, unless an active colleague has it."""
    if by.staff_id is None or (case.assignee is not None and case.assignee.active):
        return
    person = session.get_one(Staff, by.staff_id)
    case.assignee, case.version = person, case.version + 1
    _write_down(session, case, Action.ASSIGN, case.status, by, assigned_to(person))


def assigned_to(person: Staff | None) -> str:
    """Returns the timeline's words for a case assigned to this person, or returned to the department with None."""
    return f"ให้ {person.full_name}" if person else "คืนให้หน่วยงาน"


def tell_many(
    session: Session, municipality: Municipality, cases: Sequence[Case], by: Actor, note: str
) -> list[Case]:
    """Sends the same words to the residents of several locked cases; a resident of two cases gets them once.

    `note` must not be blank. Returns the cases whose status does not allow a message; they stay as they are.
    """
    refused: list[Case] = []
    told: dict[int, list[tuple[Case, CaseRule, CaseEvent]]] = {}
    for case in cases:
        try:
            rule = find_rule(case, Action.TELL, by.who, has_note=bool(note.strip()))
            event = _do(session, case, rule, by, note=note)
        except NotAllowed:
            refused.append(case)
        else:
            told.setdefault(case.resident_id, []).append((case, rule, event))
    for (case, rule, event), *others in told.values():
        numbers = [other.shown_number for other, _, _ in others]
        _tell(session, municipality, case, rule, event, together=numbers)
    return refused


def _keep_dates(case: Case, action: str, before: str, after: str) -> None:
    if STATUS_ROWS[after].ends and before != after:
        case.ended_at = now()
    if after in OPEN_STATUSES and before not in OPEN_STATUSES:
        case.ended_at, case.confirmed_at = None, None
        case.times_reopened += 1
    if action == Action.CONFIRM:
        case.confirmed_at = now()


def _write_down(
    session: Session, case: Case, action: str, before: str | None, by: Actor, note: str
) -> CaseEvent:
    """Adds an entry to the timeline and one to the audit log, which names it and holds none of its words."""
    event = CaseEvent(
        case_id=case.id,
        at=now(),
        action=action,
        before=before,
        after=case.status,
        who=by.who,
        staff_id=by.staff_id,
        note=note,
    )
    session.add(event)
    session.flush()
    write_down(
        session,
        f"case_{action}",
        staff_id=by.staff_id,
        resident_id=case.resident_id if by.who is Who.RESIDENT else None,
        about=Subject("case", case.id),
        change=(before, case.status),
        details={"event": event.id},
    )
    return event


def _attach(session: Session, case: Case, event: CaseEvent, tokens: Sequence[str]) -> None:
    if tokens:
        session.execute(update(File).where(File.token.in_(tokens)).values(case_id=case.id, event_id=event.id))


def _tell(
    session: Session,
    municipality: Municipality,
    case: Case,
    rule: CaseRule,
    event: CaseEvent,
    files: Sequence[str] = (),
    *,
    together: Sequence[str] = (),
) -> None:
    """Puts the rule's notice into the outbox; `together` are the numbers of the resident's other cases in it."""
    # A notice without words of staff may share a request with another message; all others are sent at once.
    hold = 0 if rule.needs_note else municipality.messages.hold_seconds
    details = {
        "case_id": case.id,
        "case_number": case.shown_number,
        "title": case.service_title,
        "department": municipality.department(case.department).name,
        "status": case.status,
        "due_on": case.due_on.isoformat(),
        "in_surge": case.triage is not None,
        "urgent": case.urgent,
        "note": event.note,
        "files": list(files),
        "together": list(together),
    }
    resident = session.get_one(Resident, case.resident_id)
    outbox.put_notice(session, resident, rule.notice or "", details, case_id=case.id, hold_seconds=hold)


def assign(
    session: Session,
    municipality: Municipality,
    case: Case,
    person: Staff | None,
    by: Actor,
) -> None:
    """Assigns the case to one person, or returns it to the department with None; the timeline records it."""
    act(session, municipality, case, Action.ASSIGN, by, note=assigned_to(person))
    case.assignee = person


def takes_more(case: Case) -> bool:
    """Says whether the resident may still add something to the case."""
    return resident_may(case, Action.ANSWER, Action.ADD)


def cases_of(session: Session, resident: Resident, *, most: int = 10) -> list[Case]:
    """Returns the resident's own cases, newest first."""
    query = select(Case).where(Case.resident_id == resident.id).order_by(Case.id.desc()).limit(most)
    return list(session.scalars(query))


def find_own_case(session: Session, resident: Resident, case_id: int) -> Case | None:
    """Returns the resident's own case; None for anybody else's, exactly as for one that does not exist."""
    case = session.get(Case, case_id)
    return case if case is not None and case.resident_id == resident.id else None


def find_own_case_by_code(session: Session, resident: Resident, typed: str) -> Case | None:
    """Returns one of the resident's own cases by number or tracking code as they type it; None for any other text."""
    code = read_case_code(typed)
    if code is None:
        return None
    own = select(Case).where(Case.resident_id == resident.id)
    if isinstance(code, str):
        return session.scalars(own.where(Case.tracking_code == code)).one_or_none()
    number, year = code
    return session.scalars(own.where(Case.number == number, Case.fiscal_year == year)).one_or_none()
