"""Dates, digits, phones and names as people in Thailand write them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from store.thai import (
    arabic_digits,
    citizen_id_masked,
    first_name,
    folded,
    one_spelling,
    phone_masked,
    phone_shown,
    thai_date,
    thai_moment,
    thai_near_day,
    thai_time,
    thai_weekday_date,
    without_particles,
    without_repeats,
)
from tests.pure.strategies import SOME, hard_texts

# Ten past midnight in Bangkok is still the evening before in London.
AFTER_MIDNIGHT = datetime(2026, 11, 19, 17, 10, tzinfo=UTC)


def test_a_moment_is_told_in_bangkok_and_in_buddhist_years():
    assert thai_moment(AFTER_MIDNIGHT) == "20 พ.ย. 2569 เวลา 00.10 น."
    assert thai_date(AFTER_MIDNIGHT) == "20 พ.ย. 2569"
    assert thai_weekday_date(AFTER_MIDNIGHT) == "วันศุกร์ 20 พ.ย. 2569"
    assert thai_time(AFTER_MIDNIGHT) == "00.10 น."


@pytest.mark.parametrize(
    ("day", "said"),
    [(20, "วันนี้"), (21, "พรุ่งนี้"), (22, "วันอาทิตย์ 22 พ.ย."), (23, "วันจันทร์ 23 พ.ย.")],
)
def test_a_day_close_by_is_told_as_people_do(day, said):
    assert thai_near_day(date(2026, 11, day), date(2026, 11, 20)) == said


def test_a_leap_day_is_a_day():
    assert thai_weekday_date(date(2028, 2, 29)) == "วันอังคาร 29 ก.พ. 2571"


@pytest.mark.parametrize(
    ("digits", "shown", "masked"),
    [
        ("0812345678", "081-234-5678", "081-xxx-5678"),
        ("021234567", "02-123-4567", "021-xxx-4567"),
        ("043123456", "043-123-456", "043-xxx-3456"),
        ("021234567 ต่อ 103", "02-123-4567 ต่อ 103", "021-xxx-4567"),
        ("1669", "1669", "xxx"),
        ("", "", "xxx"),
    ],
)
def test_a_phone_is_shown_in_groups_and_masked_in_its_middle(digits, shown, masked):
    assert (phone_shown(digits), phone_masked(digits)) == (shown, masked)


def test_a_masked_citizen_id_shows_only_its_ends():
    assert citizen_id_masked("1234567890121") == "1-2345-xxxxx-xx-1"
    assert citizen_id_masked("123") == "xxx"


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("นางสมศรี ใจดี", "สมศรี"),
        ("นางสาวเอมอร ใจดี", "เอมอร"),
        ("น.ส.สมศรี", "สมศรี"),
        ("ร.ต.อ. สมชาย ใจดี", "สมชาย"),
        ("ว่าที่ ร.ต.สมชาย", "สมชาย"),
        ("ดร.สมศรี", "สมศรี"),
        ("ด.ญ. ใบบัว", "ใบบัว"),
        ("คุณ สมศรี", "สมศรี"),
        ("คุณากร ใจดี", "คุณากร"),
        ("คุณัญญา", "คุณัญญา"),
        ("พระมหาสมปอง", "พระมหาสมปอง"),
        ("John Smith", "John"),
        ("นาย", "นาย"),
        ("", ""),
    ],
)
def test_people_are_called_by_their_given_name(name, called):
    assert first_name(name) == called


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("น้ำไม่ใหล", "น้ำไม่ไหล"),
        ("นํ้าไม่ไหล", "น้ำไม่ไหล"),
        ("น้ําไม่ไหล", "น้ำไม่ไหล"),
        ("ไฟสาทารนะ", "ไฟสาธารณะ"),
        ("ภาสี", "ภาษี"),
        ("ท่อ  เเตก!", "ท่อแตก"),
        ("ร้องทุกข", "ร้องทุกข์"),
        ("หมู่ ๓", "หมู่ 3"),
        ("HELLO", "hello"),
        ("ไฟเเสงสว่าง", "ไฟแสงสว่าง"),
        ("น้ำทั่วม", "น้ำท่วม"),
        ("น้ำปะปา", "น้ำประปา"),
        ("ไฟกระพริบ", "ไฟกะพริบ"),
    ],
)
def test_common_slips_are_the_same_word(typed, meant):
    assert folded(typed) == folded(meant)


@pytest.mark.parametrize(
    ("one", "other"), [("ไฟ", "ฝน"), ("มี", "ไม่มี"), ("ขา", "ขำ"), ("นา", "นำ"), ("ถนน", "ถน")]
)
def test_different_words_stay_different(one, other):
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    ("typed", "once"), [("ท่ออแตก", "ทอแตก"), ("มืดมากกกก", "มืดมาก"), ("โทร 1199", "โทร1199")]
)
def test_a_key_pressed_twice_is_pressed_once(typed, once):
    assert without_repeats(folded(typed)) == once


@given(hard_texts)
@SOME
def test_folding_twice_is_folding_once(text):
    assert folded(folded(text)) == folded(text)


@given(hard_texts)
@SOME
def test_one_spelling_is_reached_at_once(text):
    assert one_spelling(one_spelling(text)) == one_spelling(text)


@pytest.mark.parametrize(
    ("said", "plain"),
    [("ไม่มีค่ะ", "ไม่มี"), ("มี นะคะ", "มี"), ("ใช่ครับค่ะ", "ใช่"), ("ค่ะ", ""), ("คะแนน", "คะแนน")],
)
def test_courtesy_at_the_end_is_not_part_of_the_answer(said, plain):
    assert without_particles(said) == plain


@pytest.mark.parametrize("courtesy", ["นะคะ", "คะ ", "คะ  นะครับ\n"])
def test_courtesy_without_end_is_taken_off_and_in_the_middle_left(courtesy):
    assert without_particles("ไม่มี" + courtesy * 1000) == "ไม่มี"
    assert without_particles(courtesy * 1000 + "!") == courtesy * 1000 + "!"


def test_thai_digits_are_digits():
    assert arabic_digits("๐๑๒๓๔๕๖๗๘๙ ก 5") == "0123456789 ก 5"
