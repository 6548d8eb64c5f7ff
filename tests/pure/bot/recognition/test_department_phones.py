"""Tests that who asks for the phone of a department gets it, and that other words about a department do not."""

import pytest

from bot.recognition.department_phones import recognise
from bot.recognition.matches import Tells
from bot.recognition.order import recognised
from bot.recognition.typed import Typed
from tests.pure.bot.recognition.test_order import BEGUN, NOTHING_RUNS


@pytest.mark.parametrize(
    "text", ["ขอเบอร์กองช่างหน่อยค่ะ", "เบอร์โทรกองช่าง", "กองช่าง เบอร์อะไรคะ", "ติดต่อกองช่างยังไงครับ", "กองช่าง phone"]
)
@pytest.mark.parametrize("state", [NOTHING_RUNS, BEGUN])
def test_the_phone_of_a_department_is_told(text, state):
    match = next(recognised(Typed(text), state))
    assert match == Tells("information.department_phone", {"department": "กองช่าง", "phone": "043-000-002"})
    assert state.phrases.say(match.phrase, **match.words).startswith("กองช่าง โทร 043-000-002")


@pytest.mark.parametrize(
    "text",
    ["กองช่าง", "กองช่างไม่มาเลย โทรไปก็ไม่รับ", "ขอเบอร์หน่อย", "ขอเบอร์กองคลัง", "กองช่างขุดถนนเป็นหลุม", "ก" * 5000],
)
def test_other_words_are_left_to_the_other_recognisers(text):
    assert recognise(Typed(text), NOTHING_RUNS) is None
