"""Tests the page of the month's messages: what a supervisor reads in each state, and what the queue says of trouble."""

import re
from dataclasses import replace
from html import unescape

import pytest
import time_machine
from flask import Flask

from staff_console.operations.quota import bar
from store.clock import now
from store.database.engine import Database
from store.messaging import outbox
from store.messaging.states import MessageState, SentBy
from store.municipality.calendar import Month
from store.municipality.profile import Plan
from store.quota.models import QuotaReading
from store.quota.usage import Billed, note_reading, weigh
from tests.builders import a_resident
from tests.console.conftest import office_of
from tests.console.pages import Person

pytestmark = pytest.mark.usefixtures("clock")
BASIC = Plan(name="Basic", messages=300, monthly_baht=1280, extra_baht=0.1, reserve=60)


@pytest.fixture
def plan(app: Flask) -> Plan:
    """Sets the plan that the municipality bought: 300 messages, 60 of them kept."""
    context = office_of(app)
    town = context.municipality.model_copy(update={"plan": BASIC})
    app.extensions["context"] = replace(context, municipality=town)
    return BASIC


def read(database: Database, *, most: int | None = 300, used: int = 0) -> None:
    with database.transaction() as session:
        note_reading(session, most=most, used=used)


def pushed(database: Database, count: int, *, by: SentBy = SentBy.PUSH) -> None:
    with database.transaction() as session:
        for _ in range(count):
            row = outbox.put_notice(session, a_resident(session), "case_message", {})
            row.state, row.sent_by, row.sent_at = MessageState.SENT, by, now()


def words(person: Person, address: str = "/quota") -> str:
    """Returns the words of the page, in one line."""
    html = person.visit(address).html
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html.split("<main")[1])))


def test_plenty_says_what_is_left_and_that_it_lasts(
    supervisor: Person, database: Database, plan: Plan
) -> None:
    pushed(database, 30)
    pushed(database, 12, by=SentBy.REPLY)
    read(database, used=30)
    seen = words(supervisor)
    assert "ใช้แล้ว 30 เหลือ 270 จาก 300 ข้อความ" in seen
    assert "กันไว้สำหรับเรื่องด่วนและข่าวของเรื่อง 60" in seen
    assert "สิ้นเดือนจะใช้ 46 จาก 300 พอใช้ทั้งเดือน" in seen
    assert "คำตอบทันที 12 ฟรี ข่าวของเรื่อง 30 128 ประกาศ 0 0" in seen
    assert "ควรทำอะไร" not in seen
    assert "ลดลง" not in seen


def test_a_pace_that_does_not_last_names_the_day_and_what_to_do(
    supervisor: Person, database: Database, plan: Plan
) -> None:
    read(database, used=270)
    seen = words(supervisor)
    assert "สิ้นเดือนจะใช้ 417 จาก 300: ข้อความจะหมดประมาณวันที่ 22 พ.ย. 2569" in seen
    assert "ซื้อแพ็กเกจที่ใหญ่ขึ้น" in seen


def test_gone_says_what_waits_and_when_it_goes_on(supervisor: Person, database: Database, plan: Plan) -> None:
    read(database, used=300)
    with database.transaction() as session:
        waiting = outbox.put_notice(session, a_resident(session), "case_message", {})
        outbox.wait_for_quota([waiting], now())
    seen = words(supervisor)
    assert "ข้อความของเดือนนี้หมดแล้ว" in seen
    assert "มี 1 ข้อความรออยู่" in seen
    assert "ขึ้นเดือนใหม่ในอีก 11 วัน" in seen


def test_a_plan_that_dropped_is_an_alarm_with_both_numbers(
    supervisor: Person, database: Database, plan: Plan
) -> None:
    read(database, most=35_000, used=10)
    read(database, most=300, used=10)
    page = supervisor.visit("/quota").html
    assert 'role="alert"' in page
    assert "จาก 35,000 เหลือ 300 ข้อความต่อเดือน" in words(supervisor)


def test_what_others_sent_is_shown_with_what_it_is_worth(
    supervisor: Person, database: Database, plan: Plan
) -> None:
    pushed(database, 10)
    read(database, used=40)
    seen = words(supervisor)
    assert "ส่งจากที่อื่น 30 128" in seen
    assert "LINE นับ 30 ข้อความที่ไม่ได้ส่งจากระบบนี้" in seen


def test_no_limit_shows_no_bar(supervisor: Person, database: Database, plan: Plan) -> None:
    read(database, most=None, used=2345)
    assert "แพ็กเกจนี้ไม่จำกัดจำนวนข้อความ ใช้แล้ว 2,345 ข้อความ" in words(supervisor)
    assert "<svg" not in supervisor.visit("/quota").html


def test_before_the_first_reading_and_after_three_hours_in_vain_the_page_says_so(
    supervisor: Person, database: Database, plan: Plan, clock: time_machine.Traveller
) -> None:
    assert "ยังไม่ได้อ่านจำนวนจาก LINE" in words(supervisor)
    read(database)
    assert "อ่านจำนวนจาก LINE ไม่ได้" not in words(supervisor)
    clock.shift(3 * 3600 + 1)
    supervisor.sign_in()
    assert "อ่านจำนวนจาก LINE ไม่ได้ตั้งแต่ วันนี้ 10.05 น." in words(supervisor)


def test_past_months_stand_below_newest_first(
    supervisor: Person, database: Database, plan: Plan, clock: time_machine.Traveller
) -> None:
    for used in (210, 300, 40):
        read(database, used=used)
        clock.shift(30 * 86_400)
    supervisor.sign_in()
    seen = words(supervisor)
    assert seen.index("ม.ค. 2570 40 300") < seen.index("ธ.ค. 2569 300 300") < seen.index("พ.ย. 2569 210 300")


def test_the_bar_is_filled_to_its_end_by_what_it_names() -> None:
    reading = QuotaReading(at=now(), month=Month.of(now()).name, most=300, used=262, ours=230)
    parts = bar(weigh(BASIC, reading, Billed(push=230), at=now()))
    assert [(part.kind, part.count) for part in parts] == [
        ("ours", 230), ("others", 32), ("free", 0), ("kept", 38),
    ]  # fmt: skip
    assert sum(part.width for part in parts) == pytest.approx(100, abs=0.1)
    assert parts[-1].begins + parts[-1].width == pytest.approx(100, abs=0.1)


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize(
    ("most", "used", "said"),
    [(300, 300, "ข้อความ LINE ของเดือนนี้หมดแล้ว"), (200, 0, "แพ็กเกจ LINE ลดลงจากเดิม")],
)
def test_the_queue_says_in_one_line_that_messages_are_gone_or_the_plan_dropped(
    officer: Person, supervisor: Person, database: Database, most: int, used: int, said: str
) -> None:
    read(database, used=299)
    assert "ข้อความ LINE" not in words(officer, "/")
    assert "แพ็กเกจ LINE" not in words(officer, "/")
    read(database, most=most, used=used)
    for person, may_look in ((officer, False), (supervisor, True)):
        assert said in words(person, "/")
        assert ("ดูโควตา" in words(person, "/")) == may_look
