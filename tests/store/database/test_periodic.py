"""Tests that each periodic job runs once per slot, whatever the number of workers and their clocks."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from sqlalchemy import event, select

from bot.worker.schedule import tidy_up_in_turn
from store.clock import now
from store.database.engine import Database
from store.database.models import PeriodicSlot
from store.database.periodic import REMEMBER_FOR, forget_old, once, slot_of, take
from store.files.media import Media
from store.settings import StoreSettings
from tests.waiting import PATIENCE_SECONDS

HOUR = timedelta(hours=1)
CALLERS = 4


@pytest.fixture
def two_processes(store_settings: StoreSettings) -> Iterator[list[Database]]:
    """Opens two databases with connections of their own, as two workers have them."""
    opened = [Database(store_settings) for _ in range(2)]
    yield opened
    for database in opened:
        database.close()


def at_once(databases: list[Database], job: Callable[[Database], object]) -> list[object]:
    """Returns the results of several threads of each process, all of which began at the same moment."""
    start = Barrier(CALLERS * len(databases))

    def begin(database: Database) -> object:
        start.wait(timeout=PATIENCE_SECONDS)
        return job(database)

    with ThreadPoolExecutor(start.parties) as threads:
        return list(threads.map(begin, databases * CALLERS))


def test_of_all_who_want_a_slot_at_the_same_moment_one_has_it(
    two_processes: list[Database], clock: time_machine.Traveller
) -> None:
    for number in range(10):
        wanted = at_once(two_processes, lambda each, job=f"job {number}": once(each, job, HOUR))  # type: ignore[misc]
        assert sorted(map(bool, wanted)) == [False] * 7 + [True]


def test_two_schedulers_tidy_up_once_an_hour(
    two_processes: list[Database], store_settings: StoreSettings, clock: time_machine.Traveller
) -> None:
    times: list[datetime] = []

    def notice(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("DELETE FROM tick"):
            times.append(now())

    for database in two_processes:
        event.listen(database.engine, "before_cursor_execute", notice)
    media = Media(store_settings.media_url, two_processes[0].cipher)
    for hours in range(3):
        assert len(times) == hours
        at_once(two_processes, lambda each: tidy_up_in_turn(each, media))
        clock.shift(HOUR)
    assert len(times) == 3


def test_jobs_do_not_take_each_others_slots(database: Database, clock: time_machine.Traveller) -> None:
    assert [once(database, job, HOUR) for job in ("tidy up", "count", "tidy up")] == [True, True, False]


def test_slots_in_which_nobody_was_there_are_skipped(
    database: Database, clock: time_machine.Traveller
) -> None:
    assert once(database, "tidy up", HOUR)
    clock.shift(timedelta(hours=7))
    assert [once(database, "tidy up", HOUR) for _ in range(7)] == [True] + [False] * 6


@pytest.mark.parametrize("back", [timedelta(minutes=10), HOUR, timedelta(hours=5)])
def test_a_clock_that_jumps_back_repeats_nothing(
    database: Database, clock: time_machine.Traveller, back: timedelta
) -> None:
    for _ in range(6):
        assert once(database, "tidy up", HOUR)
        clock.shift(HOUR)
    clock.shift(-HOUR - back)
    done_again = 0
    for _ in range(int(back / timedelta(minutes=10))):
        done_again += once(database, "tidy up", HOUR)
        clock.shift(timedelta(minutes=10))
    assert done_again == 0


def test_after_a_clock_that_was_a_year_ahead_life_goes_on(
    database: Database, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=365))
    assert once(database, "tidy up", HOUR)
    clock.shift(timedelta(days=-365))
    assert once(database, "tidy up", HOUR)


def test_a_job_that_fails_in_its_transaction_may_be_done_by_another(
    database: Database, clock: time_machine.Traveller
) -> None:
    def fail() -> None:
        with database.transaction() as session:
            assert take(session, "count", slot_of(now(), HOUR))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.transaction() as session:
        assert take(session, "count", slot_of(now(), HOUR))


def test_a_slot_begins_at_a_round_time() -> None:
    at = datetime(2026, 11, 20, 3, 5, 7, 9, UTC)
    assert slot_of(at, HOUR) == datetime(2026, 11, 20, 3, tzinfo=UTC)
    assert slot_of(at, timedelta(seconds=10)) == datetime(2026, 11, 20, 3, 5, tzinfo=UTC)
    assert slot_of(at, timedelta(days=1)) == datetime(2026, 11, 20, tzinfo=UTC)


def test_only_ticks_to_which_no_clock_jumps_back_are_forgotten(
    database: Database, clock: time_machine.Traveller
) -> None:
    once(database, "old", HOUR)
    clock.shift(timedelta(days=2))
    once(database, "young", HOUR)
    clock.shift(REMEMBER_FOR - timedelta(days=1))
    with database.transaction() as session:
        forget_old(session)
        assert session.scalars(select(PeriodicSlot.job)).all() == ["young"]
