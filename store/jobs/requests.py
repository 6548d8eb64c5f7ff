"""Asks for jobs, cancels them and lists them."""

from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.clock import now
from store.database.upsert import insert_into
from store.jobs.models import OPEN, Job, JobKind, JobState

MAX_SHOWN = 50


class NoParameters(BaseModel):
    """Describes the parameters of a job that takes none."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# The parameters of each kind; they hold no personal data.
PARAMETERS: Final[dict[JobKind, type[BaseModel]]] = {
    JobKind.BACKUP: NoParameters,
    JobKind.REENCRYPT: NoParameters,
}


def ask(
    session: Session, kind: JobKind, *, by: int | None, parameters: dict[str, Any] | None = None
) -> Job | None:
    """Adds a job and returns it; returns None if one of this kind is open already.

    `by` is the id of the member of staff, None for the system. Raises pydantic.ValidationError for parameters that the
    kind does not take.
    """
    checked = PARAMETERS[kind].model_validate(parameters or {}).model_dump(mode="json")
    adding = insert_into(session, Job).values(kind=kind, parameters=checked, asked_by_id=by)
    added = session.execute(adding.on_conflict_do_nothing().returning(Job.id)).scalar_one_or_none()
    return None if added is None else session.get_one(Job, added)


def cancel(session: Session, job_id: int) -> bool:
    """Cancels an open job; returns False if there is none with this id. Its worker stops at its next step."""
    job = session.scalars(select(Job).where(Job.id == job_id, Job.state.in_(OPEN)).with_for_update()).first()
    if job is None:
        return False
    job.state, job.ended_at = JobState.CANCELLED, now()
    return True


def newest(session: Session) -> Sequence[Job]:
    """Returns the newest jobs, the newest first."""
    return session.scalars(select(Job).order_by(Job.id.desc()).limit(MAX_SHOWN)).all()
