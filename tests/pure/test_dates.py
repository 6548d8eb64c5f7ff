"""Days as people type them, on Friday 20 November 2569."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.dates import read_day
from store.thai import MONTHS, thai_date
from tests.pure.builders import FRIDAY
from tests.pure.strategies import SOME, hard_texts


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("วันนี้", "2026-11-20"),
        ("พรุ่งนี้ค่ะ", "2026-11-21"),
        ("มะรืนนี้", "2026-11-22"),
        ("25 พ.ย.", "2026-11-25"),
        ("25พย69", "2026-11-25"),
        ("๒๕ พ.ย. ๖๙", "2026-11-25"),
        ("25 พฤศจิกายน 2569", "2026-11-25"),
        ("25 พฤศจิกา", "2026-11-25"),
        ("25 พ.ย.นะคะ", "2026-11-25"),
        ("25/11/69", "2026-11-25"),
        ("25-11-2026", "2026-11-25"),
        ("25.11", "2026-11-25"),
        ("2026-11-25", "2026-11-25"),
        ("ขอวันที่25/11ค่ะ", "2026-11-25"),
        ("วันพุธที่ 25 พ.ย.", "2026-11-25"),
        ("15 มกรา", "2027-01-15"),
        ("19 พ.ย.", "2027-11-19"),
        ("วันที่ 25", "2026-11-25"),
        ("15", "2026-12-15"),
        ("31", "2026-12-31"),
        ("2026/12/05", "2026-12-05"),
        ("2569.12.05", "2026-12-05"),
        ("วันจันทร์", "2026-11-23"),
        ("วันศุกร์", "2026-11-27"),
        ("พฤหัสบดีหน้า", "2026-11-26"),
        ("วันอาทิตย์นี้ค่ะ", "2026-11-22"),
        ("29 ก.พ.", "2028-02-29"),
        ("29/2/71", "2028-02-29"),
    ],
)
def test_a_day_is_understood(typed, day):
    assert read_day(typed, FRIDAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "typed",
    [
        "31 ก.พ.",
        "29/2/2570",
        "32 ธ.ค.",
        "0/1/69",
        "-5",
        "−5/12",
        "- 5 ธ.ค.",
        "99/99/99",
        "อาทิตย์หน้า",
        "5 คน",
        "3 มีคนอยู่",
        "25 พยาบาล",
        "แล้วแต่",
        "",
        "081-234-5678",
    ],
)
def test_no_day_is_guessed(typed):
    assert read_day(typed, FRIDAY) is None


@pytest.mark.parametrize("year", ["69", "2569", "2026"])
def test_a_year_may_be_short_buddhist_or_common(year):
    assert read_day(f"5 ธ.ค. {year}", FRIDAY) == date(2026, 12, 5)


@pytest.mark.parametrize("short", MONTHS)
def test_every_month_is_known_with_and_without_its_dots(short):
    assert read_day(f"1 {short} 2570", FRIDAY) == read_day(f"1 {short.replace('.', '')} 2570", FRIDAY)


@given(st.dates(date(1900, 1, 1), date(2400, 1, 1)))
@SOME
def test_what_we_write_we_can_read(day):
    assert read_day(thai_date(day), FRIDAY) == day


@given(hard_texts, st.dates(date(2020, 1, 1), date(2100, 1, 1)))
@SOME
def test_any_text_on_any_day_is_read_without_harm(text, today):
    read_day(text, today)


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)), st.integers(1, 31), st.integers(1, 12))
@SOME
def test_a_day_without_a_year_never_lies_behind_us(today, day, month):
    found = read_day(f"{day}/{month}", today)
    assert found is None or found >= today
