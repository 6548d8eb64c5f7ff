"""Tests choices in people's own words: about danger the careful reading wins, and what is unclear is asked again."""

import pytest

from bot.conversations.drafts import Draft, is_urgent
from bot.conversations.engine import hear
from store.services.answers.choices import UNSURE, UNSURE_LABEL
from store.services.answers.inputs import TypedText
from store.services.answers.verdicts import RefusedAnswer
from store.services.kinds.choice import Choice
from tests.pure.builders import DANGER, SETTING, a_question, accepted, refused
from tests.pure.strategies import SERVICES

LIGHT = SERVICES["street_light"].questions[0]
TREES = SERVICES["trees"].questions[0]
FRAIL = SERVICES["water_truck"].questions[0]
WATER = SERVICES["water_supply"].questions[0]
TOPIC = SERVICES["complaint"].questions[0]
# LINE shows no more buttons under a message.
QUICK_REPLIES = 13


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        (LIGHT, "สายไฟขาดค่ะ"),
        (LIGHT, "มีค่ะ สายขาดห้อยลงมา"),
        (LIGHT, "มีค่ะเสาเอียง"),
        (LIGHT, "มี กิ่งไม้หักลงมา"),
        (LIGHT, "บ้านข้าง ๆ ไฟรั่วค่ะ"),
        (LIGHT, "ยังมีสายขาดอยู่"),
        (LIGHT, "ไม่ปลอดภัยเลย"),
        (LIGHT, "อันตรายมากครับ"),
        (LIGHT, "ใช่แล้วค่ะ"),
        (LIGHT, "แม่นแล้ว"),
        (LIGHT, "yes"),
        (LIGHT, "มีอันตรายค่ะ รีบมานะคะ"),
        (TREES, "ไม้พาดสายไฟ"),
        (TREES, "ต้นไม้จะล้มค่ะ"),
        (FRAIL, "มียายติดเตียง"),
    ],
)
def test_words_of_danger_are_a_yes(question, typed):
    assert accepted(question, typed) == "yes"


@pytest.mark.parametrize(
    "typed",
    [
        "เปล่าค่ะ", "บ่มี", "บ่", "ไม่มีครับ", "ไม่มีครับผม", "ไม่", "no", "NO", "ยังไม่มีค่ะ", "ไม่มีเลยค่ะ", "ไม่มีอะไรอันตรายค่ะ",
        "ไม่อันตรายค่ะ ปลอดภัยดี", "ไม่มีสายไฟขาด", "ไม่มีค่ะ ขอบคุณค่ะ", "ไม่ใช่ค่ะ", "ไม่ได้อันตราย",
    ],
)  # fmt: skip
def test_a_plain_no_is_a_no(typed):
    assert accepted(LIGHT, typed) == "no"


@pytest.mark.parametrize(
    "typed",
    [
        "ไม่มี แต่กลัวเสาล้ม", "ไม่มี สายไฟขาด", "ไม่มีไฟ มืดมาก", "มีแต่ไฟดับ", "👍", "ค่ะ", "สายไฟไม่ขาด", "แน่ใจ",
        "ไม่มีสายขาด แต่เสาเอียง",
        "ไม่มีค่ะ มืดเฉย ๆ แต่เสาจะล้ม", "กิ่งใหญ่",
    ],
)  # fmt: skip
def test_what_says_no_and_more_is_asked_about_again(typed):
    assert refused(LIGHT, typed) == "pick_one"


@pytest.mark.parametrize(
    "typed", ["ไม่แน่ใจ", "ไม่แน่ใจค่ะ", "ไม่รู้", "ไม่ทราบครับ", "น่าจะมี", "อาจจะมี", "not sure", "3"]
)
def test_who_is_not_sure_is_met_with_the_advice_for_danger(typed):
    assert accepted(LIGHT, typed) == UNSURE
    heard = hear(Draft(SERVICES["street_light"]), TypedText(typed), SETTING)
    assert [remark.text for remark in heard.remarks] == [LIGHT.advice_for("yes")]
    assert is_urgent(heard.draft)


def test_every_question_about_danger_offers_not_sure_beside_all_else_that_is_offered():
    asked = [
        question for service in SERVICES.values() for question in service.questions if question.in_danger()
    ]
    assert len(asked) == 5
    for question in asked:
        assert isinstance(question, Choice)
        assert question.choices[UNSURE] == UNSURE_LABEL
        assert UNSURE in question.urgent
        assert UNSURE in question.advice
        assert len(question.choices) + len(("back", "skip", "cancel")) <= QUICK_REPLIES


def test_a_question_without_danger_has_no_such_choice():
    assert a_question("choice").choices == DANGER


def test_a_choice_of_our_own_for_not_sure_is_left_alone():
    choices = {**DANGER, UNSURE: "ยังไม่รู้"}
    question = a_question("choice", choices=choices, urgent=("yes",))
    assert (question.choices, question.urgent) == (choices, ("yes",))


@pytest.mark.parametrize(
    ("question", "typed", "choice"),
    [
        (WATER, "ไม่ไหลเลยค่ะ", "none"),
        (WATER, "น้ำไหลเบามาก", "weak"),
        (WATER, "ท่อหน้าบ้านรั่ว ท่อแตก", "burst"),
        (TOPIC, "ขยะเต็มหน้าบ้าน", "waste"),
        (TOPIC, "เสียงดังมากค่ะ", "noise"),
        (TOPIC, "หมาจรจัดเยอะ", "animals"),
        (TOPIC, "ต้นไม้ทับสายไฟ", "trees"),
        (TOPIC, "อื่นๆ", "other"),
    ],
)
def test_a_choice_is_found_by_words_near_its_label(question, typed, choice):
    assert accepted(question, typed) == choice


@pytest.mark.parametrize(
    ("question", "typed"),
    [(WATER, "น้ำ"), (WATER, "น้ำไม่ขุ่น"), (TOPIC, "ไม่ใช่ขยะ"), (TOPIC, "ขยะเหม็น"), (WATER, "น้ำไหลอ่อนหรือท่อแตก")],
)
def test_words_that_fit_no_choice_or_two_are_asked_about_again(question, typed):
    assert refused(question, typed) == "pick_one"


@pytest.mark.parametrize("joiner", ["\u200b", "\u200c", "\u200d", "\ufe0f", "\u180e", "\u2060", "\ufeff"])
@pytest.mark.parametrize("typed", ["ไม่{}มี", "{}2", "มี{}ค่ะ", "ข้อ{} 1"])
def test_signs_that_nobody_sees_change_no_choice(typed, joiner):
    plain = LIGHT.check(TypedText(typed.format("")), SETTING)
    assert LIGHT.check(TypedText(typed.format(joiner)), SETTING) == plain


def test_a_refusal_names_what_can_be_typed():
    named = {"choices": "ไม่มี / มีอันตราย / ไม่แน่ใจ"}
    assert LIGHT.check(TypedText("ค่ะ"), SETTING) == RefusedAnswer("pick_one", named)
