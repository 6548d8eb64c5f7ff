"""Reading a day as Thai people type it: พรุ่งนี้, วันจันทร์, วันที่ 25, 25 พ.ย., 25/11/69, 20 พฤศจิกา 2569."""

import re
from datetime import date, timedelta

from store.thai import MONTHS, arabic_digits, folded, folded_word, without_particles

_BELOW_NOTHING = re.compile(r"[-\u2010-\u2015\u2212]\s*\d")
_NEAR = (("มะรืน", 2), ("พรุ่งนี้", 1), ("พรุ้งนี้", 1), ("พรุงนี้", 1), ("วันนี้", 0))
# The full names without คม, ยน and พันธ์, which many leave out.
_LONG_MONTHS = (
    "มกรา", "กุมภา", "มีนา", "เมษา", "พฤษภา", "มิถุนา", "กรกฎา", "สิงหา", "กันยา", "ตุลา", "พฤศจิกา", "ธันวา",
)  # fmt: skip
_WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัส", "ศุกร์", "เสาร์", "วันอาทิตย์")


def read_day(text: str, today: date) -> date | None:
    """None when no day can be made out. A day without a year is the next one to come."""
    text = without_particles(arabic_digits(text).strip())
    if _BELOW_NOTHING.match(text):
        return None
    for word, ahead in _NEAR:
        if word in text:
            return today + timedelta(days=ahead)
    if match := re.search(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", text):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := re.search(r"(?<!\d)(\d{1,2})\s*[/.-]\s*(\d{1,2})(?:\s*[/.-]\s*(\d{4}|\d{2}))?(?!\d)", text):
        return _coming(match[3], int(match[2]), int(match[1]), today)
    match = re.search(r"(?<!\d)(\d{1,2})\s*([ก-๙.]+)\s*(\d{4}|\d{2})?", text)
    if match and (month := _month(match[2])):
        return _coming(match[3], month, int(match[1]), today)
    if match := re.search(r"(?:^|ที่)\s*(\d{1,2})(?:\s*นี้)?$", text):
        return _coming_in_any_month(int(match[1]), today)
    return _coming_weekday(text, today)


def _month(word: str) -> int | None:
    """Long names may go on; short ones must be all there is: 3 มีคนอยู่ is not in March."""
    typed = folded(word)
    for number, (short, long) in enumerate(zip(MONTHS, _LONG_MONTHS, strict=True), start=1):
        if word.startswith(short) or typed == folded_word(short) or typed.startswith(folded_word(long)):
            return number
    return None


def _coming(year: str | None, month: int, day: int, today: date) -> date | None:
    """Eight years hold at least one 29 February."""
    if year is not None:
        return _day(int(year), month, day)
    days = (_day(today.year + ahead, month, day) for ahead in range(9))
    return next((found for found in days if found is not None and found >= today), None)


def _coming_in_any_month(day: int, today: date) -> date | None:
    months = ((today.year + (today.month - 1 + m) // 12, (today.month - 1 + m) % 12 + 1) for m in range(3))
    days = (_day(year, month, day) for year, month in months)
    return next((found for found in days if found is not None and found >= today), None)


def _coming_weekday(text: str, today: date) -> date | None:
    """วันจันทร์ is the next one; วันจันทร์หน้า is that of the week after this one."""
    for number, name in enumerate(_WEEKDAYS):
        if name in text:
            ahead = number - today.weekday()
            next_week = re.search(rf"{name}(?:บดี)?\s*หน้า", text)
            return today + timedelta(days=ahead + 7 if next_week else (ahead - 1) % 7 + 1)
    return None


def _day(year: int, month: int, day: int) -> date | None:
    """Two-digit years and those from 2400 are Buddhist-era."""
    if year < 100:
        year += 2500
    try:
        return date(year - 543 if year >= 2400 else year, month, day)
    except ValueError:
        return None
