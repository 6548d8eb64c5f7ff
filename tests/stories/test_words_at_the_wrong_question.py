"""Tests words that residents type at a question which they do not answer: they are not kept as its answer."""

import pytest

from line_simulator.residents import Resident as Phone
from store.cases.workflows import Action, Status
from tests.stories.scenes import a_case_of, friend, officer, texts
from tests.stories.test_unsend import says
from tests.town import Town

# What the chat says does not depend on the database.
pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)


@pytest.fixture
def asked_for_a_place(town: Town) -> Phone:
    phone = friend(town)
    says(town, phone, "ไฟถนนดับ", "ไม่มี")
    return phone


def answers(town: Town, phone: Phone, words: str) -> str:
    before = len(texts(phone))
    says(town, phone, words)
    return " ".join(texts(phone)[before:])


def test_send_is_no_place_and_no_name(town: Town, asked_for_a_place: Phone) -> None:
    question = texts(asked_for_a_place)[-1]
    assert question in answers(town, asked_for_a_place, "ส่งเรื่อง")
    says(town, asked_for_a_place, "หน้าวัด", "ข้าม")
    question = texts(asked_for_a_place)[-1]
    assert question in answers(town, asked_for_a_place, "ส่งเรื่อง")


@pytest.mark.parametrize("words", ["ขอเบอร์กองช่าง", "ขอเบอร์กองสาธารณสุข"])
def test_a_question_for_a_phone_is_no_place(town: Town, asked_for_a_place: Phone, words: str) -> None:
    question = texts(asked_for_a_place)[-1]
    told = answers(town, asked_for_a_place, words)
    assert "043-000-00" in told
    assert question in told


def test_a_question_for_a_phone_is_no_answer_to_the_officer(town: Town) -> None:
    phone = friend(town)
    case_id = a_case_of(town, phone, Status.RECEIVED)
    officer(town, case_id, Action.ASK, "อยู่เสาไหนคะ")
    town.wait(minutes=5)
    assert "043-000-00" in answers(town, phone, "ขอเบอร์กองช่าง")
    assert "ส่งคำตอบถึงเจ้าหน้าที่แล้ว" in answers(town, phone, "เสาที่ 12")
