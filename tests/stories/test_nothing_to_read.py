"""Tests that a message of invisible characters gets a kind reply wherever its resident is, and is never an answer."""

import json
from typing import Any

import pytest

from line_simulator.residents import Resident as Phone
from store.cases.workflows import Action
from tests.stories.scenes import a_case_of, friend, officer, texts
from tests.stories.test_fetching import answers
from tests.town import Town

BLANK = {
    "spaces": " \u00a0\n\u3000\t",
    "signs of no width": "\u200b\u200c\u200d\ufeff\u2060",
    "half an emoji": "\ud83d",
    "signs that stand above a letter": "\u0e48\u0e31\u0301",
    "control characters": "\x00\x01\x1b\x7f\x85",
    "the other direction": "\u202e\u200f",
    "how to show what is not there": "\ufe0f\ufe0f",
    "nothing": "",
}
EMPTY = "ข้อความเมื่อสักครู่ว่างอยู่"


def writes(town: Town, phone: Phone, text: str) -> list[str]:
    """Sends a text that no keyboard types, and returns the answers."""
    heard = len(phone.messages)
    at = phone.simulator.now_ms()
    event: dict[str, Any] = {
        "type": "message",
        "message": {"type": "text", "id": str(at), "text": text},
        "webhookEventId": f"{at} {len(phone.messages)}",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": at,
        "source": {"type": "user", "userId": phone.id},
        "replyToken": f"{phone.id} {at}",
        "mode": "active",
    }
    assert town.simulator.send_raw(json.dumps({"events": [event]}).encode()) == 200
    town.settle()
    return texts(phone)[heard:]


def says(town: Town, phone: Phone, *words: str) -> None:
    for each in words:
        phone.says(each)
        town.settle()


@pytest.fixture
def phone(town: Town) -> Phone:
    return friend(town)


@pytest.mark.parametrize("text", BLANK.values(), ids=BLANK)
def test_without_a_request_they_hear_what_to_do(town: Town, phone: Phone, text: str) -> None:
    (heard,) = writes(town, phone, text)
    assert heard.startswith(EMPTY)
    assert "พิมพ์บอก" in heard


@pytest.mark.parametrize("text", BLANK.values(), ids=BLANK)
def test_in_a_request_the_question_is_asked_again(town: Town, phone: Phone, text: str) -> None:
    says(town, phone, "ไฟถนนดับ", "ไม่มี", "หน้าวัด", "ข้าม")
    before = answers(town)
    heard = " ".join(writes(town, phone, text))
    assert EMPTY in heard
    assert "ขอทราบชื่อ-นามสกุล" in heard
    assert answers(town) == before


def test_at_the_summary_it_is_shown_again(town: Town, phone: Phone) -> None:
    says(town, phone, "ไฟถนนดับ", "ไม่มี", "หน้าวัด", "ข้าม", "สมศรี ใจดี", "0812345678")
    assert "ตรวจสอบก่อนส่ง" in " ".join(writes(town, phone, "\u200b"))


def test_after_days_they_are_asked_whether_to_go_on(town: Town, phone: Phone) -> None:
    says(town, phone, "ไฟถนนดับ", "ไม่มี")
    town.wait(days=2)
    assert "จะทำต่อไหมคะ" in " ".join(writes(town, phone, " \u200b"))


def test_an_officer_is_not_answered_with_nothing(town: Town, phone: Phone) -> None:
    officer(town, a_case_of(town, phone), Action.ASK, "เสาต้นที่เท่าไรคะ")
    town.settle()
    (heard,) = writes(town, phone, "\u2060")
    assert "ยังไม่ได้ส่งถึงเจ้าหน้าที่" in heard
    says(town, phone, "ต้นที่ 15")
    assert "ส่งคำตอบถึงเจ้าหน้าที่แล้ว" in texts(phone)[-1]


def test_what_nobody_sees_is_taken_out_of_what_is_kept(town: Town, phone: Phone) -> None:
    says(town, phone, "ไฟถนนดับ", "ไม่มี", "หน้าวัด", "ข้าม")
    writes(town, phone, "สมศรี\x00 ใจ\u200bดี\ud83d")
    assert answers(town)["name"] == "สมศรี ใจดี"


def test_first_words_are_as_long_as_an_answer_may_be(town: Town, phone: Phone) -> None:
    says(town, phone, "ไฟถนนดับ " + "มืดมาก" * 700)
    assert "ข้อความยาวเกินไปค่ะ ขอไม่เกิน 1,000 ตัวอักษร" in " ".join(texts(phone))
    assert "detail" not in answers(town)
