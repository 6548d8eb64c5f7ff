"""Tests office time and promises: Bangkok's days, the office's hours, the edges of the fiscal year."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.clock import BANGKOK
from store.municipality.calendar import OfficeCalendar, fiscal_year
from store.municipality.profile import OfficeHours, read_municipality
from store.settings import DEMO_MUNICIPALITY
from store.thai import thai_moment
from tests.pure.strategies import SOME

DEMO = OfficeCalendar.of(read_municipality(DEMO_MUNICIPALITY))
PLAIN = OfficeCalendar(OfficeHours(), frozenset())


def at(text: str) -> datetime:
    """Returns a moment in Bangkok's time."""
    return datetime.fromisoformat(text).replace(tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("entered", "received"),
    [
        ("2026-11-20T10:12", "2026-11-20T10:12"),
        ("2026-11-20T18:05", "2026-11-23T08:30"),
        ("2026-11-20T08:29:59", "2026-11-20T08:30"),
        ("2026-11-20T08:30", "2026-11-20T08:30"),
        ("2026-11-20T16:29:59", "2026-11-20T16:29:59"),
        ("2026-11-20T16:30", "2026-11-23T08:30"),
        ("2026-11-21T10:00", "2026-11-23T08:30"),
        ("2026-11-23T00:00", "2026-11-23T08:30"),
        ("2026-12-07T10:00", "2026-12-08T08:30"),
        ("2026-12-30T17:00", "2027-01-04T08:30"),
        ("2027-04-12T16:30", "2027-04-16T08:30"),
    ],
)
def test_a_request_counts_as_received_at_the_next_office_time(entered, received):
    assert DEMO.deemed_received(at(entered)) == at(received)


def test_a_moment_told_in_utc_is_judged_in_bangkok():
    friday_evening = datetime(2026, 11, 20, 11, 5, tzinfo=UTC)
    assert thai_moment(DEMO.deemed_received(friday_evening)) == "23 พ.ย. 2569 เวลา 08.30 น."


def test_midnight_is_bangkoks():
    before, after = datetime(2026, 11, 19, 16, 59, tzinfo=UTC), datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
    assert DEMO.due_on(before, 1, "calendar") == date(2026, 11, 20)
    assert DEMO.due_on(after, 1, "calendar") == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("received", "days", "unit", "due"),
    [
        ("2026-11-20T10:00", 3, "working", "2026-11-25"),
        ("2026-11-20T10:00", 3, "calendar", "2026-11-23"),
        ("2026-11-20T10:00", 0, "working", "2026-11-20"),
        ("2026-12-04T10:00", 1, "working", "2026-12-08"),
        ("2026-12-29T10:00", 2, "working", "2027-01-04"),
        ("2028-02-28T10:00", 1, "working", "2028-02-29"),
        ("2028-02-28T10:00", 2, "calendar", "2028-03-01"),
        ("2027-02-26T10:00", 1, "working", "2027-03-01"),
    ],
)
def test_a_promise_ends_on_its_last_day_and_the_day_of_receipt_is_not_counted(received, days, unit, due):
    assert DEMO.due_on(at(received), days, unit) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        ("2026-09-30", 2569),
        ("2026-10-01", 2570),
        ("2026-12-31", 2570),
        ("2027-01-01", 2570),
        ("2028-02-29", 2571),
    ],
)
def test_the_fiscal_year_is_named_by_the_year_in_which_it_ends(day, year):
    assert fiscal_year(date.fromisoformat(day)) == year


def test_a_holiday_is_no_working_day_and_neither_is_a_weekend():
    assert not DEMO.is_working_day(date(2026, 12, 10))
    assert not DEMO.is_working_day(date(2026, 12, 12))
    assert PLAIN.is_working_day(date(2026, 12, 10))


def test_an_office_may_open_on_other_days():
    weekend = OfficeCalendar(OfficeHours(days=(6, 7)), frozenset())
    assert weekend.deemed_received(at("2026-11-20T10:00")) == at("2026-11-21T08:30")


_SINCE, _UNTIL = datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2090-01-01")
_MOMENTS = st.datetimes(_SINCE, _UNTIL, timezones=st.just(UTC))


@given(_MOMENTS)
@SOME
def test_receipt_is_never_before_entry_and_always_in_office_time(moment):
    received = DEMO.deemed_received(moment)
    assert received >= moment
    assert DEMO.is_open(received)
    assert DEMO.deemed_received(received) == received


@given(_MOMENTS, st.integers(1, 60))
@SOME
def test_a_promise_in_working_days_ends_on_one_and_grows_with_its_days(moment, days):
    due = DEMO.due_on(moment, days, "working")
    assert DEMO.is_working_day(due)
    assert DEMO.due_on(moment, days + 1, "working") == DEMO.next_working_day(due)
    assert DEMO.due_on(moment, days, "calendar") <= due


@given(st.dates(date(1900, 1, 1), date(2400, 1, 1)))
@SOME
def test_the_fiscal_year_turns_once_a_year(day):
    turns = fiscal_year(day + timedelta(days=1)) - fiscal_year(day)
    assert turns == ((day.month, day.day) == (9, 30))
