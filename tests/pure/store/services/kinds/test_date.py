"""Tests dates with bounds: in the past, around today, and from one fixed day to another."""

from datetime import date

import pytest

from store.services.answers.inputs import Day, TypedText
from store.services.forms import DayRange
from tests.pure.builders import FRIDAY, SETTING, a_question, accepted, refused

BIRTHDAY = a_question("date", earliest="1900-01-01")
ACCIDENT = a_question("date", days_back=365)
AROUND = a_question("date", days_back=30, days_ahead=30)
FAIR = a_question("date", earliest="2026-11-25", latest="2026-12-05")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("12 ม.ค. 2515", "1972-01-12"),
        ("๑๒ มกราคม ๒๕๑๕", "1972-01-12"),
        ("12/1/2515", "1972-01-12"),
        ("12/1/15", "1972-01-12"),
        ("12 ม.ค. 15", "1972-01-12"),
        ("12 ม.ค. 1972", "1972-01-12"),
        ("1972-01-12", "1972-01-12"),
        ("29 ก.พ. 2543", "2000-02-29"),
        ("วันนี้", "2026-11-20"),
    ],
)
def test_a_birthday_is_read_with_its_year(typed, day):
    assert accepted(BIRTHDAY, typed) == day


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("เมื่อวาน", "2026-11-19"),
        ("เมื่อวานซืน", "2026-11-18"),
        ("3 วันก่อน", "2026-11-17"),
        ("เมื่อ ๓ วันที่แล้ว", "2026-11-17"),
        ("5 ธ.ค.", "2025-12-05"),
        ("5/12", "2025-12-05"),
        ("วันพ่อ", "2025-12-05"),
        ("25 พ.ย.", "2025-11-25"),
        ("19 พ.ย.", "2026-11-19"),
        ("วันที่ 25", "2026-10-25"),
        ("25", "2026-10-25"),
        ("วันที่ 31", "2026-10-31"),
        ("วันจันทร์", "2026-11-16"),
        ("วันจันทร์ที่ผ่านมา", "2026-11-16"),
        ("วันศุกร์", "2026-11-13"),
        ("สิ้นเดือนตุลา", "2026-10-31"),
        ("สิ้นเดือน พ.ย.", "2025-11-30"),
    ],
)
def test_without_a_year_a_day_in_the_past_is_the_last_one(typed, day):
    assert accepted(ACCIDENT, typed) == day


@pytest.mark.parametrize("typed", ["พรุ่งนี้", "อีก 3 วัน", "21 พ.ย. 2569", "1 พ.ย. 2568", "400 วันก่อน"])
def test_a_day_out_of_bounds_is_told_both_bounds(typed):
    verdict = ACCIDENT.check(TypedText(typed), SETTING)
    assert verdict.why == "day_out_of_bounds"
    assert verdict.text == "ขอเป็นวันตั้งแต่วันพฤหัสบดี 20 พ.ย. 2568 ถึงวันนี้ นะคะ"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("5-7 ธ.ค.", "want_one_day"),
        ("31 ก.พ.", "want_a_day"),
        ("วันจันทร์ที่แล้ว", "want_a_day"),
        ("12 ม.ค. 70", "want_one_day"),
    ],
)
def test_what_may_be_several_days_or_none_is_asked_again(typed, why):
    assert refused(ACCIDENT, typed) == why


@pytest.mark.parametrize(
    ("typed", "day"),
    [("5 ธ.ค.", "2026-12-05"), ("5 พ.ย.", "2026-11-05"), ("วันจันทร์", "2026-11-23"), ("เมื่อวาน", "2026-11-19")],
)
def test_around_today_the_next_such_day_comes_first_and_then_the_last_one(typed, day):
    assert accepted(AROUND, typed) == day


def test_from_one_fixed_day_to_another():
    assert accepted(FAIR, "1 ธ.ค.") == "2026-12-01"
    assert refused(FAIR, "พรุ่งนี้") == "day_out_of_bounds"
    assert refused(FAIR, Day(date(2026, 12, 6))) == "day_out_of_bounds"
    assert accepted(FAIR, Day(date(2026, 11, 25))) == "2026-11-25"


@pytest.mark.parametrize(
    ("question", "days"),
    [
        (BIRTHDAY, DayRange(date(1900, 1, 1), FRIDAY, FRIDAY)),
        (ACCIDENT, DayRange(date(2025, 11, 20), FRIDAY, FRIDAY)),
        (AROUND, DayRange(date(2026, 10, 21), date(2026, 12, 20), FRIDAY)),
        (FAIR, DayRange(date(2026, 11, 25), date(2026, 12, 5), date(2026, 11, 25))),
        (a_question("date", days_back=50_000), DayRange(date(1900, 1, 1), FRIDAY, FRIDAY)),
        (a_question("date", latest="2026-11-19"), None),
    ],
)
def test_a_calendar_shows_the_days_that_may_be_picked(question, days):
    assert question.chat(SETTING).days == days


def test_a_web_form_bounds_the_day_too():
    [field] = ACCIDENT.web(SETTING)
    assert (field.type, field.least, field.most) == ("date", "2025-11-20", "2026-11-20")


@pytest.mark.parametrize(
    "bounds",
    [
        {"earliest": "2026-12-05", "latest": "2026-12-04"},
        {"earliest": "2026-12-05", "days_back": 1},
        {"latest": "2026-12-05", "days_ahead": 0},
        {"earliest": "1899-12-31"},
        {"latest": "2101-01-01"},
        {"days_back": -1},
        {"days_back": 50_001},
    ],
)
def test_bounds_that_contradict_each_other_are_refused(bounds):
    with pytest.raises(ValueError, match="date"):
        a_question("date", **bounds)
