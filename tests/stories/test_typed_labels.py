"""Tests that the label of every button, typed, does what a press of the button does, at every prompt of the bot.

From a few beginnings the test presses every button of every answer and follows what comes, until it sees no new set of
buttons. Each button is pressed and its words are typed from the same state, one after the other undone.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from bot.line.events import Tap, read_tap
from bot.line.messages import Message
from store.cases.workflows import Status
from store.residents.menus import ENGLISH
from store.services.answers.inputs import TypedText
from store.thai import has_thai
from tests.builders import a_case
from tests.stories.chats import CHANGING, Chat

# What answers a question that has no buttons, by its kind.
_SAID = {
    "text": "ไฟดับหลังฝนตกหนักเมื่อคืน",
    "name": "สมศรี ใจดี",
    "phone": "0812345678",
    "place": "หน้าวัดตัวอย่าง",
    "address": "12 หมู่ 3",
    "number": "5",
    "citizen_id": "1101700230708",
    "email": "a@example.com",
    "date": "25 พ.ย.",
}


def buttons_of(message: Any) -> Iterator[dict[str, Any]]:
    """Yields each postback action of LINE messages."""
    if isinstance(message, list):
        for part in message:
            yield from buttons_of(part)
    elif isinstance(message, dict):
        if message.get("type") == "postback":
            yield message
        for part in message.values():
            yield from buttons_of(part)


class Walk:
    """Follows the buttons of the bot's answers and notes where typing a label differs from pressing its button."""

    def __init__(self, chat: Chat, *, into_services: bool = False) -> None:
        self.chat, self.into_services = chat, into_services
        self.seen: set[tuple[str, ...]] = set()
        self.compared: set[tuple[str, str]] = set()
        self.differences: list[str] = []

    def follow(self, answer: list[Message]) -> None:
        buttons = list(buttons_of(answer))
        kinds = tuple(sorted(CHANGING.sub("", f"{each['label']} {each['data']}") for each in buttons))
        asked = self.chat.open_question()
        where = (asked[0], asked[1].key) if asked else ()
        if (*where, *kinds) in self.seen:
            return
        self.seen.add((*where, *kinds))
        for button in buttons:
            if not self.is_ambiguous(button, buttons):
                self.compare(button)
        taps = [read_tap(button) for button in buttons]
        steps: list[TypedText | Tap] = [tap for tap in taps if self.into_services or tap.do != "open"]
        if asked and asked[1].kind in _SAID:
            steps.insert(0, TypedText(_SAID[asked[1].kind]))
        for step in steps:
            with self.chat.session.begin_nested() as nested:
                self.follow(self.chat.send(step))
                nested.rollback()
            self.chat.session.expire_all()

    def is_ambiguous(self, button: dict[str, Any], buttons: list[dict[str, Any]]) -> bool:
        """Says whether cards side by side have several such buttons: which case is meant is asked then."""
        return len({each["data"] for each in buttons if each["label"] == button["label"]}) > 1

    def compare(self, button: dict[str, Any]) -> None:
        pressed = self.chat.undone(read_tap(button))
        for words in {button["label"], button["displayText"]}:
            self.compared.add((words, read_tap(button).do))
            typed = self.chat.undone(TypedText(words))
            # Who chose English and types Thai is answered in Thai, so only what happens is the same.
            thai_to_english = self.chat.resident.language == ENGLISH and has_thai(words)
            if typed[1:] != pressed[1:] or (typed != pressed and not thai_to_english):
                self.differences.append(f"{words} {button['data']}\n  {pressed}\n  {typed}")


def walk_from(chat: Chat, *said: str, into_services: bool = False) -> Walk:
    """Says these words, then follows the buttons of the last answer."""
    walk = Walk(chat, into_services=into_services)
    for text in said[:-1]:
        chat.send(TypedText(text))
    walk.follow(chat.send(TypedText(said[-1])))
    return walk


def test_all_that_the_menu_leads_to(chat: Chat) -> None:
    a_case(chat.session, chat.app.municipality, resident=chat.resident)
    walk = walk_from(chat, "เมนู", into_services=True)
    assert walk.differences == []
    assert {"open", "answer", "skip", "back", "edit", "send", "cancel", "see"} <= {
        do for _, do in walk.compared
    }


@pytest.mark.parametrize(
    ("said", "button"),
    [
        ("สวัสดี", "report"),
        ("รับข่าวสาร", "topic"),
        ("จริงไหม", "topics"),
        ("English", "thai"),
        ("เรื่องของฉัน", "report"),
        ("เจ้าหน้าที่เรียกเงิน", "open"),
        ("ไฟในบ้านดับ", "open"),
        ("งูเข้าบ้าน", "report"),
        ("ไฟถนนดับ น้ำไม่ไหล", "open"),
        ("มีเรื่องแปลกเกิดขึ้นที่บ้านค่ะ", "open"),
        ("0999/2570", "mine"),
    ],
)
def test_what_the_answers_to_other_words_offer(chat: Chat, said: str, button: str) -> None:
    walk = walk_from(chat, said)
    assert walk.differences == []
    assert button in {do for _, do in walk.compared}


def test_the_menu_in_english(chat: Chat) -> None:
    walk = walk_from(chat, "English", "hello")
    assert walk.differences == []
    assert "Report a problem" in {words for words, _ in walk.compared}


@pytest.mark.parametrize("status", list(Status))
def test_the_card_of_a_case_in_every_status(chat: Chat, status: Status) -> None:
    a_case(chat.session, chat.app.municipality, resident=chat.resident, status=status)
    walk = walk_from(chat, "ติดตามเรื่อง")
    assert walk.differences == []
    assert walk.compared or status == Status.CANCELLED


def test_several_cases_among_which_to_choose(chat: Chat) -> None:
    for _ in range(2):
        a_case(chat.session, chat.app.municipality, resident=chat.resident)
    walk = walk_from(chat, "ยกเลิกเรื่องที่แจ้ง")
    assert walk.differences == []
    assert {"withdraw", "withdraw_yes", "see"} <= {do for _, do in walk.compared}


def test_words_that_may_belong_to_a_case_or_begin_another(chat: Chat) -> None:
    a_case(chat.session, chat.app.municipality, resident=chat.resident, status=Status.NEED_INFO)
    walk = walk_from(chat, "ตอบเจ้าหน้าที่", "ท่อประปาแตกหน้าบ้านด้วยค่ะ")
    assert walk.differences == []
    assert {"words", "open"} <= {do for _, do in walk.compared}


def test_a_request_that_was_left_alone(chat: Chat, still_clock: time_machine.Traveller) -> None:
    chat.send(TypedText("ไฟถนนดับ"))
    still_clock.shift(timedelta(days=1))
    walk = walk_from(chat, "อยู่ไหมคะ")
    assert walk.differences == []
    assert {"go_on", "start_over", "cancel_yes"} <= {do for _, do in walk.compared}


def test_a_request_between_which_and_another_to_choose(chat: Chat) -> None:
    chat.send(TypedText("ไฟถนนดับ"))
    walk = walk_from(chat, "น้ำไม่ไหล")
    assert walk.differences == []
    assert {"go_on", "switch"} <= {do for _, do in walk.compared}
