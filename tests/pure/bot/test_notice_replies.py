"""Tests notices of a case: one card says what happened, with the officer's photos where LINE can fetch them."""

import pytest

from bot.line.messages import render
from bot.notice_replies import notice_replies
from bot.phrases.wording import Phrases
from bot.replies import NoticeCard, Picture, Say
from bot.settings import BotSettings
from line_simulator.messages.validation import find_message_problems
from store.cases.workflows import NOTICES
from store.municipality.profile import read_municipality
from store.settings import DEMO_MUNICIPALITY, StoreSettings

PHRASES = Phrases(read_municipality(DEMO_MUNICIPALITY).words())


def settings_with(public_url=""):
    store = StoreSettings("sqlite://", "media", DEMO_MUNICIPALITY, (b"k" * 32,))
    return BotSettings(store, ("secret",), "token", "s" * 32, public_url=public_url)


def details(**changes):
    return {
        "case_id": 7,
        "case_number": "0123/2570",
        "title": "แจ้งไฟฟ้าสาธารณะขัดข้อง",
        "department": "กองช่าง",
        "status": "done",
        "due_on": "2026-11-25",
        "note": "เปลี่ยนหลอดแล้ว",
        "files": [],
        **changes,
    }


def test_a_message_about_many_cases_names_them_and_line_takes_it():
    numbers = [f"{number:04}/2570" for number in range(1, 50)]
    replies = notice_replies(
        "case_message", details(note="ก" * 999 + "ฮ", together=numbers), PHRASES, settings_with()
    )
    (message,) = render(replies)
    assert find_message_problems(message) == []
    assert "ถึงเรื่องที่ 0001/2570 0002/2570 0003/2570" in str(message)
    assert "กฮ”" in str(message)


@pytest.mark.parametrize("notice", NOTICES)
@pytest.mark.parametrize("note", ["", "เปลี่ยนหลอดแล้ว", "ก" * 5000, "{phone_office} \ud800"])
def test_line_takes_every_notice(notice, note):
    for message in render(notice_replies(notice, details(note=note), PHRASES, settings_with())):
        assert find_message_problems(message) == []


def test_a_notice_tells_case_deadline_and_what_can_be_pressed():
    [card] = notice_replies("case_received", details(), PHRASES, settings_with())
    assert isinstance(card, NoticeCard)
    assert (card.heading, "วันพุธ 25 พ.ย. 2569" in card.text) == ("เรื่องที่ 0123/2570", True)
    assert [(button.do, button.about) for button in card.buttons] == [("see", {"case": "7"})]


def test_photos_go_before_the_card_where_line_can_fetch_them_and_are_told_of_where_not():
    three = details(files=["a", "b", "c"])
    *pictures, card = notice_replies("case_done", three, PHRASES, settings_with("https://bot.example"))
    assert isinstance(card, NoticeCard)
    assert [type(picture) for picture in pictures] == [Picture, Picture]
    assert "1 รูป" in card.text
    [alone] = notice_replies("case_done", three, PHRASES, settings_with())
    assert isinstance(alone, NoticeCard)
    assert "3 รูป" in alone.text


def test_a_lost_file_is_told_with_its_reason():
    [said] = notice_replies("file_lost", {"reason": "too_big"}, PHRASES, settings_with())
    assert isinstance(said, Say)
    assert "ใหญ่เกินไป" in said.text
