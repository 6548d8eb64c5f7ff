"""Finds pictures that staff uploaded for broadcasts. They belong to no case, so no resident's photo can be sent to
others.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from store.broadcasts.content import read_content
from store.files.models import File, FileState


def _uploads() -> Select[File]:
    return select(File).where(
        File.staff_id.is_not(None),
        File.resident_id.is_(None),
        File.case_id.is_(None),
        File.event_id.is_(None),
        File.state == FileState.KEPT,
        File.mime == "image/jpeg",
    )


def find_upload(session: Session, token: str) -> File | None:
    return session.scalars(_uploads().where(File.token == token)).one_or_none()


def unknown_pictures(session: Session, tokens: Iterable[str]) -> set[str]:
    """Returns the tokens that name no uploaded picture."""
    wanted = set(tokens)
    known = (
        {file.token for file in session.scalars(_uploads().where(File.token.in_(wanted)))}
        if wanted
        else set()
    )
    return wanted - known


def pictures_of(*contents: dict[str, Any] | None) -> list[str]:
    return [token for content in contents if content for token in read_content(content).pictures()]
