"""Writes the audit log: who did what, and who looked at what. Timelines of cases and broadcasts are written with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from store.audit.models import AuditEntry
from store.clock import now

ORIGIN = "origin"


@dataclass(frozen=True)
class Subject:
    """Names what an entry is about, such as the case with this id. `kind` is a word such as case, file or staff."""

    kind: str
    id: int | None


@dataclass(frozen=True)
class Origin:
    """Says from where a request comes: the fingerprint of its address, and a reference to its session."""

    place: str | None = None
    session: str | None = None


def write_down(
    session: Session,
    act: str,
    *,
    staff_id: int | None = None,
    resident_id: int | None = None,
    about: Subject | None = None,
    change: tuple[str | None, str | None] = (None, None),
    details: Mapping[str, str | int | bool | None] | None = None,
    place: str | None = None,
) -> AuditEntry:
    """Adds an entry to the audit log, in the transaction of the act itself; nobody can change it afterwards.

    `change` is a status, a power or a digest before and after; like `details` it never holds what anybody typed.
    `place` is the fingerprint of the sender's address, never the address itself; without it, that of the session's
    origin is taken.
    """
    origin: Origin = session.info.get(ORIGIN) or Origin()
    row = AuditEntry(
        at=now(),
        act=act,
        staff_id=staff_id,
        resident_id=resident_id,
        subject=about.kind if about else None,
        subject_id=about.id if about else None,
        before=change[0],
        after=change[1],
        details=dict(details or {}),
        place=place or origin.place,
        session=origin.session,
    )
    session.add(row)
    return row
