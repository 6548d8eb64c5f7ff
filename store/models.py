"""The tables of residents, cases and what is on its way: columns and relationships only.

Staff: store.staff.models. Broadcasts: store.broadcast_models. The LINE account: store.account_models.
What the system keeps of itself: store.system_models.

`SealedValue` holds personal data, encrypted. Looking up by such a value goes through a fingerprint column.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store import account_models, broadcast_models, system_models
from store.audit import models as audit_models
from store.database import models as database_models
from store.database.encrypted_rows import SealedRow, SealedValue
from store.database.engine import Table
from store.database.indexes import partial_index
from store.files import models as files_models
from store.files.models import File
from store.messaging import models as messaging_models
from store.residents import models as residents_models
from store.residents.models import Resident
from store.staff.models import Staff
from store.statuses import Status

_STATUSES = ", ".join(f"'{status}'" for status in Status)


class Case(SealedRow, Table):
    """A submitted request. `answers` is a snapshot: editing a service never rewrites history."""

    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("fiscal_year", "number"),
        CheckConstraint(f"status IN ({_STATUSES})", "status"),
        CheckConstraint("stars BETWEEN 1 AND 5", "stars"),
        CheckConstraint("triage IN ('red', 'yellow', 'green')", "triage"),
        # Everything the queue of open cases filters and sorts by, so that it never opens the rows themselves.
        Index(
            "ix_case_queue",
            "status",
            "due_on",
            "urgent",
            "triage",
            "department",
            "service",
            "assignee_id",
            "id",
        ),
        Index("ix_case_department", "department", "id"),
        Index("ix_case_service", "service", "id"),
        Index("ix_case_assignee", "assignee_id", "id"),
        partial_index("ix_case_triage", "triage", "id", where="triage IS NOT NULL"),
        Index("ix_case_urgent", "id", sqlite_where=text("urgent = 1"), postgresql_where=text("urgent")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]
    number: Mapped[int]
    tracking_code: Mapped[str] = mapped_column(String(20), unique=True)
    service: Mapped[str] = mapped_column(String(60))
    service_title: Mapped[str] = mapped_column(String(200))
    department: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(10))
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"), index=True)
    status: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    urgent: Mapped[bool] = mapped_column(default=False)
    triage: Mapped[str | None] = mapped_column(String(6))
    answers = SealedValue[list[dict[str, Any]]]("case.answers", nullable=False)
    summary = SealedValue[str]("case.summary", nullable=False)
    entered_at: Mapped[datetime]
    deemed_received_at: Mapped[datetime]
    due_on: Mapped[date] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    times_reopened: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None]
    stars: Mapped[int | None]
    comment = SealedValue[str | None]("case.comment")
    resident: Mapped[Resident] = relationship(lazy="select")
    assignee: Mapped[Staff | None] = relationship(lazy="select")
    events: Mapped[list["CaseEvent"]] = relationship(order_by="CaseEvent.id", back_populates="case")
    files: Mapped[list[File]] = relationship(order_by="File.id")

    @property
    def shown_number(self) -> str:
        """0123/2570"""
        return f"{self.number:04d}/{self.fiscal_year}"


class CaseEvent(SealedRow, Table):
    """One line of a case's timeline: who did what, and when. Never changed, never deleted."""

    __tablename__ = "case_event"
    __table_args__ = (Index("ix_case_event_staff_id", "staff_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(20))
    before: Mapped[str | None] = mapped_column(String(20))
    after: Mapped[str] = mapped_column(String(20))
    who: Mapped[str] = mapped_column(String(20))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    note = SealedValue[str]("case_event.note", nullable=False)
    line_message_id: Mapped[str | None] = mapped_column(String(40), index=True)
    case: Mapped[Case] = relationship(back_populates="events")
    staff: Mapped[Staff | None] = relationship(lazy="joined")
    files: Mapped[list[File]] = relationship(order_by="File.id")


class UnsentMessage(Table):
    """A message that its resident took back. LINE may deliver the message itself later: then nothing of it is kept."""

    __tablename__ = "unsent_message"
    __table_args__ = (UniqueConstraint("resident_id", "message_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"))
    message_id: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(index=True)


# What migrations compare a database with: naming the modules here is what makes their tables known.
OTHERS = (
    account_models,
    audit_models,
    broadcast_models,
    database_models,
    files_models,
    messaging_models,
    residents_models,
    system_models,
)
TABLES = Table.metadata
