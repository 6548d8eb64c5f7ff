"""Reads a day as Thai people type it: พรุ่งนี้, วันจันทร์, วันที่ 25, 25 พ.ย., 25/11/69, วันที่ 5 เดือนหน้า.

The result is the day that was said, or no day, so that the question is asked again. A clock time is never taken for a
day, and of several days none is chosen.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from store.services.answers import day_words as words
from store.thai import arabic_digits, without_particles

# In characters. Nobody needs more to say a day; a longer message is about something else.
LONGEST = 200
# Stands where a day was found: the private-use sign U+E000 for the first, U+E001 for the second, and so on.
_FIRST_MARK = 0xE000
_ANY_MARK = "[\ue000-\uf8ff]"

_BELOW_NOTHING = re.compile(r"[-\u2010-\u2015\u2212] ?\d")
_DASHES = re.compile("[\u2010-\u2015\u2212~]")
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_IN_FIGURES = re.compile(
    r"(?<!\d)(\d{1,2}) ?([/.-]) ?(\d{1,2}) ?\2 ?(?:พ\.?ศ\.?|ค\.?ศ\.?)? ?(\d{4}|\d{2})(?!\d)"
)
_DAY_AND_MONTH = re.compile(r"(?<!\d)(\d{1,2}) ?([/.-]) ?(\d{1,2})(?![\d/.-])")
_DAY_OF_A_MONTH = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)? ?(?:ของ|of)? ?(?:เดือน)? ?(?:{words.MONTH})"
    r"(?: ?(?:พ\.?ศ\.?|ค\.?ศ\.?|ปี)? ?(?P<year>\d{4}|\d{2})(?!\d)| ?ปี(?P<which>หน้า|นี้))?",
    re.IGNORECASE,
)
_ENGLISH_MONTH_FIRST = re.compile(rf"\b(?:{words.ENGLISH_MONTH}) (?P<day>\d{{1,2}})(?!\d)", re.IGNORECASE)
_OF_THIS_OR_NEXT = re.compile(r"(?<!\d)(\d{1,2}) ?(?:ของ)? ?เดือน ?(?:(หน้า|นี้)|(?:ที่)? ?(\d{1,2})(?!\d))")
_THIS_OR_NEXT_FIRST = re.compile(r"เดือน(หน้า|นี้) ?วันที่ ?(\d{1,2})(?!\d)")
_AHEAD = re.compile(r"อีก ?(\d{1,2})? ?(วัน(?!ที่)|อาทิตย์|สัปดาห์)")
_END_OF_A_MONTH = re.compile(rf"สิ้นเดือน ?(?:(?P<which>หน้า|นี้)|(?:{words.MONTH}))?")
_OF_ANY_MONTH = re.compile(r"วันที่ ?(\d{1,2})(?!\d)(?: ?นี้)?")
_ALONE = re.compile(r" ?(?:ขอ|เอา|เป็น)? ?(?:ที่)? ?(\d{1,2})(?: ?นี้)? ?")
_WEEKDAY = re.compile(
    rf"(?:{words.WEEKDAY})"
    r"(?: ?(?:ที่)? ?(?P<day>\d{1,2})(?!\d)"
    r"| ?(?:ของ)?(?P<next>หน้า(?!บ้าน|วัด|ร้าน|โรง|ตลาด|ศาล|หมู่|ปาก)|(?:อาทิตย์|สัปดาห์)หน้า)"
    r"| ?(?:ของ)?(?P<this>นี้|(?:อาทิตย์|สัปดาห์)นี้))?",
    re.IGNORECASE,
)
# ที่ผ่านมา says of a day in the past no more than the question does.
_PASSED = re.compile(r" ?ที่ผ่านมา(?:นี้)?")
_DAYS_AGO = re.compile(r"(?<!\d)(\d{1,3}) ?วัน(?:ก่อน|ที่แล้ว|มาแล้ว)")
_NUMBER_WORD = re.compile(rf"(วันที่|อีก) ?({'|'.join(words.NUMBERS)})")

# พรุ่งนี้ไม่ว่าง: not that day. ไม่ใช่วันนี้ and หลังวันศุกร์: the day is named, and another one is meant.
_REFUSED_AFTER = re.compile(
    rf"{_ANY_MARK} ?(?:ก็|คง|ผม|ฉัน|หนู|เรา)? ?"
    r"(?:ไม่(?:ว่าง|ได้|สะดวก|อยู่|เอา|มา|ทัน)?|งด|ติด|ที่แล้ว|ที่ผ่านมา|(?:is\s)?not\b)"
)
_REFUSED_BEFORE = re.compile(
    r"(?:(?:ไม่[^\s\ue000-\uf8ff]{0,12}|ยกเว้น|เว้น|อย่า|งด|ก่อน|หลัง|หลังจาก|ภายใน|ตั้งแต่|ช่วง|next|not|except|before|after|since)"
    rf"(?<!ขอ)(?<!เอา)|ไม่เอา|ไม่ขอ) ?{_ANY_MARK}",
    re.IGNORECASE,
)

Mention = date | int | None


@dataclass(frozen=True)
class Calendar:
    """Says how a day without a year or month is meant: as the next one from today on, or with `past` as the last one.

    A year of two figures is one from `first_year` to `last_year`; without them, one that is near.
    """

    today: date
    past: bool = False
    first_year: int | None = None
    last_year: int | None = None

    def near(self, year: int) -> int | None:
        first = self.today.year - 1 if self.first_year is None else self.first_year
        last = self.today.year + 20 if self.last_year is None else self.last_year
        return year if first <= year <= last else None

    def nearest(self, days: Iterable[date | None]) -> date | None:
        """Returns the first of these days, given in the order of their distance, that is on the meant side of today."""
        return next((day for day in days if day is not None and self._is_meant(day)), None)

    def _is_meant(self, day: date) -> bool:
        return day <= self.today if self.past else day >= self.today

    def years(self, count: int) -> Iterable[int]:
        """Returns this year and the following ones, or with `past` the ones before it."""
        return (self.today.year + (-ahead if self.past else ahead) for ahead in range(count))


@dataclass
class _Found:
    """Holds the days that were found in a text: a date, the number of a weekday (Monday is 0), or None for 31 ก.พ.

    `marking` and `marking_always` give what `re.sub` needs to put a mark in the place of a day.
    """

    calendar: Calendar
    mentions: list[Mention] = field(default_factory=list)

    def mark(self, mention: Mention) -> str:
        self.mentions.append(mention)
        return chr(_FIRST_MARK + len(self.mentions) - 1)

    def marking(self, read: Callable[[re.Match[str]], Mention]) -> Callable[[re.Match[str]], str]:
        return lambda match: self.mark(read(match))

    def marking_always(self, mention: Mention) -> Callable[[re.Match[str]], str]:
        return lambda _: self.mark(mention)


def read_day_or_several(text: str, calendar: Calendar) -> tuple[date | None, bool]:
    """Returns the day, and whether several were said. Without a year it is the nearest on the calendar's side of today.

    The day is None if none can be made out, or more than one. The second is True for 5-7 ธ.ค., ศุกร์หรือเสาร์ and สงกรานต์,
    which have no one day.
    """
    text = without_particles(arabic_digits(text).strip()) if len(text) <= LONGEST else ""
    if _BELOW_NOTHING.match(text):
        return None, False
    text = " ".join(re.sub(_ANY_MARK, "", _DASHES.sub("-", text)).split())
    text = words.PHONE.sub(" ", words.CLOCK_TIME.sub(" ", text))
    text = _NUMBER_WORD.sub(lambda match: f"{match[1]} {words.NUMBERS[match[2]]}", text)
    if calendar.past:
        text = _PASSED.sub(" ", text)
    found = _Found(calendar)
    rest = _without_refused(_mark_all(text, found))
    meant = [found.mentions[ord(sign) - _FIRST_MARK] for sign in rest if "\ue000" <= sign <= "\uf8ff"]
    if words.A_PERIOD.search(text):
        return None, True
    return _decide(rest, meant, calendar)


def _mark_all(text: str, found: _Found) -> str:
    """Puts a mark in the place of each day, the most explicit way of saying one first."""
    calendar, today = found.calendar, found.calendar.today
    ways: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
        (_ISO, found.marking(lambda m: _day(int(m[1]), int(m[2]), int(m[3])))),
        (_IN_FIGURES, found.marking(lambda m: _with_short_year(m[4], int(m[3]), int(m[1]), calendar))),
        (_END_OF_A_MONTH, found.marking(lambda m: _end_of_month(m, calendar))),
        (_DAY_OF_A_MONTH, lambda m: _mark_day_of_a_month(m, found)),
        (
            _ENGLISH_MONTH_FIRST,
            found.marking(lambda m: _coming(words.english_month(m), int(m["day"]), calendar)),
        ),
        (_THIS_OR_NEXT_FIRST, found.marking(lambda m: _of_this_or_next(m[1], int(m[2]), today))),
        (_OF_THIS_OR_NEXT, found.marking(lambda m: _of_named_month(m, calendar))),
        (_DAY_AND_MONTH, lambda m: _mark_day_and_month(m, found)),
        (_AHEAD, lambda m: _mark_ahead(m, found)),
        (_DAYS_AGO, lambda m: _mark_days_ago(m, found)),
        *((pattern, found.marking_always(today + timedelta(days=ahead))) for pattern, ahead in words.NEAR),
        *(
            (pattern, found.marking_always(_coming(month, day, calendar)))
            for pattern, month, day in words.NAMED_DAYS
        ),
        (_WEEKDAY, found.marking(lambda m: _weekday(m, calendar))),
        (_OF_ANY_MONTH, found.marking(lambda m: _coming_in_any_month(int(m[1]), calendar))),
    )
    for pattern, mark in ways:
        text = pattern.sub(mark, text)
    if alone := _ALONE.fullmatch(text):
        return found.mark(_coming_in_any_month(int(alone[1]), calendar))
    return text


def _without_refused(text: str) -> str:
    return _REFUSED_BEFORE.sub(" ", _REFUSED_AFTER.sub(" ", text))


def _decide(rest: str, meant: list[Mention], calendar: Calendar) -> tuple[date | None, bool]:
    """Returns the day, and whether several were said.

    There is a day if every mention agrees with it and no figure is left over that could be another day.
    """
    if not meant or None in meant:
        return None, False
    days = {each for each in meant if isinstance(each, date)}
    weekdays = {each for each in meant if isinstance(each, int)}
    if re.search(r"\d", rest) or len(days) > 1 or (not days and len(weekdays) > 1):
        return None, True
    if not days:
        return _coming_weekday(weekdays.pop(), calendar), False
    day = days.pop()
    return (day if weekdays <= {day.weekday()} else None), False


def _mark_day_of_a_month(match: re.Match[str], found: _Found) -> str:
    """Marks a day of a named month.

    A two-digit year is read as a near Buddhist one. Any other figure stays in the text, so that the day is asked again.
    """
    month = words.month(match)
    day = int(match[1])
    calendar = found.calendar
    year = match["year"]
    if match["which"]:
        return found.mark(_day(calendar.today.year + (match["which"] == "หน้า"), month, day))
    if year is None:
        return found.mark(_coming(month, day, calendar))
    if len(year) == 2 and calendar.near(2500 + int(year) - 543) is None:
        return f"{found.mark(_coming(month, day, calendar))} {year}"
    return found.mark(_day(int(year), month, day))


def _mark_day_and_month(match: re.Match[str], found: _Found) -> str:
    """Marks a day and month in figures unless they may be a range: 5-12 may be a day of December or eight days."""
    day, month = int(match[1]), int(match[3])
    if match[2] == "-" and day < month:
        return match[0]
    return found.mark(_coming(month, day, found.calendar))


def _mark_ahead(match: re.Match[str], found: _Found) -> str:
    """Marks a day given by its distance: อีก 3 วัน. Without a number only อีกอาทิตย์ is one, which means one week."""
    if match[1] is None and match[2] == "วัน":
        return match[0]
    days = int(match[1] or 1) * (1 if match[2] == "วัน" else 7)
    return found.mark(found.calendar.today + timedelta(days=days))


def _mark_days_ago(match: re.Match[str], found: _Found) -> str:
    """Marks 3 วันก่อน, where the past is asked for; elsewhere its figure stays and the day is asked again."""
    if not found.calendar.past:
        return match[0]
    return found.mark(found.calendar.today - timedelta(days=int(match[1])))


def _weekday(match: re.Match[str], calendar: Calendar) -> Mention:
    """Reads a weekday.

    วันจันทร์ is the next one; วันจันทร์หน้า is that of the week after this; วันจันทร์ที่ 7 must be a Monday.
    """
    number, today = words.weekday(match), calendar.today
    if match["day"]:
        day = _coming_in_any_month(int(match["day"]), calendar)
        return day if day and day.weekday() == number else None
    if match["next"]:
        return today + timedelta(days=number - today.weekday() + 7)
    if match["this"] and number == today.weekday():
        return None
    return number


def _coming_weekday(number: int, calendar: Calendar) -> date:
    today = calendar.today
    if calendar.past:
        return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)
    return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)


def _of_named_month(match: re.Match[str], calendar: Calendar) -> date | None:
    if match[2]:
        return _of_this_or_next(match[2], int(match[1]), calendar.today)
    return _coming(int(match[3]), int(match[1]), calendar)


def _of_this_or_next(which: str, day: int, today: date) -> date | None:
    year, month = _months_on(today, 1 if which == "หน้า" else 0)
    return _day(year, month, day)


def _end_of_month(match: re.Match[str], calendar: Calendar) -> date | None:
    if match["which"] or not (number := words.month(match)):
        return _last_day(*_months_on(calendar.today, 1 if match["which"] == "หน้า" else 0))
    return calendar.nearest(_last_day(year, number) for year in calendar.years(2))


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _coming(month: int, day: int, calendar: Calendar) -> date | None:
    """Returns the nearest such day, or None. Two leap days are at most eight years apart."""
    return calendar.nearest(_day(year, month, day) for year in calendar.years(9))


def _coming_in_any_month(day: int, calendar: Calendar) -> date | None:
    months = (_months_on(calendar.today, -ahead if calendar.past else ahead) for ahead in range(3))
    return calendar.nearest(_day(*month, day) for month in months)


def _months_on(today: date, ahead: int) -> tuple[int, int]:
    return today.year + (today.month - 1 + ahead) // 12, (today.month - 1 + ahead) % 12 + 1


def _with_short_year(year: str, month: int, day: int, calendar: Calendar) -> date | None:
    """Returns the day. Of the two readings of a short year it takes the one that is near: 69 is 2569 and 26 is 2026."""
    if len(year) == 4:
        return _day(int(year), month, day)
    near = calendar.near(2500 + int(year) - 543) or calendar.near(2000 + int(year))
    return _day(near, month, day) if near else None


def _day(year: int, month: int, day: int) -> date | None:
    """Returns the date, or None if there is none. Two-digit years and those from 2400 on are Buddhist-era."""
    if year < 100:
        year += 2500
    try:
        return date(year - 543 if year >= 2400 else year, month, day)
    except ValueError:
        return None
