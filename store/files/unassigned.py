"""Finds files that were sent without a stated purpose shortly before a request, so that the request takes them."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.clock import now
from store.files.models import File, FileState
from store.residents.models import Conversation, Resident

TAKE_ALONG_WITHIN = timedelta(minutes=15)
MAX_FILES = 5


def unassigned_files(
    session: Session, resident: Resident, *, request: Conversation | None = None
) -> list[File]:
    """Returns up to five unassigned files, the oldest first: those that the resident sent in the last 15 minutes.

    With `request` they are those sent since 15 minutes before the request began.
    """
    since = (request.started_at if request else now()) - TAKE_ALONG_WITHIN
    query = (
        select(File)
        .where(
            File.resident_id == resident.id,
            File.state.in_((FileState.WANTED, FileState.KEPT)),
            File.case_id.is_(None),
            File.for_conversation.is_(False),
            File.created_at > since,
        )
        .order_by(File.id)
        .limit(MAX_FILES)
    )
    return list(session.scalars(query))


def claim(files: list[File], tokens: Collection[str]) -> None:
    """Marks the files that answer a question of the request; its case takes the other unassigned ones as they are."""
    for file in files:
        file.for_conversation = file.token in tokens


def give_back(session: Session, resident: Resident, tokens: Collection[str]) -> None:
    """Makes the files of a request that was begun by mistake unassigned again."""
    for file in session.scalars(select(File).where(File.resident_id == resident.id, File.token.in_(tokens))):
        file.for_conversation = False
