"""Defines the kind `date`: one day, as people type it or pick it from a calendar."""

from datetime import date, timedelta
from typing import Any, Literal

from pydantic import Field

from store.services.answers.dates import read_day_or_several
from store.services.answers.inputs import Day, Said, TypedText
from store.services.answers.verdicts import Accepted, RefusedAnswer, Setting, Verdict
from store.services.forms import ChatInputs, DayRange, WebField
from store.services.question import Question
from store.thai import thai_weekday_date

# Without `days_ahead`, in days: what may be typed, and what a calendar offers.
_TYPED_AHEAD = 3650
_PICKED_AHEAD = 365


class DateQuestion(Question):
    """Asks for a day from today on, at most `days_ahead` days ahead. The value is the day in ISO 8601: 2026-11-25."""

    takes = frozenset({TypedText, Day})

    kind: Literal["date"]
    days_ahead: int = Field(default=0, ge=0)

    def _check(self, said: Said, setting: Setting) -> Verdict:
        if not isinstance(said, TypedText | Day):
            return RefusedAnswer("want_a_day")
        day, several = (
            (said.day, False) if isinstance(said, Day) else read_day_or_several(said.text, setting.today)
        )
        if day is None:
            return RefusedAnswer("want_one_day" if several else "want_a_day")
        latest = setting.today + timedelta(days=self.days_ahead or _TYPED_AHEAD)
        if not setting.today <= day <= latest:
            return RefusedAnswer("day_out_of_bounds", {"latest": thai_weekday_date(latest)})
        return Accepted(day.isoformat())

    def _show(self, value: Any) -> str:
        return thai_weekday_date(date.fromisoformat(value))

    def _days(self, setting: Setting) -> DayRange:
        latest = setting.today + timedelta(days=self.days_ahead or _PICKED_AHEAD)
        return DayRange(setting.today, latest, initial=setting.today)

    def chat(self, setting: Setting) -> ChatInputs:
        return ChatInputs(days=self._days(setting))

    def web(self, setting: Setting) -> tuple[WebField, ...]:
        days = self._days(setting)
        return (WebField("date", least=days.earliest.isoformat(), most=days.latest.isoformat()),)
