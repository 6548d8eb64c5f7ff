"""Tests that uses are counted in a sliding window, and that simultaneous uses are all counted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine

from store.cases.rate_limits import may_guess, may_send_file, next_case_at, note_wrong_code
from store.database.engine import Database
from store.files.lifecycle import want
from store.municipality.profile import Municipality, RequestLimits
from store.operations.retention import purge
from store.staff.models import LimitedUse
from store.staff.rate_limits import Limit, LimitReached, use
from tests.builders import a_case, a_resident

THREE_AN_HOUR = Limit("test", 3, timedelta(hours=1))


def once(database: Database, whom: str = "staff 1", times: int = 1) -> int | None:
    """Returns None, or after how many seconds another case is allowed."""
    try:
        with database.transaction() as session:
            use(session, THREE_AN_HOUR, whom, times=times)
    except LimitReached as error:
        return error.seconds
    return None


def test_the_oldest_use_makes_room_again(database: Database, clock: time_machine.Traveller) -> None:
    for _ in range(3):
        assert once(database) is None
        clock.shift(timedelta(minutes=10))
    assert 1795 <= (once(database) or 0) <= 1800
    assert once(database, "staff 2") is None
    clock.shift(timedelta(minutes=30, seconds=1))
    assert once(database) is None
    assert once(database) is not None


def test_many_at_once_count_as_many_and_what_is_refused_counts_nothing(database: Database) -> None:
    assert once(database, times=2) is None
    assert once(database, times=2) is not None
    assert once(database) is None


def test_of_ten_at_once_three_get_through(database: Database) -> None:
    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(lambda _: once(database), range(10)))
    assert results.count(None) == 3


def use_and_fail(database: Database) -> None:
    with database.transaction() as session:
        use(session, THREE_AN_HOUR, "staff 1")
        raise ZeroDivisionError


def test_what_is_undone_with_its_transaction_was_no_use(database: Database) -> None:
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            use_and_fail(database)
    assert once(database, times=3) is None


@pytest.mark.parametrize("back", [timedelta(minutes=5), timedelta(days=3)])
def test_uses_of_a_clock_that_was_set_back_since_count_for_nothing(
    database: Database, clock: time_machine.Traveller, back: timedelta
) -> None:
    assert once(database, times=3) is None
    clock.shift(-back)
    assert once(database, times=3) is None
    assert 0 < (once(database) or 0) <= 3600


def test_a_window_is_as_long_as_ever_though_clocks_differ_a_little(
    database: Database, clock: time_machine.Traveller
) -> None:
    assert once(database, times=3) is None
    clock.shift(timedelta(seconds=-30))
    assert once(database) == 3600


def test_what_a_resident_did_by_a_clock_that_was_set_back_since_holds_them_up_for_no_days(
    database: Database, municipality: Municipality, clock: time_machine.Traveller
) -> None:
    few = RequestLimits(cases_in_ten_minutes=1, cases_a_day=1, files_an_hour=1, wrong_codes=1)
    with database.transaction() as session:
        resident = a_resident(session)
        a_case(session, municipality, resident=resident)
        want(
            session, resident, kind="photo", line_message_id="1", name="", album=None, for_conversation=False
        )
        session.flush()
        note_wrong_code(resident)
        assert next_case_at(session, resident, few) is not None
        assert not may_send_file(session, resident, few)
        assert not may_guess(resident, few)
        clock.shift(timedelta(days=-3))
        assert next_case_at(session, resident, few) is None
        assert may_send_file(session, resident, few)
        assert may_guess(resident, few)
        note_wrong_code(resident)
        assert not may_guess(resident, few)


def test_old_uses_are_forgotten(database: Database, clock: time_machine.Traveller) -> None:
    once(database)
    clock.shift(timedelta(days=2))
    purge(database)
    with database.reading() as session:
        assert session.query(LimitedUse).count() == 0
