"""Tests that a job goes on where it stopped, in one worker at a time, and stops when it is cancelled."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
import time_machine
from pydantic import ValidationError
from sqlalchemy import select

from store.database.engine import Database
from store.database.models import Series
from store.jobs import leases, requests
from store.jobs.leases import LEASE, MAX_TRIES, LeaseLost, Progress
from store.jobs.models import FailReason, Job, JobKind, JobState, Phase
from store.jobs.runner import JobFailed, JobRunner, Kind, Work
from store.operations.retention import REMEMBER_JOBS_FOR, purge

STEPS = 5


class Killed(BaseException):
    """Stands for the end of the process in the middle of a step."""


class Counting:
    """Counts in the table of series up to STEPS. `raises` maps the number of a step to what it raises, once or always.

    It raises within the transaction, after its effect and before its commit.
    """

    def __init__(self, raises: Mapping[int, BaseException] | None = None) -> None:
        self.raises = dict(raises or {})
        self.begun: list[int] = []
        self.abandoned = 0

    def step(self, work: Work) -> None:
        number = work.cursor.get("next", 1)
        self.begun.append(number)
        with work.database.transaction() as session:
            session.merge(
                Series(name=f"step {number}", last=_times(session.get(Series, f"step {number}")) + 1)
            )
            session.flush()
            if number == STEPS:
                work.finish(session, {"steps": STEPS})
            else:
                work.save(session, {"next": number + 1}, Progress(Phase.ROWS, number, STEPS))
            if number in self.raises:
                raise self.raises[number]

    def abandon(self, _work: Work) -> None:
        self.abandoned += 1


def _times(row: Series | None) -> int:
    return row.last if row else 0


@pytest.fixture(autouse=True)
def _frozen(clock: time_machine.Traveller) -> None:
    """Sets the clock for all tests of this file."""


def a_runner(database: Database, kind: Kind) -> JobRunner:
    return JobRunner(database, {JobKind.BACKUP: kind}, rest=lambda _: False)


def run_to_the_end(runner: JobRunner) -> None:
    while runner.run_once():
        pass


def a_job(database: Database) -> int:
    with database.transaction() as session:
        job = requests.ask(session, JobKind.BACKUP, by=None)
        assert job is not None
        return job.id


def found(database: Database, job_id: int) -> Job:
    with database.reading() as session:
        return session.get_one(Job, job_id)


def counted(database: Database) -> dict[str, int]:
    """Returns how often each step took effect."""
    with database.reading() as session:
        rows = session.scalars(select(Series).where(Series.name.startswith("step ")))
        return {row.name: row.last for row in rows}


EACH_ONCE = {f"step {number}": 1 for number in range(1, STEPS + 1)}


def test_a_job_runs_to_its_end_and_shows_its_progress(database: Database) -> None:
    job_id, runner = a_job(database), a_runner(database, Counting())
    assert (found(database, job_id).state, found(database, job_id).percent) == (JobState.WAITING, 0)
    assert runner.run_once()
    job = found(database, job_id)
    assert (job.state, job.phase, job.done, job.total, job.percent) == ("running", "rows", 1, STEPS, 20)
    run_to_the_end(runner)
    job = found(database, job_id)
    assert (job.state, job.percent, job.result) == (JobState.DONE, 100, {"steps": STEPS})
    assert job.ended_at is not None
    assert counted(database) == EACH_ONCE


@pytest.mark.parametrize("killed_in", range(1, STEPS + 1))
def test_after_a_kill_the_next_worker_goes_on_from_the_cursor(
    database: Database, clock: time_machine.Traveller, killed_in: int
) -> None:
    job_id, kind = a_job(database), Counting({killed_in: Killed()})
    killed = a_runner(database, kind)
    with pytest.raises(Killed):
        run_to_the_end(killed)
    successor = Counting()
    other = a_runner(database, successor)
    assert not other.run_once()  # The lease of the killed worker is not over.
    clock.shift(LEASE + timedelta(seconds=1))
    run_to_the_end(other)
    assert successor.begun[0] == killed_in
    assert counted(database) == EACH_ONCE
    assert found(database, job_id).state is JobState.DONE


def test_a_worker_whose_lease_another_holds_changes_nothing(
    database: Database, clock: time_machine.Traveller
) -> None:
    job_id = a_job(database)
    slow, quick = a_runner(database, Counting()), a_runner(database, Counting())
    assert slow.run_once()
    clock.shift(LEASE + timedelta(seconds=1))
    assert quick.run_once()
    before = found(database, job_id)
    assert slow.run_once()  # Its step is rolled back together with its progress.
    after = found(database, job_id)
    assert (
        (after.lease, after.cursor, after.done)
        == (before.lease, before.cursor, before.done)
        == (2, {"next": 3}, 2)
    )
    assert counted(database) == {"step 1": 1, "step 2": 1}
    assert not slow.run_once()
    run_to_the_end(quick)
    assert counted(database) == EACH_ONCE


def test_a_slow_worker_goes_on_as_long_as_nobody_else_claimed_its_job(
    database: Database, clock: time_machine.Traveller
) -> None:
    job_id, runner = a_job(database), a_runner(database, Counting())
    assert runner.run_once()
    clock.shift(10 * LEASE)
    assert runner.run_once()
    assert (found(database, job_id).done, found(database, job_id).lease) == (2, 1)


def test_two_workers_never_claim_the_same_job(database: Database) -> None:
    a_job(database)
    with database.transaction() as session:
        assert leases.claim(session, [JobKind.BACKUP]) is not None
    with database.transaction() as session:
        assert leases.claim(session, [JobKind.BACKUP]) is None


def test_cancelling_takes_effect_at_the_next_step(database: Database) -> None:
    job_id, kind = a_job(database), Counting()
    runner = a_runner(database, kind)
    assert runner.run_once()
    with database.transaction() as session:
        assert requests.cancel(session, job_id)
    run_to_the_end(runner)
    assert counted(database) == {"step 1": 1}
    assert (found(database, job_id).state, kind.abandoned) == (JobState.CANCELLED, 1)
    with database.transaction() as session:
        assert not requests.cancel(session, job_id)


def test_a_job_that_waits_and_is_cancelled_never_begins(database: Database) -> None:
    job_id, kind = a_job(database), Counting()
    with database.transaction() as session:
        assert requests.cancel(session, job_id)
    assert not a_runner(database, kind).run_once()
    assert kind.begun == []


def test_a_job_that_ends_its_worker_every_time_has_failed(
    database: Database, clock: time_machine.Traveller
) -> None:
    job_id = a_job(database)
    for _ in range(MAX_TRIES):
        with pytest.raises(Killed):
            a_runner(database, Counting({1: Killed()})).run_once()
        clock.shift(LEASE + timedelta(seconds=1))
    assert not a_runner(database, Counting()).run_once()
    assert (found(database, job_id).state, found(database, job_id).reason) == (
        "failed",
        FailReason.WORKER_ENDED,
    )


def test_an_error_is_tried_again_later_and_then_named_by_its_place_in_the_log(
    database: Database, clock: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    job_id, runner = a_job(database), a_runner(database, Counting({3: OSError("what somebody typed")}))
    while found(database, job_id).is_open:
        if not runner.run_once():
            clock.shift(LEASE)
    job = found(database, job_id)
    assert (job.state, job.reason, job.cursor, job.tries) == (
        "failed",
        FailReason.ERROR,
        {"next": 3},
        MAX_TRIES,
    )
    assert job.log_reference in {getattr(record, "reference", None) for record in caplog.records}
    assert counted(database) == {"step 1": 1, "step 2": 1}


def test_what_another_try_would_not_help_fails_at_once(database: Database) -> None:
    job_id, kind = a_job(database), Counting({1: JobFailed(FailReason.NO_ROOM)})
    assert a_runner(database, kind).run_once()
    assert (found(database, job_id).state, found(database, job_id).reason) == ("failed", FailReason.NO_ROOM)
    assert kind.abandoned == 1


def test_a_long_step_keeps_its_lease(database: Database, clock: time_machine.Traveller) -> None:
    job_id = a_job(database)
    with database.transaction() as session:
        held = leases.claim(session, [JobKind.BACKUP])
    assert held is not None
    work = Work(database, held)
    for minute in range(1, 5):
        clock.shift(LEASE / 2)
        work.go_on(Progress(Phase.ROWS, minute, 9))
        assert not a_runner(database, Counting()).run_once()
    assert found(database, job_id).done == 4
    with database.transaction() as session:
        requests.cancel(session, job_id)
    clock.shift(LEASE / 2)
    with pytest.raises(LeaseLost):
        work.go_on(Progress(Phase.ROWS, 5, 9))


def test_a_worker_that_stops_hands_its_job_on_at_once(database: Database) -> None:
    a_job(database)
    stopping = JobRunner(database, {JobKind.BACKUP: Counting()}, rest=lambda _: True)
    assert stopping.run_once()
    assert a_runner(database, Counting()).run_once()
    assert counted(database) == {"step 1": 1, "step 2": 1}


def test_of_each_kind_one_job_is_open_and_its_parameters_are_checked(database: Database) -> None:
    job_id = a_job(database)
    with database.transaction() as session:
        assert requests.ask(session, JobKind.BACKUP, by=None) is None
        assert requests.ask(session, JobKind.REENCRYPT, by=None) is not None
        assert requests.cancel(session, job_id)
        again = requests.ask(session, JobKind.BACKUP, by=None)
        assert again is not None
        assert next(job.id for job in requests.newest(session)) == again.id
    with database.transaction() as session, pytest.raises(ValidationError):
        requests.ask(session, JobKind.BACKUP, by=None, parameters={"folder": "/etc"})


def test_a_worker_leaves_jobs_that_it_cannot_do_to_others(database: Database) -> None:
    a_job(database)
    assert not JobRunner(database, {JobKind.REENCRYPT: Counting()}).run_once()
    assert not JobRunner(database, {}).run_once()


def test_jobs_that_ended_long_ago_are_forgotten(database: Database, clock: time_machine.Traveller) -> None:
    ended = a_job(database)
    with database.transaction() as session:
        requests.cancel(session, ended)
    is_open = a_job(database)
    clock.shift(REMEMBER_JOBS_FOR + timedelta(days=1))
    purge(database)
    with database.reading() as session:
        assert list(session.scalars(select(Job.id))) == [is_open]
