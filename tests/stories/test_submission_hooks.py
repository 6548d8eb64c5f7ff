"""Tests that a service may refuse a request with words of its own, or do more than open a case."""

from dataclasses import replace

from sqlalchemy import func, select

from bot.worker.inbox_worker import Worker
from line_simulator.residents import Resident as Phone
from store.cases.models import Case
from store.cases.submissions import Hook, SubmissionRefused
from store.database.sequences import next_number
from tests.stories.scenes import friend, texts
from tests.town import Town

FULL = "คิวเดือนนี้เต็มแล้วค่ะ เปิดรับอีกครั้งวันที่ 1"


def refuse(*_about: object) -> None:
    raise SubmissionRefused(FULL)


def with_hook(town: Town, hook: Hook) -> None:
    """Lets reports of street lights go through this hook from now on."""
    light = town.app.services["street_light"].model_copy(update={"on_submit": "of_this_test"})
    services = {**town.app.services, light.name: light}
    town.worker = Worker(town.database, replace(town.app, services=services, hooks={"of_this_test": hook}))


def says(town: Town, phone: Phone, *words: str) -> None:
    for each in words:
        phone.says(each)
        town.settle()


def asks_for_a_light(town: Town) -> Phone:
    phone = friend(town)
    says(town, phone, "ไฟถนนหน้าบ้านดับค่ะ มืดมาก", "ไม่มี", "หน้าวัดโพธิ์ชัย", "ข้าม", "นางสมศรี ใจดี", "0812345678")
    return phone


def count_cases(town: Town) -> int:
    with town.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def test_a_refused_request_says_why_opens_nothing_and_can_be_sent_later(town: Town) -> None:
    with_hook(town, Hook(check=refuse))
    phone = asks_for_a_light(town)
    says(town, phone, "ส่งเรื่อง")
    assert FULL in texts(phone)[-1]
    assert count_cases(town) == 0
    with_hook(town, Hook())
    says(town, phone, "ส่งเรื่อง")
    assert "0001/" in texts(phone)[-1]
    assert count_cases(town) == 1


def test_a_hook_may_write_more_than_the_case(town: Town) -> None:
    with_hook(town, Hook(after=lambda session, _town, case: note_turn(session, case)))
    phone = asks_for_a_light(town)
    says(town, phone, "ส่งเรื่อง")
    assert count_cases(town) == 1
    with town.database.transaction() as session:
        assert next_number(session, "turns of street_light") == 2


def note_turn(session, case):
    next_number(session, f"turns of {case.service}")
