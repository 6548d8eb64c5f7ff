"""Defines the kind `date`: one day, as people type it or pick it from a calendar."""

from datetime import date, timedelta
from typing import Any, Literal

from pydantic import Field, model_validator

from store.services.answers.dates import Calendar, read_day_or_several
from store.services.answers.inputs import Day, Said, TypedText
from store.services.answers.verdicts import Accepted, RefusedAnswer, Setting, Verdict
from store.services.forms import ChatInputs, DayRange, WebField
from store.services.question import Question
from store.thai import thai_weekday_date

# In days, for a question without bounds: what may be typed, and what a calendar offers.
_TYPED_AHEAD = 3650
_PICKED_AHEAD = 365
# What the calendars of LINE can show.
_FIRST, _LAST = date(1900, 1, 1), date(2100, 12, 31)


class DateQuestion(Question):
    """Asks for a day. The value is the day in ISO 8601: 2026-11-25.

    The first day is `earliest`, or `days_back` before today; the last is `latest`, or `days_ahead` after today. Without
    a first day it is today. Without a last day it is today where the past is asked for, else it is open.
    """

    takes = frozenset({TypedText, Day})

    kind: Literal["date"]
    days_back: int = Field(default=0, ge=0, le=50_000)
    days_ahead: int | None = Field(default=None, ge=0, le=50_000)
    earliest: date | None = Field(default=None, ge=_FIRST)
    latest: date | None = Field(default=None, le=_LAST)

    @model_validator(mode="after")
    def _hangs_together(self) -> "DateQuestion":
        if self.earliest and self.latest and self.earliest > self.latest:
            raise ValueError(f"{self.key}: its bounds leave no answer")
        if (self.earliest and self.days_back) or (self.latest and self.days_ahead is not None):
            raise ValueError(f"{self.key}: a bound is a day or a number of days, not both")
        return self

    def _check(self, said: Said, setting: Setting) -> Verdict:
        if not isinstance(said, TypedText | Day):
            return RefusedAnswer("want_a_day")
        first, last = self._bounds(setting.today, _TYPED_AHEAD)
        day, several = (said.day, False) if isinstance(said, Day) else self._read(said.text, setting.today)
        if day is None:
            return RefusedAnswer("want_one_day" if several else "want_a_day")
        if first <= day <= last:
            return Accepted(day.isoformat())
        if first == setting.today:
            return RefusedAnswer("day_out_of_bounds", {"latest": thai_weekday_date(last)})
        until = "วันนี้" if last == setting.today else thai_weekday_date(last)
        return RefusedAnswer(
            "day_out_of_bounds", text=f"ขอเป็นวันตั้งแต่{thai_weekday_date(first)} ถึง{until} นะคะ"
        )

    def _read(self, text: str, today: date) -> tuple[date | None, bool]:
        """Returns the day, and whether several were said.

        Without a year it is the next one, or, if only the past is asked for or only it has such a day, the last one.
        """
        first, last = self._bounds(today, _TYPED_AHEAD)
        first_year = min(first.year, today.year - 1)
        last_year = max(last.year, today.year + 20) if last > today else today.year
        sides = [past for past, is_asked in ((False, last > today), (True, first < today)) if is_asked]
        calendars = [Calendar(today, past, first_year, last_year) for past in sides or [False]]
        read = [read_day_or_several(text, calendar) for calendar in calendars]
        return next((each for each in read if each[0] is not None and first <= each[0] <= last), read[0])

    def _bounds(self, today: date, open_days: int) -> tuple[date, date]:
        asks_for_past = bool(self.days_back) or self.earliest is not None
        ahead = (0 if asks_for_past else open_days) if self.days_ahead is None else self.days_ahead
        first = self.earliest or max(_FIRST, today - timedelta(days=self.days_back))
        return first, self.latest or min(_LAST, today + timedelta(days=ahead))

    def _show(self, value: Any) -> str:
        return thai_weekday_date(date.fromisoformat(value))

    def _days(self, setting: Setting) -> DayRange | None:
        """Returns the days that a calendar offers; None if the last one has passed before the first one comes."""
        first, last = self._bounds(setting.today, _PICKED_AHEAD)
        return DayRange(first, last, initial=min(max(setting.today, first), last)) if first <= last else None

    def chat(self, setting: Setting) -> ChatInputs:
        return ChatInputs(days=self._days(setting))

    def web(self, setting: Setting) -> tuple[WebField, ...]:
        first, last = self._bounds(setting.today, _PICKED_AHEAD)
        return (WebField("date", least=first.isoformat(), most=last.isoformat()),)
