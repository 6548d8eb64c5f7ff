"""Builds what tests begin with. Everything has a default except the point of the test."""

import itertools
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from store.cases.actions import Actor, Submission, act, open_case
from store.cases.models import Case
from store.cases.workflows import Action, Status, Who
from store.clock import now
from store.database.encryption import cipher_of
from store.municipality.profile import Municipality
from store.residents.models import Contact, Resident
from store.residents.residents import find_or_add_resident, remember
from store.services import Service
from store.staff.accounts import NewStaff, add_staff
from store.staff.models import ALL_DEPARTMENTS, Staff
from store.staff.passwords import Passwords

PASSWORD = "ฝนตกที่บ้านสวนทุเรียน"
# Cheap password hashes, because tests sign in often; they are as correct as expensive ones.
QUICK_PASSWORDS = Passwords(rounds=1, memory_kib=8)
_SERIAL = itertools.count(1)

SERVICE = Service.model_validate(
    {
        "name": "street_light",
        "code": "D1-01",
        "title": "แจ้งซ่อมไฟสาธารณะ",
        "label": "แจ้งไฟเสีย",
        "icon": "💡",
        "group": "problem",
        "department": "engineering",
        "answer_within": {"days": 3, "unit": "working"},
        "keywords": ["ไฟ"],
        "next_step": "เจ้าหน้าที่จะไปตรวจค่ะ",
        "questions": [{"key": "what", "kind": "text", "ask": "ไฟเป็นอย่างไรคะ", "label": "อาการ"}],
    }
)

# How to get from a new case to each status, as staff and residents would.
_WAYS: dict[Status, tuple[tuple[Action, Who], ...]] = {
    Status.SUBMITTED: (),
    Status.RECEIVED: ((Action.ACCEPT, Who.OFFICER),),
    Status.NEED_INFO: ((Action.ACCEPT, Who.OFFICER), (Action.ASK, Who.OFFICER)),
    Status.IN_PROGRESS: ((Action.ACCEPT, Who.OFFICER), (Action.START, Who.OFFICER)),
    Status.FORWARDED_OUT: ((Action.FORWARD, Who.OFFICER),),
    Status.DONE: ((Action.ACCEPT, Who.OFFICER), (Action.FINISH, Who.OFFICER)),
    Status.CLOSED: ((Action.CLOSE, Who.SUPERVISOR),),
    Status.CANCELLED: ((Action.CANCEL, Who.RESIDENT),),
    Status.REOPENED: ((Action.CLOSE, Who.SUPERVISOR), (Action.REOPEN, Who.RESIDENT)),
}


def a_resident(
    session: Session, *, line_user_id: str | None = None, person: dict[str, Any] | None = None
) -> Resident:
    line_user_id = line_user_id or f"U{next(_SERIAL):032x}"
    resident = find_or_add_resident(session, cipher_of(session.get_bind().dialect), line_user_id)
    remember(resident, {"name": "นางสมศรี ใจดี", "phone": "0812345678"} if person is None else person)
    session.flush()
    return resident


def an_answer(
    question: str = "อาการ", answer: str = "ไฟดับ", *, kind: str = "text", value: Any = None
) -> dict[str, Any]:
    """Returns one row of a case's answers."""
    return {
        "key": f"q{next(_SERIAL)}",
        "question": question,
        "answer": answer,
        "kind": kind,
        "value": answer if value is None else value,
    }


def a_place(text: str = "หน้าวัดตัวอย่าง") -> dict[str, Any]:
    value = {"latitude": 16.432212, "longitude": 102.823611, "text": text}
    return an_answer("สถานที่", text, kind="place", value=value)


def a_case(
    session: Session,
    municipality: Municipality,
    *,
    resident: Resident | None = None,
    status: Status = Status.SUBMITTED,
    service: Service = SERVICE,
    department: str | None = None,
    answers: list[dict[str, Any]] | None = None,
    summary: str = "ไฟดับ หน้าวัดตัวอย่าง",
    urgent: bool = False,
    triage: str | None = None,
    entered_at: datetime | None = None,
    files: tuple[str, ...] = (),
) -> Case:
    """Adds a case that reached its status in the usual way."""
    submission = Submission(
        service=service.model_copy(update={"department": department}) if department else service,
        answers=[an_answer(), a_place()] if answers is None else answers,
        summary=summary,
        urgent=urgent,
        triage=triage,
        entered_at=entered_at or now(),
        files=files,
    )
    case = open_case(session, municipality, resident or a_resident(session), submission)
    for action, who in _WAYS[status]:
        act(session, municipality, case, action, Actor(who), note="ตามขั้นตอน")
    return case


def an_officer(
    session: Session,
    municipality: Municipality,
    *,
    username: str | None = None,
    full_name: str = "นายวิชัย ขยันงาน",
    role: str = "officer",
    department: str | None = "engineering",
) -> Staff:
    """Adds a member of staff who signs in with PASSWORD. `department` None grants all of them."""
    username = username or f"{role}{next(_SERIAL)}"
    new = NewStaff(username, full_name, role, department or ALL_DEPARTMENTS, PASSWORD)
    return add_staff(session, municipality, QUICK_PASSWORDS, new)


def line_of(resident: Resident) -> Contact:
    """Returns the resident's LINE contact; every resident of the tests has one, unless the test says otherwise."""
    assert resident.line is not None
    return resident.line
