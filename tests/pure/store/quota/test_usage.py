"""Tests calculations about the month: what is left, how it will end, whether the plan dropped, and what it costs."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.clock import BANGKOK
from store.municipality.calendar import Month
from store.municipality.profile import Plan
from store.quota.models import QuotaReading
from store.quota.usage import Billed, QuotaStatus, baht_of, baht_of_month, weigh

FREE = Plan(messages=300, reserve=60)
BASIC = Plan(name="Basic", messages=15_000, monthly_baht=1280, extra_baht=0.1, reserve=500)
AFTER_TEN_DAYS = datetime(2026, 11, 11, tzinfo=BANGKOK)


def a_reading(
    *, most: int | None = 300, used: int = 0, ours: int = 0, at: datetime = AFTER_TEN_DAYS
) -> QuotaReading:
    return QuotaReading(at=at, month=Month.of(at).name, most=most, used=used, ours=ours)


def after_ten_days(*, most: int | None = 300, used: int, broadcast: int = 0) -> QuotaStatus:
    ours = Billed(push=used - broadcast, multicast=broadcast)
    return weigh(FREE, a_reading(most=most, used=used, ours=used), ours, at=AFTER_TEN_DAYS)


def test_a_month_turns_at_midnight_in_bangkok() -> None:
    last = datetime(2026, 11, 30, 16, 59, 59, tzinfo=UTC)
    assert [Month.of(last).name, Month.of(last + timedelta(seconds=1)).name] == ["2026-11", "2026-12"]


def test_a_year_turns_both_ways() -> None:
    december = Month(2026, 12)
    assert (december.after, december.after.before) == (Month(2027, 1), december)
    assert december.ends == datetime(2027, 1, 1, tzinfo=BANGKOK)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_moment_lies_in_its_month(at: datetime) -> None:
    month = Month.of(at)
    assert month.starts <= at < month.ends
    assert month.before.ends == month.starts
    assert month.after.before == month


def test_a_pace_that_fits_lasts_the_month() -> None:
    month = after_ten_days(used=100)
    assert (month.forecast, month.is_short, month.runs_out_on, month.left) == (300, False, None, 200)
    assert month.days_left == 20


def test_a_pace_that_does_not_fit_names_the_day() -> None:
    month = after_ten_days(used=150)
    assert (month.forecast, month.is_short) == (450, True)
    assert month.runs_out_on == date(2026, 11, 21)


def test_a_broadcast_is_not_taken_for_a_habit() -> None:
    month = after_ten_days(used=250, broadcast=240)
    assert (month.forecast, month.is_short) == (270, False)


def test_the_first_hours_count_as_a_day() -> None:
    at = datetime(2026, 11, 1, 1, tzinfo=BANGKOK)
    month = weigh(FREE, a_reading(at=at, used=5, ours=5), Billed(push=5), at=at)
    assert month.forecast < 160


def test_what_is_gone_is_gone_and_never_less_than_nothing() -> None:
    month = after_ten_days(used=305)
    assert (month.left, month.is_gone, month.runs_out_on) == (0, True, None)


def test_without_a_limit_nothing_runs_out() -> None:
    month = after_ten_days(most=None, used=90_000)
    assert (month.left, month.is_gone, month.is_short, month.has_dropped) == (None, False, False, False)


def test_what_line_counted_and_we_did_not_send_was_sent_by_others() -> None:
    month = weigh(FREE, a_reading(used=120, ours=100), Billed(push=103), at=AFTER_TEN_DAYS, unread=3)
    assert (month.others, month.used) == (20, 123)


def test_what_line_has_not_counted_yet_is_nobody_elses() -> None:
    assert weigh(FREE, a_reading(used=90, ours=100), Billed(push=100), at=AFTER_TEN_DAYS).others == 0


def test_before_any_reading_the_plan_is_believed() -> None:
    month = weigh(FREE, None, Billed(push=10), at=AFTER_TEN_DAYS)
    assert (month.read_at, month.most, month.used, month.left) == (None, 300, 10, 290)


def test_a_new_month_begins_with_what_we_sent_in_it() -> None:
    at = datetime(2026, 12, 1, 0, 30, tzinfo=BANGKOK)
    gone = a_reading(used=300, ours=250, at=at - timedelta(hours=1))
    month = weigh(FREE, gone, Billed(push=2), at=at, unread=9)
    assert (month.used, month.left, month.others) == (2, 298, 0)


@pytest.mark.parametrize(
    ("most", "before", "dropped"),
    [
        (300, (), (False, None)),
        (300, (300, 200), (False, None)),
        (300, (35_000, 300), (True, 35_000)),
        (299, (), (True, 300)),
        (300, (None,), (True, None)),
        (None, (None, 300), (False, None)),
        (35_000, (300,), (False, None)),
    ],
)
def test_a_plan_has_dropped_when_it_was_larger_in_the_file_or_in_an_earlier_reading(
    most: int | None, before: tuple[int | None, ...], dropped: tuple[bool, int | None]
) -> None:
    month = weigh(FREE, a_reading(most=most), Billed(), at=AFTER_TEN_DAYS, before=before)
    assert (month.has_dropped, month.dropped_from) == dropped


def test_beyond_the_plan_each_message_is_charged_to_the_satang() -> None:
    assert baht_of_month(BASIC, 15_000) == Decimal(1280)
    assert baht_of_month(BASIC, 15_003) == Decimal("1280.30")
    assert baht_of_month(FREE, 400) == 0


def test_a_message_is_worth_its_share_of_the_plan() -> None:
    assert baht_of(BASIC, 15_000) == Decimal(1280)
    assert baht_of(BASIC, 100) == Decimal("8.53")
    assert baht_of(FREE, 300) == 0
    assert baht_of(Plan(messages=0), 7) == 0
