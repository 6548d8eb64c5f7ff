"""Tests that the worker notices a set clock and keeps its heartbeat, and that jobs and waiting rows go on."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import event
from sqlalchemy.orm import Session

from bot.supervision.timekeeping import Timekeeper
from store.clock import now
from store.database.engine import Database
from store.messaging import outbox
from store.messaging.models import OutboxRow
from store.operations import heartbeats
from tests.builders import a_resident

JUMPS = [timedelta(seconds=5), timedelta(seconds=90), timedelta(hours=1), timedelta(days=3)]


@pytest.fixture
def scheduler(clock: time_machine.Traveller) -> Iterator[BackgroundScheduler]:
    """Yields a scheduler that plans jobs and does not run them."""
    opened = BackgroundScheduler(timezone="UTC")
    opened.add_job(print, "interval", seconds=10)
    opened.add_job(print, "interval", hours=1)
    opened.start(paused=True)
    yield opened
    opened.shutdown(wait=False)


def news(session: Session, *, hold: int = 0) -> int:
    row = outbox.put_notice(session, a_resident(session), "case_message", {}, hold_seconds=hold)
    session.flush()
    return row.id


@pytest.mark.parametrize(
    "by", [sign * by for by in JUMPS for sign in (1, -1)], ids=lambda by: f"{by.total_seconds():+.0f}s"
)
def test_after_a_jump_the_worker_beats_and_each_job_is_due_within_its_interval(
    database: Database, scheduler: BackgroundScheduler, clock: time_machine.Traveller, by: timedelta
) -> None:
    keeper = Timekeeper(database, scheduler)
    keeper.step()
    with database.transaction() as session:
        row_id = news(session, hold=60)
    clock.shift(by)
    keeper.step()
    with database.reading() as session:
        assert heartbeats.is_alive(session, "worker")
        left = session.get_one(OutboxRow, row_id).next_try_at - now()
    assert timedelta(0) < left <= timedelta(seconds=61)
    for job in scheduler.get_jobs():
        assert job.next_run_time - now() <= job.trigger.interval


def test_an_answer_put_before_the_worker_notices_that_the_clock_was_set_ahead_is_due_at_once(
    database: Database, scheduler: BackgroundScheduler, clock: time_machine.Traveller
) -> None:
    keeper = Timekeeper(database, scheduler)
    keeper.step()
    clock.shift(timedelta(days=3))
    with database.transaction() as session:
        row_id = news(session)
    keeper.step()
    with database.reading() as session:
        assert session.get_one(OutboxRow, row_id).next_try_at <= now()


def test_a_clock_set_back_while_no_worker_ran_is_noticed_at_the_start(
    database: Database, scheduler: BackgroundScheduler, clock: time_machine.Traveller
) -> None:
    Timekeeper(database, scheduler).step()
    with database.transaction() as session:
        row_id = news(session)
    clock.shift(timedelta(days=-3))
    keeper = Timekeeper(database, scheduler)
    keeper.begin()
    keeper.step()
    with database.reading() as session:
        assert session.get_one(OutboxRow, row_id).next_try_at <= now() + timedelta(seconds=1)


@pytest.mark.parametrize("by", [timedelta(days=3), timedelta(days=-3)], ids=["ahead", "back"])
def test_two_workers_of_one_machine_move_the_times_once_for_each_jump(
    database: Database, scheduler: BackgroundScheduler, clock: time_machine.Traveller, by: timedelta
) -> None:
    keepers = [Timekeeper(database, scheduler) for _ in range(2)]
    with database.transaction() as session:
        row_id = news(session, hold=600)
    for jump in (by, -by, by):
        clock.shift(jump)
        for keeper in keepers:
            keeper.step()
        with database.reading() as session:
            left = session.get_one(OutboxRow, row_id).next_try_at - now()
        assert timedelta(minutes=5) < left < timedelta(minutes=15)


def test_a_move_that_fails_half_way_moves_nothing_and_is_done_once_when_it_is_tried_again(
    database: Database, scheduler: BackgroundScheduler, clock: time_machine.Traveller
) -> None:
    keeper = Timekeeper(database, scheduler)
    with database.transaction() as session:
        row_id = news(session, hold=600)
    fails = [True]

    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if fails and statement.startswith("SELECT mailing.id"):
            raise ZeroDivisionError

    event.listen(database.engine, "before_cursor_execute", fail)
    clock.shift(timedelta(days=3))
    with pytest.raises(ZeroDivisionError):
        keeper.step()
    fails.clear()
    with database.reading() as session:
        assert session.get_one(OutboxRow, row_id).next_try_at < now()
    keeper.step()
    with database.reading() as session:
        left = session.get_one(OutboxRow, row_id).next_try_at - now()
    assert timedelta(minutes=5) < left < timedelta(minutes=15)
