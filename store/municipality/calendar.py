"""Computes office time: months, when a request counts as received, and by when the office promised to answer."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Self

from store.clock import BANGKOK, in_bangkok
from store.municipality.profile import Municipality, OfficeHours

Unit = Literal["working", "calendar"]


def fiscal_year(day: date) -> int:
    """Returns the Buddhist-era year in which the fiscal year (1 October to 30 September) ends."""
    return day.year + 543 + (1 if day.month >= 10 else 0)


@dataclass(frozen=True)
class Month:
    """Represents a calendar month in Bangkok's time."""

    year: int
    number: int

    @classmethod
    def of(cls, at: datetime) -> Self:
        local = in_bangkok(at)
        return cls(local.year, local.month)

    @property
    def name(self) -> str:
        return f"{self.year}-{self.number:02d}"

    @property
    def starts(self) -> datetime:
        return datetime(self.year, self.number, 1, tzinfo=BANGKOK)

    @property
    def ends(self) -> datetime:
        return self.after.starts

    @property
    def after(self) -> Self:
        return type(self)(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def before(self) -> Self:
        return type(self)(self.year - (self.number == 1), (self.number - 2) % 12 + 1)


@dataclass(frozen=True)
class OfficeCalendar:
    hours: OfficeHours
    holidays: frozenset[date]

    @classmethod
    def of(cls, municipality: Municipality) -> "OfficeCalendar":
        return cls(municipality.office_hours, frozenset(h.day for h in municipality.holidays))

    def is_working_day(self, day: date) -> bool:
        return day.isoweekday() in self.hours.days and day not in self.holidays

    def next_working_day(self, day: date) -> date:
        """Returns the first working day after `day`."""
        day += timedelta(days=1)
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def is_open(self, at: datetime) -> bool:
        local = in_bangkok(at)
        return self.is_working_day(local.date()) and self.hours.opens <= local.time() < self.hours.closes

    def deemed_received(self, at: datetime) -> datetime:
        """Returns when a request counts as received: outside office time at the next opening (Electronic Transactions
        in Public Service Act B.E. 2565, s.10). The true time of entry is kept beside it.
        """
        if self.is_open(at):
            return at
        local = in_bangkok(at)
        opens_today = self.is_working_day(local.date()) and local.time() < self.hours.opens
        day = local.date() if opens_today else self.next_working_day(local.date())
        return datetime.combine(day, self.hours.opens, BANGKOK)

    def due_on(self, received: datetime, days: int, unit: Unit) -> date:
        """Returns the day by which to answer, `days` working or calendar days after the day of receipt."""
        day = in_bangkok(received).date()
        if unit == "calendar":
            return day + timedelta(days=days)
        for _ in range(days):
            day = self.next_working_day(day)
        return day
