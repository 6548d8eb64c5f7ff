"""Tests that messages stay within LINE's limits, whatever was typed into them, by LINE's own rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.messages import Message, render
from bot.replies import (
    Album,
    Button,
    Call,
    CallCard,
    Camera,
    CaseCard,
    CaseCards,
    ChoiceCard,
    DayPicker,
    NoticeCard,
    Picture,
    PinDrop,
    Receipt,
    Reply,
    Say,
    ServiceMenu,
    Summary,
    SummaryRow,
    choice,
)
from line_simulator.messages.validation import find_message_problems
from store.line.limits import (
    BUBBLE_BYTES,
    CAROUSEL_BYTES,
    characters,
    cut,
    cut_units,
    json_bytes,
    units,
)
from store.line_breaks import plain
from tests.line_openapi import problems_with
from tests.pure.builders import a_question, a_service
from tests.pure.strategies import FEW, SERVICES, SOME, hard_texts, services

DUTY = Call("เวรเทศบาล ตลอด 24 ชั่วโมง", "043-000-199", "tel:043000199")
BUTTON = Button("ดูความคืบหน้า", "see", {"case": "123456"})
LONG_THAI = "น้ำไม่ไหลตั้งแต่เมื่อวานทั้งซอยเลยค่ะ " * 130
PILED_UP = "ก" + "\u0e49" * 4999
FAMILIES = "👨‍👩‍👧‍👦" * 700


def a_case_card(*, summary="ไฟดับ", steps=1, note="", buttons=3):
    return CaseCard(
        heading="เรื่องที่ 0123/2570",
        title="แจ้งซ่อมประปา น้ำไม่ไหล ท่อแตก",
        status="รอข้อมูลจากผู้แจ้ง",
        colour="#A84300",
        summary=summary,
        steps=(("20 พ.ย. 2569 14.05 น.", f"เริ่มดำเนินการ: {note}"),) * steps,
        lines=("ผู้ดูแล: กองช่าง", "กำหนดเสร็จ 25 พ.ย. 2569"),
        buttons=(BUTTON,) * buttons,
        alt="เรื่องที่ 0123/2570",
    )


def a_summary(service, answer, *, row=123456):
    rows = tuple(
        SummaryRow(q.label, answer, Button(cut(f"แก้ไข {q.label}", 20), "edit", {"c": str(row), "q": q.key}))
        for q in service.questions
    )
    title = f"{service.icon} {service.title}"
    alt = f"ตรวจสอบก่อนส่ง: {title}"
    return Summary(
        "ตรวจสอบก่อนส่ง", title, "แตะเพื่อแก้ไข", rows, "ไม่มีค่าธรรมเนียม", (BUTTON, BUTTON), alt, (BUTTON,)
    )


def a_notice(text):
    return NoticeCard(
        "เรื่องที่ 0123/2570", "แจ้งไฟฟ้าสาธารณะขัดข้อง", text, "#2E7D32", (BUTTON,) * 3, f"เรื่องที่: {text}"
    )


def a_receipt(**changes):
    base = {"title": "รับเรื่องไว้แล้วค่ะ", "number": "เรื่องที่ 0123/2570", "tracking": "รหัสติดตาม TX70-K7QP-94M2-8"}
    more = {"service_title": "💡 แจ้งไฟ", "lines": ("รับเรื่อง",), "fee": "ไม่มี", "button": BUTTON, "alt": "ส่งแล้ว"}
    return Receipt(**{**base, **more, **changes})


def in_order(messages: list[Message]) -> None:
    """Checks that LINE accepts every message, by the simulator's rules and by LINE's own description."""
    assert 1 <= len(messages) <= 5
    for message in messages:
        assert find_message_problems(message) == []
        assert problems_with(message) == []


def texts(message: Message) -> list[str]:
    """Returns every text of a card, in reading order."""

    def walk(part):
        if isinstance(part, list):
            return [text for each in part for text in walk(each)]
        if not isinstance(part, dict):
            return []
        own = [plain(part["text"])] if part.get("type") == "text" else []
        return own + [text for value in part.values() for text in walk(value)]

    return walk(message)


REPLIES: dict[str, Reply] = {
    "a text": Say("สวัสดีค่ะ"),
    "a menu of services": ServiceMenu("เลือกค่ะ", tuple(SERVICES.values()), (BUTTON,)),
    "a menu of very many services": ServiceMenu("เลือกค่ะ", tuple(SERVICES.values()) * 8),
    "a choice of twelve": ChoiceCard("แก้ไขข้อไหนคะ", (BUTTON,) * 12, (BUTTON,)),
    "a receipt": a_receipt(),
    "a receipt of danger": a_receipt(urgent=True, calls=(DUTY,) * 8),
    "a card of calls": CallCard("🚨 เบอร์ฉุกเฉิน", "แตะได้เลยค่ะ", (DUTY,) * 8, (BUTTON,)),
    "a card of calls without words": CallCard("🚨", "", (DUTY,)),
    "a case": a_case_card(steps=6),
    "a case of nothing": a_case_card(summary="", steps=0, buttons=0),
    "ten cases": CaseCards((a_case_card(steps=6, note="ช่างเข้าตรวจแล้ว รออะไหล่"),) * 10, "สิบเรื่อง"),
    "one case of a list": CaseCards((a_case_card(),), "เรื่องเดียว"),
    "a notice": a_notice("ดำเนินการเสร็จแล้วค่ะ"),
    "a picture": Picture("https://x.example/p/full.jpg", "https://x.example/p/small.jpg"),
}


@pytest.mark.parametrize("claim", REPLIES)
def test_line_takes(claim):
    in_order(render([REPLIES[claim]]))


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
@pytest.mark.parametrize("answer", [LONG_THAI, PILED_UP, FAMILIES, "", "\ud800\x00"])
def test_line_takes_the_summary_of_every_service_however_long_its_answers(service, answer):
    in_order(render([a_summary(service, answer)]))


@pytest.mark.parametrize("nothing", ["", "\x00", "\ud800\x1b"])
def test_a_text_of_which_nothing_is_left_is_still_a_message(nothing):
    in_order(render([Say(nothing), CaseCards((a_case_card(summary=nothing),), nothing)]))


@given(services, hard_texts)
@FEW
def test_line_takes_any_summary(service, answer):
    in_order(render([a_summary(service, answer)]))


@given(hard_texts, st.integers(0, 6), st.integers(1, 12))
@FEW
def test_line_takes_any_cases(text, steps, count):
    card = a_case_card(summary=text, steps=steps, note=text)
    in_order(render([card, CaseCards((card,) * count, text or "-")]))


@given(hard_texts)
@FEW
def test_line_takes_any_text_and_any_notice(text):
    in_order(render([Say(text), a_notice(text)]))


@given(st.lists(st.sampled_from(list(REPLIES.values())) | st.builds(Say, hard_texts), min_size=1, max_size=9))
@FEW
def test_line_takes_any_replies_together(replies):
    in_order(render(replies))


def test_what_is_shown_within_the_limits_is_as_long_as_they_allow():
    usual = render([a_summary(SERVICES["street_light"], LONG_THAI)])[0]
    assert 8000 < json_bytes(usual["contents"]) <= BUBBLE_BYTES
    many = render([CaseCards((a_case_card(steps=6, note=LONG_THAI),) * 10, "x")])[0]
    assert 0.7 * CAROUSEL_BYTES < json_bytes(many["contents"]) <= CAROUSEL_BYTES


def test_a_short_answer_is_shown_whole():
    answer = "หน้าวัดโพธิ์ชัย เสาที่ 15 ตรงข้ามร้านป้าแดง"
    assert answer in texts(render([a_summary(SERVICES["general_request"], answer)])[0])


def test_cases_side_by_side_keep_the_latest_step():
    steps = tuple((f"{day} พ.ย.", f"ขั้นที่ {day}") for day in range(1, 7))
    card = CaseCard("เรื่องที่ 1/2570", "ไฟ", "รับเรื่องแล้ว", "#000000", "ไฟดับ", steps, (), (), "เรื่องที่ 1")
    shown = texts(render([CaseCards((card, card), "สองเรื่อง")])[0])
    assert "ขั้นที่ 6" in shown
    assert "ขั้นที่ 1" not in shown


def test_texts_in_a_row_become_one_rather_than_be_lost():
    messages = render([Say(f"ข้อความ {n}") for n in range(7)] + [Say("ถามค่ะ", (BUTTON,))])
    assert len(messages) == 5
    assert "".join(message["text"] for message in messages).count("ข้อความ") == 7
    assert "quickReply" in messages[-1]


def test_the_question_comes_last_whatever_was_said_before():
    messages = render([REPLIES["a case"]] * 6 + [Say("ถามค่ะ", (BUTTON,))])
    assert messages[-1]["text"] == "ถามค่ะ"


def test_no_more_than_thirteen_quick_replies_are_shown():
    [message] = render([Say("เลือกค่ะ", (BUTTON,) * 20)])
    assert len(message["quickReply"]["items"]) == 13


def test_every_kind_of_quick_reply_is_one_line_knows():
    picker = DayPicker("เลือกวัน", "day", {"c": "1"}, "2026-11-20", "2026-12-20", "2026-11-20")
    quick = (
        Camera("ถ่ายรูป"),
        Album("เลือกรูป"),
        PinDrop("ปักหมุด"),
        picker,
        Call("โทร", "043-000-000", "tel:043000000"),
        BUTTON,
    )
    messages = render([Say("ส่งรูปค่ะ", quick)])
    in_order(messages)
    kinds = [item["action"]["type"] for item in messages[0]["quickReply"]["items"]]
    assert kinds == ["camera", "cameraRoll", "location", "datetimepicker", "uri", "postback"]
    assert messages[0]["quickReply"]["items"][4]["action"]["uri"] == "tel:043000000"


def test_up_to_four_choices_stand_side_by_side_and_more_below_each_other():
    four = choice("ไฟเป็นอย่างไรคะ", (BUTTON,) * 4, Button("ยกเลิก", "cancel"))
    [message] = render([four])
    assert (message["type"], len(message["quickReply"]["items"])) == ("text", 5)
    [message] = render([choice("ให้กี่ดาวคะ\n5 ดาวคือดีที่สุด", (BUTTON,) * 5, Button("ข้าม", "skip"))])
    assert texts(message) == ["ให้กี่ดาวคะ", "5 ดาวคือดีที่สุด", *["ดูความคืบหน้า"] * 5]
    assert [item["action"]["label"] for item in message["quickReply"]["items"]] == ["ข้าม"]


def test_a_long_label_is_shortened_by_what_people_see():
    label = "ขอรับบริการน้ำอุปโภคบริโภคด้วยรถน้ำ"
    [message] = render([Say("เลือกค่ะ", (Button(label, "open"),))])
    shown = message["quickReply"]["items"][0]["action"]["label"]
    assert len(characters(shown)) == 20
    assert shown.endswith("…")


def test_a_menu_of_one_service_is_one_card():
    assert render([ServiceMenu("เลือกค่ะ", (a_service(),))])[0]["contents"]["type"] == "bubble"


@pytest.mark.parametrize(
    ("text", "most", "shortened"),
    [
        ("น้ำท่วม", 4, "น้ำท่วม"),
        ("น้ำท่วม", 3, "น้ำท่…"),
        ("👨‍👩‍👧‍👦ครอบครัว", 2, "👨‍👩‍👧‍👦…"),
        ("", 5, ""),
        ("\ud800ก\x00", 5, "ก"),
    ],
)
def test_a_text_is_cut_between_characters_as_people_see_them(text, most, shortened):
    assert cut(text, most) == shortened


@given(hard_texts, st.integers(1, 400))
@SOME
def test_a_cut_text_fits_and_begins_as_it_did(text, most):
    by_sight, by_units = cut(text, most), cut_units(text, most)
    assert len(characters(by_sight)) <= most
    assert units(by_units) <= most
    by_units.encode()
    assert text.startswith(by_units.removesuffix("…")) or not text.isprintable()


def test_a_character_outside_the_basic_plane_counts_twice():
    assert (units("ก"), units("😀"), units("น้ำ")) == (1, 2, 3)
    assert cut_units("😀😀", 3) == "😀…"


def test_what_a_button_carries_stays_within_what_line_returns():
    question = a_question(key="q" * 40)
    [message] = render([a_summary(a_service(question), "ก", row=10**15)])
    in_order([message])
