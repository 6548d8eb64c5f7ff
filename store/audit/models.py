"""Describes the tables of the audit log: entries, and checkpoints of their chain. Rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store.database.engine import Table


class AuditEntry(Table):
    """Holds one entry of the audit log: who did or looked at what, and when. It holds no personal data.

    The actor is a member of staff, a resident, or, with neither id, the system or somebody who is not signed in.
    `subject` and `subject_id` name what it was about, such as `case` 12; that row may be gone. `before` and `after` are
    a status, a power or a digest of what was changed. `details` are codes and numbers. `place` is the fingerprint of
    the sender's address and `session` the beginning of the hash of the session's cookie.
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_subject", "subject", "subject_id", "id"),
        Index("ix_audit_staff_id", "staff_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(40))
    # No foreign keys: they would lock the person's row, and an entry outlives what it is about.
    staff_id: Mapped[int | None]
    resident_id: Mapped[int | None]
    subject: Mapped[str | None] = mapped_column(String(20))
    subject_id: Mapped[int | None]
    before: Mapped[str | None] = mapped_column(String(80))
    after: Mapped[str | None] = mapped_column(String(80))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    place: Mapped[str | None] = mapped_column(String(64))
    session: Mapped[str | None] = mapped_column(String(16))

    @property
    def about(self) -> str:
        """Returns what the entry is about, such as `case 12`; empty if it is about nothing."""
        return f"{self.subject} {self.subject_id}" if self.subject else ""


class AuditCheckpoint(Table):
    """Holds the digest of each entry of a batch, and a hash that includes the hash of the checkpoint before.

    Checkpoints are numbered without gaps from 1. `entries` are pairs of an entry's id and its digest.
    """

    __tablename__ = "audit_checkpoint"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    first_id: Mapped[int]
    last_id: Mapped[int]
    entries: Mapped[list[list[Any]]] = mapped_column(JSON)
    hash: Mapped[str] = mapped_column(String(64))
