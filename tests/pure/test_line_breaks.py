"""Dates, times and ranges stay on one line wherever they are shown, and telephone numbers stay callable."""

import json
from datetime import UTC, datetime

import pytest

from bot.line.messages import render
from bot.replies import Button, Call, CallCard, Receipt, Reply, Say, choice
from staff_console.pages.filters import short_moment
from store.broadcasts.content import read_content
from store.broadcasts.messages import Addresses, to_messages
from store.line_breaks import plain, unbroken
from store.thai import MONTHS, thai_moment, thai_weekday_date
from tests.town import words_of

AT = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
# In each the places where a line may still break are written as |, all others were taken away.
SHOWN = {
    "30 พ.ย. 2569": "30~พ.ย.~2569",
    "20 พ.ย. 2569 เวลา 14.05 น.": "20~พ.ย.~2569|เวลา~14.05~น.",
    "ไม่เกินวันพฤหัสบดี 3 ธ.ค. 2569": "ไม่เกิน^วัน^พฤหัสบดี|3~ธ.ค.~2569",
    "น้ำหยุดไหล 9.00-12.00 น. หมู่ 2-4": "น้ำหยุดไหล|9.00^-^12.00~น.|หมู่~2^-^4",
    "เปิด 08.30–16.30 น. ทุกวันจันทร์": "เปิด|08.30^–^16.30~น.|ทุกวัน^จันทร์",
    "หมู่ที่ 2–4 ภายใน 3 วันทำการ": "หมู่ที่~2^–^4|ภายใน|3~วันทำการ",
    "เรื่องที่ 0006/2570": "เรื่องที่~0006/2570",
    "โทร 043-000-199 หรือ 081-234-5678": "โทร|043-000-199|หรือ|081-234-5678",
    "บ้านเลขที่ 12/3 เลขบัตร 1-2345-67890-12-1": "บ้านเลขที่|12/3|เลขบัตร|1-2345-67890-12-1",
}


def told_apart(text: str) -> str:
    return text.replace(" ", "|").replace("\u00a0", "~").replace("\u2060", "^")


@pytest.mark.parametrize("text", SHOWN)
def test_a_line_breaks_beside_a_date_a_time_or_a_range_and_never_inside(text):
    assert told_apart(unbroken(text)) == SHOWN[text]
    assert plain(unbroken(text)) == text
    assert unbroken(unbroken(text)) == unbroken(text)


NO_ADDRESSES = Addresses(picture=lambda token, _: token, link=lambda _, link: link)


@pytest.mark.parametrize("month", MONTHS)
def test_a_day_stays_with_every_month_and_its_year(month):
    assert " " not in unbroken(f"5 {month} 2570")


def test_what_the_bot_says_and_the_console_shows_does_not_break():
    due = thai_weekday_date(AT.date())
    button = Button("ดู", "see")
    receipt = Receipt(
        "รับไว้แล้ว", "เรื่องที่ 0006/2570", "TX", "ไฟ", (f"ไม่เกิน{due}",), "ฟรี", Button("ดู", "see"), "เรื่อง"
    )
    said = f"ถึง {thai_moment(AT)}"
    replies: list[Reply] = [Say(said), receipt, choice(f"ก่อน{due}", (button,) * 5)]
    shown = "".join(told_apart(json.dumps(message, ensure_ascii=False)) for message in render(replies))
    assert "30~พ.ย.~2569|เวลา~09.00~น." in shown
    assert shown.count("วัน^จันทร์|30~พ.ย.~2569") == 2
    assert "เรื่องที่~0006/2570" in shown
    assert [words for message in render(replies[:1]) for words in words_of(message)] == [said]
    assert told_apart(short_moment(AT)).endswith("~น.")


def test_the_cards_of_danger_and_of_broadcasts_do_not_break_either():
    call = CallCard("ภายใน 24 ชั่วโมง", "รอ 5 นาที", (Call("เวร ตลอด 24 ชั่วโมง", "199", "tel:199"),))
    card = {
        "kind": "card",
        "title": "หยุด 2 วัน",
        "text": "ถึง 5 พ.ย. 2569",
        "facts": [{"label": "ค่า", "text": "20 บาท"}],
    }
    announced = to_messages(read_content({"parts": [card]}), 1, NO_ADDRESSES)
    shown = told_apart(json.dumps([*render([call]), *announced], ensure_ascii=False))
    for words in ("ภายใน|24~ชั่วโมง", "รอ|5~นาที", "ตลอด|24~ชั่วโมง", "หยุด|2~วัน", "5~พ.ย.~2569", "20~บาท"):
        assert words in shown
