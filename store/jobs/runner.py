"""Runs jobs step by step in a worker process."""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

from sqlalchemy.orm import Session

from store.clock import now
from store.database.engine import Database
from store.jobs import leases
from store.jobs.leases import LEASE, Claim, LeaseLost, Progress
from store.jobs.models import FailReason, JobKind
from store.logs import failure_fields

log = logging.getLogger(__name__)

# Between two steps others may write.
REST_SECONDS = 0.02


class JobFailed(Exception):
    """Says that another try would not help."""

    def __init__(self, reason: FailReason) -> None:
        super().__init__(reason)
        self.reason = reason


class Work:
    """Holds a claimed job while its steps run. A step ends with `save` or `finish`, in the transaction of its effect.

    All three methods that write raise LeaseLost when the job is cancelled or belongs to another worker.
    """

    def __init__(self, database: Database, held: Claim) -> None:
        self.database, self.held = database, held
        self.cursor: dict[str, Any] = held.cursor
        self.is_over = False
        self._extended_at = now()

    def save(self, session: Session, cursor: dict[str, Any], progress: Progress) -> None:
        leases.save(session, self.held, cursor, progress)
        self.cursor, self._extended_at = cursor, now()

    def finish(self, session: Session, result: dict[str, Any]) -> None:
        leases.finish(session, self.held, result)
        self.is_over = True

    def go_on(self, progress: Progress) -> None:
        """Extends the lease when a quarter of it is over. A step that takes long calls this again and again."""
        if abs(now() - self._extended_at) < LEASE / 4:
            return
        with self.database.transaction(durable=False) as session:
            leases.extend(session, self.held, progress)
        self._extended_at = now()


class Kind(Protocol):
    """Describes one kind of job."""

    def step(self, work: Work) -> None:
        """Does the next part after `work.cursor`. It may be repeated when the worker ended before it was saved."""

    def abandon(self, work: Work) -> None:
        """Deletes what the steps left outside the database, after the job was cancelled or has failed."""


class JobRunner:
    """Runs one job at a time, of the kinds that this process can do. It is used by one thread.

    `rest` waits so many seconds after each step. If it returns True, the process is about to end: then the job is given
    back, so that another worker need not wait for the end of its lease.
    """

    def __init__(
        self,
        database: Database,
        kinds: Mapping[JobKind, Kind],
        *,
        rest: Callable[[float], bool | None] = time.sleep,
    ) -> None:
        self._database, self._kinds, self._rest = database, kinds, rest
        self._work: Work | None = None

    def run_once(self) -> bool:
        """Runs one step; returns False if no job is due."""
        work, self._work = self._work or self._claimed(), None
        if work is None:
            return False
        kind = self._kinds[work.held.kind]
        try:
            kind.step(work)
        except LeaseLost:
            self._stop(kind, work)
        except JobFailed as error:
            self._fail(kind, work, error.reason)
        except Exception as error:
            self._put_off(work, error)
        else:
            self._work = None if work.is_over else work
            if self._rest(REST_SECONDS):
                self._release()
        return True

    def _release(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            with suppress(LeaseLost), self._database.transaction() as session:
                leases.release(session, work.held)

    def _claimed(self) -> Work | None:
        with self._database.reading() as session:
            if not leases.is_due(session, self._kinds.keys()):
                return None
        with self._database.transaction() as session:
            held = leases.claim(session, self._kinds.keys())
        return Work(self._database, held) if held else None

    def _stop(self, kind: Kind, work: Work) -> None:
        with self._database.reading() as session:
            is_cancelled = leases.is_cancelled(session, work.held)
        if is_cancelled:
            kind.abandon(work)

    def _fail(self, kind: Kind, work: Work, reason: FailReason) -> None:
        log.error("a job failed", extra={"row": work.held.job_id, "reason": str(reason)})
        try:
            with self._database.transaction() as session:
                leases.fail(session, work.held, reason)
        except LeaseLost:
            return  # The job is another worker's now, and so is what it has made so far.
        kind.abandon(work)

    def _put_off(self, work: Work, error: Exception) -> None:
        reference = secrets.token_hex(4)
        fields = failure_fields(error) | {"row": work.held.job_id, "reference": reference}
        log.error("a step of a job failed", extra=fields)
        with suppress(LeaseLost), self._database.transaction() as session:
            leases.put_off(session, work.held, reference)
