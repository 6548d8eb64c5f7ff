"""Gives each job to one worker at a time, and lets only that worker write its progress.

A claim counts a try in a commit of its own before the work, so that a job that ends its worker is given up after
several tries. A claim lasts as long as its lease, which each step extends. A worker that is slower than its lease may
go on until another claims the job; then the number of the lease is another, and all that the slow worker writes is
refused.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from store.clock import now
from store.jobs.models import OPEN, FailReason, Job, JobKind, JobState, Phase

MAX_TRIES = 5
LEASE = timedelta(minutes=1)
PAUSE = timedelta(seconds=10)


class LeaseLost(Exception):
    """Says that this worker may not go on: the job is cancelled, or another worker has claimed it."""


@dataclass(frozen=True)
class Claim:
    """Holds what a worker needs to go on with a job."""

    job_id: int
    kind: JobKind
    lease: int
    parameters: dict[str, Any]
    cursor: dict[str, Any]


@dataclass(frozen=True)
class Progress:
    """Says that `done` of `total` parts of a phase are done."""

    phase: Phase
    done: int
    total: int


def _is_due(kinds: Collection[JobKind]) -> ColumnElement[bool]:
    return and_(Job.state.in_(OPEN), Job.kind.in_(kinds), Job.next_try_at <= now())


def is_due(session: Session, kinds: Collection[JobKind]) -> bool:
    return session.scalar(select(func.min(Job.id)).where(_is_due(kinds))) is not None


def claim(session: Session, kinds: Collection[JobKind]) -> Claim | None:
    """Counts a try of the oldest due job and returns it; None if none is due. The caller commits before it works.

    A job whose worker ended at every try has failed.
    """
    query = select(Job).where(_is_due(kinds)).order_by(Job.id).with_for_update(skip_locked=True)
    for job in session.scalars(query):
        if job.tries >= MAX_TRIES:
            _end(job, JobState.FAILED, FailReason.WORKER_ENDED)
            continue
        job.state, job.tries, job.lease = JobState.RUNNING, job.tries + 1, job.lease + 1
        job.next_try_at, job.started_at = now() + LEASE, job.started_at or now()
        return Claim(job.id, job.kind, job.lease, dict(job.parameters), dict(job.cursor))
    return None


def extend(session: Session, held: Claim, progress: Progress) -> None:
    """Writes progress within a step, and extends the lease. Raises LeaseLost."""
    _change(session, held, **_written(progress))


def save(session: Session, held: Claim, cursor: dict[str, Any], progress: Progress) -> None:
    """Writes where the next step goes on, in the transaction of this step's effect. Raises LeaseLost."""
    _change(session, held, cursor=cursor, tries=0, **_written(progress))


def finish(session: Session, held: Claim, result: dict[str, Any]) -> None:
    """Ends a job that has done all; `result` holds counts and names of files, no personal data. Raises LeaseLost."""
    _change(session, held, state=JobState.DONE, result=result, ended_at=now())


def release(session: Session, held: Claim) -> None:
    """Lets another worker claim the job at once. Raises LeaseLost."""
    _change(session, held, next_try_at=now())


def fail(session: Session, held: Claim, reason: FailReason, log_reference: str | None = None) -> None:
    """Ends a job that cannot be done. Raises LeaseLost."""
    job = _held(session, held)
    _end(job, JobState.FAILED, reason, log_reference)


def put_off(session: Session, held: Claim, log_reference: str) -> None:
    """Lets the job be tried again a little later after an error; after several tries it has failed.

    Raises LeaseLost.
    """
    job = _held(session, held)
    job.log_reference = log_reference
    job.next_try_at = now() + PAUSE * job.tries
    if job.tries >= MAX_TRIES:
        _end(job, JobState.FAILED, FailReason.ERROR, log_reference)


def is_cancelled(session: Session, held: Claim) -> bool:
    return session.scalar(select(Job.state).where(Job.id == held.job_id)) == JobState.CANCELLED


def ended_before(then: datetime) -> ColumnElement[bool]:
    """Selects jobs that ended before `then`."""
    return and_(Job.state.not_in(OPEN), Job.ended_at < then)


def _written(progress: Progress) -> dict[str, Any]:
    return {**vars(progress), "next_try_at": now() + LEASE}


def _is_held(held: Claim) -> ColumnElement[bool]:
    return and_(Job.id == held.job_id, Job.lease == held.lease, Job.state == JobState.RUNNING)


def _held(session: Session, held: Claim) -> Job:
    job = session.scalars(select(Job).where(_is_held(held)).with_for_update()).first()
    if job is None:
        raise LeaseLost
    return job


def _change(session: Session, held: Claim, **values: Any) -> None:
    changing = update(Job).where(_is_held(held)).values(**values).returning(Job.id)
    if session.execute(changing, execution_options={"synchronize_session": False}).first() is None:
        raise LeaseLost


def _end(job: Job, state: JobState, reason: FailReason, log_reference: str | None = None) -> None:
    job.state, job.reason, job.ended_at = state, reason, now()
    job.log_reference = log_reference or job.log_reference
