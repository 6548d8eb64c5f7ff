"""Gives the demo's town a past, with the product's own functions, on an empty database.

It reads the LINE ids of PEOPLE from its input, as JSON. The staff must exist already.
"""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.broadcasts import approval, emergency, testers
from store.broadcasts.approval import BroadcastDraft
from store.broadcasts.transitions import digest_of
from store.cases.actions import RESIDENT, Actor, Submission, act, open_case
from store.cases.models import Case
from store.cases.ratings import comment, rate
from store.cases.submissions import HOOKS
from store.cases.workflows import Action, Who
from store.clock import BANGKOK, in_bangkok, in_the_past, now
from store.database.encryption import cipher_of
from store.municipality.profile import Municipality, read_municipality
from store.operations.data_keys import open_database
from store.residents.models import Resident
from store.residents.residents import find_or_add_resident, remember
from store.services import Service, read_services
from store.settings import StoreSettings
from store.staff.models import Staff

# People who reported something before today, with their phones; today's stories use other people.
PEOPLE: Final = {
    "ทองคำ": ("นายทองคำ สายบุญ", "0815550131"),
    "มานพ": ("นายมานพ แก้วดี", "0895550154"),
    "จันทร์": ("นางจันทร์ ศรีสุข", "0865550172"),
}


@dataclass(frozen=True)
class History:
    """Describes a case opened `days` ago; each step says after how many days who did what, with which words."""

    who: str
    service: str
    words: str
    place: str
    days: int
    steps: tuple[tuple[int, str, str, str], ...] = ()
    stars: int = 0
    comment: str = ""


CASES: Final = (
    History("ทองคำ", "general_request", "ขอยืมเต็นท์ 2 หลัง งานบุญบ้าน", "บ้านเลขที่ 12 หมู่ 3", 30,
         ((1, "somchai", "accept", ""), (2, "somchai", "start", ""), (3, "somchai", "finish", "ส่งและเก็บเต็นท์แล้วค่ะ"),
          (4, "", "confirm", "")), stars=4, comment="เต็นท์สะอาดดี ขอบคุณค่ะ"),
    History("มานพ", "street_light", "ไฟกะพริบทั้งคืน", "ปากซอยประชาร่วมใจ หมู่ 5", 20),
    History("จันทร์", "trees", "กิ่งไม้ใหญ่พาดถนนกรมทางหลวง", "ทางหลวงหน้าปั๊มน้ำมัน", 15,
         ((1, "malee", "accept", ""), (1, "malee", "forward", "เป็นเขตแขวงทางหลวง ประสานทางโทรศัพท์แล้วค่ะ"))),
    History("ทองคำ", "road", "ฝาท่อแตกกลางถนน", "หน้าร้านซ่อมรถ หมู่ 3", 12,
         ((1, "malee", "accept", ""), (2, "malee", "start", ""))),
    History("จันทร์", "water_supply", "น้ำไหลอ่อนทั้งวัน", "ซอยวัดใหม่ หมู่ 2", 9,
         ((1, "malee", "accept", ""), (2, "malee", "finish", "ล้างกรองแล้ว น้ำไหลปกติค่ะ"),
          (5, "", "reopen", "ไหลดีสองวันแล้วอ่อนอีกค่ะ"))),
    History("มานพ", "complaint", "เสียงเครื่องจักรดังถึงสี่ทุ่ม", "โรงไม้หลังตลาด", 6,
         ((1, "somchai", "accept", ""), (1, "somchai", "ask", "ดังทุกวันหรือเฉพาะบางวันคะ"))),
    History("ทองคำ", "drainage", "ท่อระบายน้ำตันหน้าบ้าน", "หมู่ 3", 4,
         ((1, "wichai", "close", "เป็นเรื่องเดียวกับที่แจ้งไว้ก่อน กำลังดำเนินการอยู่ค่ะ"),)),
    History("จันทร์", "street_light", "ไฟหน้าบ้านดับ 1 ดวง", "ซอยวัดใหม่ หมู่ 2", 2, ((1, "", "cancel", ""),)),
)  # fmt: skip


def main() -> int:
    settings = StoreSettings.from_environment(os.environ)
    municipality = read_municipality(settings.municipality)
    with closing(open_database(settings)) as database, database.transaction() as session:
        give_a_past(session, municipality, json.load(sys.stdin))
    return 0


def give_a_past(session: Session, municipality: Municipality, line_ids: Mapping[str, str]) -> None:
    """Creates cases of several ages and departments, broadcasts in every state, an emergency template and two testers.

    Ends the program if there is a case already: these would stand among the cases of real people.
    """
    if session.scalar(select(Case.id).limit(1)) is not None:
        raise SystemExit(
            "Nothing was written: the demo's past is for an empty database, and this one has cases."
        )
    services = read_services(hooks=HOOKS)
    staff = {person.username: person for person in session.scalars(select(Staff))}
    people = {name: _person(session, name, line_ids[name]) for name in PEOPLE}
    for past in CASES:
        _live(session, municipality, services[past.service], people[past.who], past, staff)
    _announce(session, staff["malee"], staff["somchai"], staff["wichai"])
    code = testers.invite(session, staff["malee"]).code
    testers.link(session, people["ทองคำ"], code or "")
    testers.invite(session, staff["wichai"])


def _person(session: Session, name: str, line_id: str) -> Resident:
    with in_the_past(timedelta(days=40)):
        resident = find_or_add_resident(session, cipher_of(session.get_bind().dialect), line_id)
        full_name, phone = PEOPLE[name]
        remember(resident, {"name": full_name, "phone": phone})
    return resident


def _live(
    session: Session,
    municipality: Municipality,
    service: Service,
    resident: Resident,
    past: History,
    staff: Mapping[str, Staff],
) -> None:
    with in_the_past(timedelta(days=past.days)):
        submission = Submission(
            service=service,
            answers=_answers(past),
            summary=f"{past.words} · 📍 {past.place}",
            urgent=False,
            entered_at=now(),
        )
        case = open_case(session, municipality, resident, submission)
    for after, username, action, note in past.steps:
        person = staff.get(username)
        by = Actor(Who(person.role), person.id) if person else RESIDENT
        with in_the_past(timedelta(days=past.days - after)):
            act(session, municipality, case, Action(action), by, note=note)
    if past.stars:
        _praise(session, municipality, case, past)


def _praise(session: Session, municipality: Municipality, case: Case, past: History) -> None:
    with in_the_past(timedelta(days=past.days - past.steps[-1][0])):
        rate(session, municipality, case, past.stars)
        comment(session, municipality, case, past.comment, None)


def _answers(past: History) -> list[dict[str, Any]]:
    full_name, phone = PEOPLE[past.who]
    rows = (
        ("detail", "รายละเอียด", "text", past.words, past.words),
        ("place", "จุดที่แจ้ง", "place", past.place, {"text": past.place}),
        ("name", "ชื่อผู้แจ้ง", "name", full_name, full_name),
        ("phone", "เบอร์โทร", "phone", phone, phone),
    )
    return [
        {"key": key, "question": question, "kind": kind, "answer": answer, "value": value}
        for key, question, kind, answer, value in rows
    ]


def _announce(session: Session, malee: Staff, somchai: Staff, wichai: Staff) -> None:
    """Creates one broadcast in each state of its life, and an approved emergency template."""
    _write(session, malee, "ล้างท่อประปาประจำปี", "จะล้างท่อประปาหมู่ 1 ถึงหมู่ 3 เร็ว ๆ นี้ค่ะ", "water")
    waiting = _write(session, somchai, "ชำระภาษีป้าย", "ชำระภาษีป้ายได้ที่งานจัดเก็บรายได้ทุกวันทำการค่ะ", "tax")
    approval.submit(session, waiting, somchai)
    returned = _write(session, malee, "ปิดถนนวางท่อ", "ปิดถนนวางท่อค่ะ", "news")
    approval.submit(session, returned, malee)
    approval.return_(session, returned, wichai, "กรุณาบอกวันเวลาและทางเลี่ยงด้วยค่ะ")
    tomorrow = in_bangkok(now()).date() + timedelta(days=1)
    at_nine = in_bangkok(now()).combine(tomorrow, time(9), BANGKOK)
    _approve(
        session, wichai, _write(session, malee, "วันพ่นยุง", "พ่นยุงหมู่ 2 บ่ายวันศุกร์ค่ะ", "news", send_at=at_nine)
    )
    _approve(
        session, wichai, _write(session, somchai, "รถขยะเลื่อนวัน", "สัปดาห์นี้รถขยะเก็บวันพุธแทนวันอังคารค่ะ", "waste")
    )
    cancelled = _write(session, malee, "งานลอยกระทง", "ขอเชิญร่วมงานลอยกระทงค่ะ", "events")
    approval.cancel(session, cancelled, malee, "รวมกับประกาศของอำเภอแล้ว")
    with in_the_past(timedelta(days=10)):
        expired = _write(session, somchai, "อบรมอาสาสมัคร", "เปิดรับสมัครอบรมอาสาสมัครค่ะ", "events")
        approval.submit(session, expired, somchai)
    flood = {"parts": [{"kind": "words", "text": "น้ำใน[คลอง]กำลังล้นตลิ่ง กรุณายกของขึ้นที่สูง และไปที่[จุดปลอดภัย]ค่ะ"}]}
    emergency.approve_template(emergency.write_template(session, "เตือนน้ำล้นตลิ่ง", flood, malee), wichai)


def _write(session: Session, author: Staff, title: str, words: str, topic: str, **more: Any) -> Any:
    content = {"parts": [{"kind": "card", "look": "announcement", "title": title, "text": words}]}
    draft = BroadcastDraft(title, "announcement", "แจ้งประชาชน", content, {"who": "everyone"}, topic, **more)
    return approval.write_draft(session, draft, author)


def _approve(session: Session, supervisor: Staff, broadcast: Any) -> None:
    approval.submit(session, broadcast, broadcast.author)
    approval.approve(session, broadcast, supervisor, read_digest=digest_of(session, broadcast))


if __name__ == "__main__":
    sys.exit(main())
