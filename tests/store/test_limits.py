"""Uses are counted in a window that slides, and those who use at once see each other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine

from store.db import Database
from store.limits import Limit, LimitReached, use
from store.purging import purge
from store.staff_models import LimitedUse

THREE_AN_HOUR = Limit("test", 3, timedelta(hours=1))


def once(database: Database, whom: str = "staff 1", times: int = 1) -> int | None:
    """None, or after how many seconds again."""
    try:
        with database.transaction() as session:
            use(session, THREE_AN_HOUR, whom, times=times)
    except LimitReached as error:
        return error.seconds
    return None


def test_the_eldest_use_makes_room_again(database: Database, clock: time_machine.Traveller) -> None:
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


def test_old_uses_are_forgotten(database: Database, clock: time_machine.Traveller) -> None:
    once(database)
    clock.shift(timedelta(days=2))
    purge(database)
    with database.reading() as session:
        assert session.query(LimitedUse).count() == 0
