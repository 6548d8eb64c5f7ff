"""Tests that answers stored before kinds of questions were classes are read, shown, masked and gone on with.

The rows are what the code of that time wrote. A request keeps values by the keys of its questions, and a case keeps the
words of question and answer beside them; no question itself was ever stored.
"""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from store.cases.models import Case
from store.clock import now, today
from store.residents import conversations
from store.residents.models import Resident
from store.services.kinds import KINDS
from tests.builders import a_case
from tests.clerk import a_clerk
from tests.stories.scenes import friend, texts
from tests.town import Town

PIN = {"latitude": 13.7563, "longitude": 100.5018, "text": "", "outside": True}
HOME = {
    "tambon": "ตัวอย่าง",
    "amphoe": "เมือง",
    "province": "ขอนแก่น",
    "house_no": "12",
    "moo": "3",
    "soi": "สุขใจ",
}
CASE: list[tuple[str, Any, str]] = [
    ("text", "ไฟดับ 2 ดวง", "ไฟดับ 2 ดวง"),
    ("name", "นางสมศรี ใจดี", "นางสมศรี ใจดี"),
    ("phone", "0812345678 ต่อ 12", "081-234-5678 ต่อ 12"),
    ("citizen_id", "1234567890121", "1-2345-67890-12-1"),
    ("email", "somsri@example.com", "somsri@example.com"),
    ("number", 2000, "2,000"),
    ("date", "2026-11-21", "วันเสาร์ 21 พ.ย. 2569"),
    ("choice", "yes", "มีอันตราย"),
    ("place", {"latitude": 16.4322, "longitude": 102.8236, "text": "วัดตัวอย่าง"}, "📍 วัดตัวอย่าง"),
    ("photos", ["p" * 20, "q" * 20], "2 รูป"),
    ("file", ["f" * 20], "1 ไฟล์"),
    ("address", HOME, "12 หมู่ 3 ซอยสุขใจ ต.ตัวอย่าง อ.เมือง จ.ขอนแก่น"),
    ("number", "ไม่ทราบ", "ไม่ทราบ"),
    ("photos", None, "ไม่ได้ระบุ"),
]


def written(kind: str, value: Any, answer: str) -> dict[str, Any]:
    return {
        "key": kind,
        "question": f"ถาม {kind}",
        "answer": answer,
        "kind": kind,
        "value": value,
        "message": None,
    }


def a_request(town: Town, service: str, answers: dict[str, Any], **changes: Any) -> None:
    """Stores an unfinished request of the only resident, with its answers as JSON."""
    with town.database.transaction() as session:
        resident = session.scalars(select(Resident)).one()
        row = conversations.begin(session, resident, service, json.loads(json.dumps(answers)), now())
        for name, value in changes.items():
            setattr(row, name, value)


def test_every_kind_of_yesterday_is_one_of_todays() -> None:
    assert {kind for kind, _, _ in CASE} <= set(KINDS)


def test_a_case_of_yesterday_is_shown_and_masked_in_the_console(town: Town) -> None:
    rows = [written(*row) for row in CASE]
    with town.database.transaction() as session:
        a_case(session, town.app.municipality, answers=rows)
    clerk = a_clerk(town.console(), town.database, town.app.municipality)
    _, page = clerk.opens_newest_case()
    masked = {"phone": "081-xxx-5678", "citizen_id": "1-2345-xxxxx-xx-1"}
    missing = [kind for kind, _, answer in CASE if masked.get(kind, answer) not in page]
    assert missing == []
    assert "234-5678 ต่อ 12" not in page
    assert "67890" not in page
    assert "16.432200" in page


def test_a_request_of_yesterday_goes_on_at_a_pin_that_waits_to_be_confirmed(town: Town) -> None:
    phone = friend(town)
    a_request(town, "street_light", {"danger": "no", "detail": "ไฟดับ 2 ดวง", "place": PIN}, misses=1)
    phone.says("ใช่")
    town.settle()
    assert "มีรูปไหม" in texts(phone)[-1]
    for words in ("ข้าม", "นางสมศรี ใจดี", "0812345678", "ส่งเรื่อง"):
        phone.says(words)
        town.settle()
    with town.database.reading() as session:
        case = session.scalars(select(Case)).one()
        kept = {row["key"]: (row["answer"], row["value"]) for row in case.answers}
    assert kept["place"][1] == {**PIN, "meant": True}
    assert kept["danger"] == ("ไม่มี", "no")
    assert kept["phone"] == ("081-234-5678", "0812345678")


@pytest.mark.parametrize("editing", [None, "household"])
def test_a_request_of_yesterday_goes_on_in_its_middle(town: Town, editing: str | None) -> None:
    phone = friend(town)
    answers = {
        "frail": "no",
        "reason": "น้ำไม่ไหล",
        "household": 5,
        "litres": "ไม่ทราบ",
        "container": "โอ่ง 2 ใบ",
    }
    a_request(town, "water_truck", {**answers, "photos": None, "address": HOME}, editing=editing)
    phone.says("6 คน" if editing else "พรุ่งนี้")
    town.settle()
    assert ("วันไหน" if editing else "ปักหมุด") in texts(phone)[-1]
    with town.database.reading() as session:
        row = conversations.find_open(session, session.scalars(select(Resident)).one())
        kept = (row.answers or {}) if row else {}
    day = {} if editing else {"want_date": (today() + timedelta(days=1)).isoformat()}
    assert kept == {**answers, "photos": None, "address": HOME, "household": 6 if editing else 5, **day}
