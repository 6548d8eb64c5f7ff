"""Tests days as people type them, on Friday 20 November 2569, and on Monday 30 November."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.services.answers.dates import Calendar, read_day_or_several
from store.thai import MONTHS, WEEKDAYS, thai_date
from tests.pure.builders import FRIDAY, a_question, refused
from tests.pure.strategies import SOME, hard_texts


def day_in(typed, today):
    return read_day_or_several(typed, Calendar(today))[0]


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
    assert day_in(typed, FRIDAY) == date.fromisoformat(day)


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
    assert day_in(typed, FRIDAY) is None


@pytest.mark.parametrize("year", ["69", "2569", "2026"])
def test_a_year_may_be_short_buddhist_or_common(year):
    assert day_in(f"5 ธ.ค. {year}", FRIDAY) == date(2026, 12, 5)


@pytest.mark.parametrize("short", MONTHS)
def test_every_month_is_known_with_and_without_its_dots(short):
    assert day_in(f"1 {short} 2570", FRIDAY) == day_in(f"1 {short.replace('.', '')} 2570", FRIDAY)


@given(st.dates(date(1900, 1, 1), date(2400, 1, 1)))
@SOME
def test_what_we_write_we_can_read(day):
    assert day_in(thai_date(day), FRIDAY) == day


@given(hard_texts, st.dates(date(2020, 1, 1), date(2100, 1, 1)))
@SOME
def test_any_text_on_any_day_is_read_without_harm(text, today):
    day_in(text, today)


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)), st.integers(1, 31), st.integers(1, 12))
@SOME
def test_a_day_without_a_year_never_lies_behind_us(today, day, month):
    found = day_in(f"{day}/{month}", today)
    assert found is None or found >= today


MONDAY = date(2026, 11, 30)
SAID = {
    "2026-11-28": ["เมื่อวานซืน"],
    "2026-11-29": ["เมื่อวาน"],
    "2026-11-30": ["วันนี้เลยค่ะ", "เย็นนี้", "today", "สิ้นเดือน", "สิ้นเดือนนี้", "มื้อนี้", "วันนี้ วันจันทร์"],
    "2026-12-01": [
        "พรุ่งนี้เช้า", "พุ่งนี้", "วันพรุ่งนี้ 9 โมง", "พรุ่งนี้ตอน 10.30", "พรุ่งนี้บ่าย 2", "พรุ่งนี้ ตี 5", "มื้ออื่น", "tomorrow",
        "วันนี้ไม่มีน้ำใช้ ขอพรุ่งนี้", "น้ำไม่ไหล ขอพรุ่งนี้", "พรุ่งนี้ อังคาร", "พรุ่งนี้ 8 น.", "๑ ธ.ค.", "1 นี้", "วันที่ 1 นี้",
    ],
    "2026-12-02": ["มะรืน", "วันมะรืนนี้", "day after tomorrow", "วันพุด"],
    "2026-12-03": ["อีก 3 วัน", "อีกสามวัน", "พฤหัส", "วันพฤหัสบดีนี้"],
    "2026-12-04": [
        "พรุ่งนี้ไม่ว่าง ขอวันศุกร์", "พรุ่งนี้ไม่ว่างขอวันศุกร์", "พรุ่งนี้ติดธุระ เอาวันศุกร์", "ไม่ใช่พรุ่งนี้ แต่เป็นวันศุกร์", "วันศุกร์ หน้าบ้าน",
        "วันศุกร์ไม่ใช่เหรอคะ วันศุกร์", "friday", "วันสุก",
    ],
    "2026-12-05": [
        "5 ธ.ค. เวลา 9.00 น.", "5 ธ.ค. 10 โมง", "5 ธ.ค. 10 โมงเช้า", "5 ธ.ค. 9.00-12.00 น.", "5 ธ.ค. 10.30",
        "5 ธ.ค. 13:00",
        "9 โมง วันที่ 5", "2026/12/05", "2026-12-05", "2569/12/5", "วันที่ 5 เดือนหน้า", "5 เดือนหน้า", "เดือนหน้าวันที่ 5",
        "5 เดือน 12",
        "5 เดือนธันวาคม", "5 ของเดือนหน้า", "เสาร์นี้", "วันเสาร์ที่ 5", "วันเสาร์ที่ 5 ธ.ค.", "วันเสาร์ 5 ธันวาคม 2569 เวลา 08.30 น.",
        "5 ธันวาคม พ.ศ. 2569", "5 ธันวาคม ปีนี้", "5 ธ. ค. 69", "5ธค", "5 ทันวา", "5.12.69", "5-12-2569", "5/12/26", "Dec 5",
        "5 December", "5th of December 2026", "วันพ่อ", "5 ธ.ค. โทร 0812345678", "วันที่ห้า", "วันศุกร์ไม่ได้ เอาวันเสาร์",
    ],
    "2026-12-07": ["วันจันทร์ที่ 7", "วันจันทร์", "อีกอาทิตย์", "อีก 1 สัปดาห์", "จันทร์หน้า"],
    "2026-12-11": ["วันศุกร์หน้า", "ศุกร์อาทิตย์หน้า", "วันศุกร์สัปดาห์หน้า"],
    "2026-12-15": ["วันที่ 15 เวลา 10.12 น.", "วันที่ 15 บ่าย 3", "วันที่สิบห้า ธันวาคม", "ขอวันที่ 15 ค่ะ", "ขอ 15 ค่ะ"],
    "2026-12-25": ["คริสต์มาส"],
    "2026-12-31": ["สิ้นปี", "สิ้นเดือนหน้า", "สิ้นเดือน ธ.ค.", "สิ้นเดือนธันวา"],
    "2027-01-01": ["ปีใหม่", "วันขึ้นปีใหม่"],
    "2027-11-25": ["25.11", "25-11"],
    "2027-12-05": ["5 ธันวาคม ปีหน้า"],
}  # fmt: skip
SEVERAL = [
    "5-7 ธ.ค.", "5–7 ธ.ค.", "5 ถึง 7 ธ.ค.", "10,11,12 ธ.ค.", "5 หรือ 6 ธ.ค.", "5-7/12", "5/12 - 7/12", "25 พ.ย. 26 พ.ย.",
    "วันที่ 5 และ 6", "วันที่ 5-7", "วันศุกร์หรือวันเสาร์", "วันนี้หรือพรุ่งนี้", "เสาร์อาทิตย์", "เสาร์-อาทิตย์นี้", "สงกรานต์", "ช่วงสงกรานต์",
    "5 ธ.ค. เป็นต้นไป", "ทุกวันศุกร์", "5 ธ.ค. 10", "พรุ่งนี้ 2 คน",
]  # fmt: skip
NO_DAY = [
    "ไม่ใช่วันนี้", "ไม่เอาวันศุกร์", "วันไหนก็ได้ยกเว้นวันศุกร์", "วันศุกร์ไม่ว่าง", "08.11น", "08.11 น.", "10.12", "10:30", "9 โมง",
    "บ่ายสอง",
    "อาทิตย์หน้า", "อาทิตย์นี้", "เดือนหน้า", "กลางเดือน", "ต้นเดือนหน้า", "หลังวันศุกร์", "ก่อนปีใหม่", "ภายในวันศุกร์", "ไม่เกินวันศุกร์",
    "ตั้งแต่พรุ่งนี้", "วันจันทร์ที่แล้ว", "วันจันทร์ที่ 8", "วันจันทร์ที่ 8 ธ.ค.", "วันจันทร์นี้", "next friday", "หมู่ที่ 5", "บ้านเลขที่ 5",
    "5-7", "5-12",
    "อีก 2-3 วัน", "3 วันก่อน", "2 วันแล้ว", "ธันวาคม", "5 คน", "เร็ว ๆ นี้", "31 พ.ย.", "วันที่ 32", "5/12/10", "ด่วน", "0812345678",
    "พรุ่งนี้ " * 200,
]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "typed"), [(day, typed) for day, all_typed in SAID.items() for typed in all_typed]
)
def test_the_day_that_was_said_is_the_day(day, typed):
    assert day_in(typed, MONDAY) == date.fromisoformat(day)


@pytest.mark.parametrize("typed", SEVERAL)
def test_of_several_days_none_is_chosen(typed):
    assert read_day_or_several(typed, Calendar(MONDAY)) == (None, True)


@pytest.mark.parametrize("typed", NO_DAY)
def test_a_clock_time_or_a_day_that_is_not_meant_is_no_day(typed):
    assert read_day_or_several(typed, Calendar(MONDAY)) == (None, False)


def test_of_several_days_the_first_is_asked_for():
    assert refused(a_question("date"), "5-7 ธ.ค.") == "want_one_day"
    assert refused(a_question("date"), "9 โมง") == "want_a_day"


FORMS = st.sampled_from(
    [
        "{0.day}/{0.month}/{year}", "{0.day}-{0.month}-{year}", "{0.day}.{0.month}.{year}", "{0:%Y-%m-%d}",
        "{0:%Y/%m/%d}",
        "{0.day} {month} {year}", "วันที่ {0.day} {month} {year}", "{0.day}{month}{year}", "{0.day} {month} พ.ศ. {year}",
        "{0.day} เดือน{month} {year}", "{weekday}ที่ {0.day} {month} {year}",
    ]
)  # fmt: skip
AROUND = st.sampled_from(
    ["{}", "ขอ{}ค่ะ", "{} เวลา 09.30 น.", "9 โมง {}", "{} บ่าย 2", "{} 13.00-15.00 น. ครับ", "พรุ่งนี้ไม่ว่าง ขอ {}"]
)


@given(st.dates(date(2025, 12, 1), date(2040, 1, 1)), FORMS, AROUND)
@SOME
def test_a_full_date_is_read_whatever_stands_around_it(day, form, around):
    words = form.format(
        day, year=day.year + 543, month=MONTHS[day.month - 1], weekday=WEEKDAYS[day.weekday()]
    )
    assert day_in(around.format(words), MONDAY) == day


@given(
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(["{:02}.{:02} น.", "{}:{:02}", "{:02}.{:02}น", "เวลา {}.{:02}"]),
)
@SOME
def test_no_clock_time_is_a_day(hour, minute, form):
    assert day_in(form.format(hour, minute), MONDAY) is None
