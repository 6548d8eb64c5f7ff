"""Tests answers that are none, and honest short ones that must not be taken for none."""

import pytest

from bot.phrases.wording import Phrases
from store.municipality.profile import read_municipality
from store.services.answers.inputs import TypedText
from store.services.answers.verdicts import Accepted
from store.settings import DEMO_MUNICIPALITY
from tests.pure.builders import SETTING, a_question, accepted, refused
from tests.pure.strategies import SERVICES

UNSEEN = ["\u200c", "\u200d", "\ufe0f", "\u180e", "\u200b"]


@pytest.mark.parametrize(
    "typed",
    [
        "ไม่มี", "ไม่มีค่ะ", "ตรงนั้นแหละ", "ตรงนี้เลย", "ที่เดิม", "ที่เดิมครับ", "กกกกกก", "ก ก ก", "ไม่รู้", "ไม่รู้ค่ะ", "...",
        "---", "แถวนี้ค่ะ", "???", "ไม่บอก", "55555", "here", "📍📍📍", "เหมือนเดิม",
    ],
)  # fmt: skip
def test_a_place_that_is_none_is_asked_again(typed):
    assert refused(a_question("place"), typed) == "not_a_place"


@pytest.mark.parametrize(
    "typed",
    [
        "วัด",
        "หน้าวัด",
        "ร้านป้า",
        "หน้าบ้าน",
        "ซอย 5",
        "ที่เดิมตรงเสา 15",
        "ตรงนั้นข้างวัด",
        "บ้านป้าแดง",
        "ตลาด",
        "ม.3",
        "7-11",
        "สระ",
    ],
)
def test_an_honest_short_place_is_kept(typed):
    assert accepted(a_question("place"), typed) == {"text": typed}


@pytest.mark.parametrize(
    "typed",
    [
        "ป้า",
        "ป้าค่ะ",
        "ไม่บอก",
        "-",
        "ไม่มี",
        "กกกก",
        "ผม",
        "ชื่อ",
        "ไม่ประสงค์ออกนาม",
        "คุณ",
        "ชื่อ ป้า",
        "anonymous",
        "ไม่รู้",
    ],
)
def test_a_name_that_is_none_is_asked_again(typed):
    assert refused(a_question("name"), typed) == "not_a_name"


@pytest.mark.parametrize(
    "typed", ["นก ดี", "Li Na", "ซอ", "ป้าแดง", "ลุงดำ", "มานี", "ตาล", "คุณากร", "พ่อหลวงคำ", "Al", "น้ำ"]
)
def test_an_honest_short_name_is_kept(typed):
    assert accepted(a_question("name"), typed) == typed


@pytest.mark.parametrize("typed", ["-", "...", "ไม่รู้", "ไม่มี", "กกกก", "555", "?", "ไม่บอก", "อะไรนะ"])
def test_a_detail_that_is_none_is_asked_again(typed):
    assert refused(a_question("text"), typed) == "too_short"


@pytest.mark.parametrize(
    "typed", ["ดับ", "มืด", "ไม่ไหล", "ไม่มีน้ำ", "🔥", "2 ดวง", "A1", "เหม็น", "ไม่รู้ว่าใครทำ แต่ท่อแตก", "กกหักพัง"]
)
def test_an_honest_short_detail_is_kept(typed):
    assert accepted(a_question("text"), typed) == typed


@pytest.mark.parametrize("kind", ["text", "name", "place"])
@pytest.mark.parametrize("unseen", UNSEEN)
def test_signs_that_nobody_sees_do_not_make_an_answer_of_nothing(kind, unseen):
    assert refused(a_question(kind), f"ไม่{unseen}รู้") == refused(a_question(kind), "ไม่รู้")


@pytest.mark.parametrize(
    "kind", ["text", "email", "phone", "address", "photos", "file", "number", "date", "place", "name"]
)
@pytest.mark.parametrize("typed", ["-", "ไม่มีค่ะ", "ไม่สะดวกบอก"])
def test_nothing_skips_what_is_optional(kind, typed):
    assert a_question(kind, optional=True).check(TypedText(typed), SETTING) == Accepted(None)


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("number", "555", 555),
        ("number", "111", 111),
        ("number", "222 ลิตร", 222),
        ("text", "1111", "1111"),
        ("text", "000000", "000000"),
        ("text", "555", None),
        ("text", "กกกก", None),
    ],
)
def test_a_number_of_one_figure_is_kept_where_it_may_be_the_answer(
    kind: str, typed: str, value: object
) -> None:
    question = a_question(kind, optional=True, **({"unit": "ลิตร"} if kind == "number" else {}))
    assert question.check(TypedText(typed), SETTING) == Accepted(value)


def test_a_detail_of_one_figure_is_kept() -> None:
    assert accepted(a_question("text"), "1111") == "1111"


def test_no_photo_said_in_words_skips_the_photos():
    assert a_question("photos", optional=True).check(TypedText("ไม่มีรูปค่ะ"), SETTING) == Accepted(None)


def test_a_long_answer_is_something():
    assert not a_question("text").is_nothing("ไม่มีน้ำใช้มาสองวันแล้วค่ะ ท่อหน้าบ้านแตกตั้งแต่วันจันทร์")


def test_a_citizen_id_is_masked_where_the_phone_shows_it():
    question = a_question("citizen_id")
    assert question.show_in_chat("1234567890121") == "1-2345-xxxxx-xx-1"
    assert question.show_in_chat(None) == "ไม่ได้ระบุ"
    assert a_question("phone").show_in_chat("0812345678") == "081-234-5678"


def test_no_example_that_a_resident_reads_dials_a_stranger_or_writes_to_one():
    phrases = Phrases(read_municipality(DEMO_MUNICIPALITY).words())
    own = {
        "not_a_phone": phrases.say("complaint.not_a_phone"),
        "not_an_email": phrases.say("complaint.not_an_email"),
    }
    asked = [text for service in SERVICES.values() for q in service.questions for text in (q.ask, q.hint)]
    assert [text for text in (*own.values(), *asked) if "@" in text.replace("เครื่องหมาย @", "")] == []
    examples = [a_question("phone"), a_question("citizen_id")]
    for text in (*own.values(), *asked):
        assert all(not isinstance(each.check(TypedText(text), SETTING), Accepted) for each in examples), text


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
def test_no_two_questions_of_a_service_have_one_label(service):
    labels = [question.label for question in service.questions]
    assert len(labels) == len(set(labels))
