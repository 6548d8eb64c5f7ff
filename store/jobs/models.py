"""Describes the table of jobs: long work that is done in steps."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.clock import now
from store.database.closed_sets import must_be_one_of, one_of
from store.database.engine import Table
from store.database.indexes import partial_index

_IS_OPEN = "state IN ('waiting', 'running')"


class JobKind(StrEnum):
    """Lists the kinds of jobs. What each does stands in `store.operations.job_kinds`."""

    BACKUP = "backup"
    REENCRYPT = "reencrypt"


class JobState(StrEnum):
    """Lists the states of a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """Lists what a running job works on."""

    ROWS = "rows"
    FILES = "files"


class FailReason(StrEnum):
    """Says why a job failed."""

    ERROR = "error"  # every try raised an error; `log_reference` leads to it in the log
    WORKER_ENDED = "worker_ended"  # the worker process ended at every try
    NO_FOLDER = "no_folder"  # the folder for backups cannot be written
    NO_KEY_FILE = "no_key_file"  # the key of backups cannot be read
    NO_ROOM = "no_room"  # the disk is full
    RESTORED = "restored"  # it was open in a backup that was restored


OPEN = (JobState.WAITING, JobState.RUNNING)


class Job(Table):
    """Holds one job. It contains no personal data.

    `cursor` says where the next step goes on, and `lease` counts the claims: only the worker that made the last claim
    may write. `tries` counts the claims since the cursor last moved, and `next_try_at` is when the next worker may
    claim the job. `done` of `total` steps of the phase are done. At most one job of a kind is open.
    """

    __tablename__ = "job"
    __table_args__ = (
        must_be_one_of(JobKind, "kind"),
        must_be_one_of(JobState, "state"),
        must_be_one_of(Phase, "phase"),
        must_be_one_of(FailReason, "reason"),
        partial_index("ix_job_due", "next_try_at", "id", where=_IS_OPEN),
        partial_index("uq_job_open", "kind", where=_IS_OPEN, unique=True),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[JobKind] = mapped_column(one_of(JobKind, 16))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    # None: the system asked for it.
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[JobState] = mapped_column(one_of(JobState, 10), default=JobState.WAITING)
    phase: Mapped[Phase | None] = mapped_column(one_of(Phase, 10))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    tries: Mapped[int] = mapped_column(default=0)
    lease: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(default=now)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[FailReason | None] = mapped_column(one_of(FailReason, 16))
    log_reference: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def percent(self) -> int:
        """Returns how much of the phase is done, 0 to 100; 100 only when the job is done."""
        if self.state is JobState.DONE:
            return 100
        return min(100 * self.done // self.total, 99) if self.total else 0
