"""Tests that a message is not worked out twice: its draft is read once, each turn of a draft is chosen once."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from bot.conversations import drafts
from bot.conversations.intents import asked_for
from bot.draft_files import draft_of
from bot.line.events import Tap
from store.residents.conversations import find_open
from store.services.answers.inputs import TypedText
from tests.stories.chats import Chat

COUNTED = {each.__code__: each.__name__ for each in (drafts.next_turn, draft_of, asked_for)}


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Counts the calls of the functions in COUNTED."""
    calls: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call" and frame.f_code in COUNTED:
            calls[COUNTED[frame.f_code]] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize(
    ("said", "turns"),
    [
        # The question that the message answers, and the one that follows: two drafts, one turn each.
        (TypedText("ไม่มี"), 2),
        (TypedText("ส้มตำปูปลาร้า"), 2),
        # The draft stays the same.
        (TypedText("ย้อนกลับ"), 1),
        (TypedText("ช่วยเหลือ"), 1),
        (TypedText("น้ำไม่ไหล"), 1),
    ],
)
def test_a_typed_message_in_a_request(chat: Chat, said: TypedText, turns: int) -> None:
    chat.send(TypedText("ไฟถนนดับ"))
    with counting() as calls:
        chat.send(said)
    assert (calls["draft_of"], calls["next_turn"], calls["asked_for"] <= 1) == (1, turns, True)


def test_a_press_of_a_choice(chat: Chat) -> None:
    chat.send(TypedText("ไฟถนนดับ"))
    row = find_open(chat.session, chat.resident)
    assert row is not None
    with counting() as calls:
        chat.send(Tap("answer", {"c": str(row.id), "q": "danger", "v": "no"}))
    assert calls == {"draft_of": 1, "next_turn": 2}
