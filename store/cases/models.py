"""Describes the tables of cases: the request, its timeline, messages taken back, surges and bulk messages."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.database.encrypted_rows import EncryptedRow, EncryptedValue
from store.database.engine import Table
from store.database.indexes import partial_index
from store.files.models import File
from store.residents.models import Resident
from store.staff.models import Staff
from store.workflow.approvals import has_lapsed

# An older bulk message cannot be released: what was true when it was written may have changed.
BULK_MESSAGE_WAITS = timedelta(days=7)


class Case(EncryptedRow, Table):
    """Holds a submitted request. `answers` change when the resident unsends something or a file comes late.

    Editing a service never changes them. `workflow` names the table of rules under which the case was opened, and
    `status` is one of its statuses.
    """

    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("fiscal_year", "number"),
        CheckConstraint("stars BETWEEN 1 AND 5", "stars"),
        CheckConstraint("triage IN ('red', 'yellow', 'green')", "triage"),
        # Covers everything the queue of open cases filters and sorts by, so that it never reads the rows themselves.
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
    workflow: Mapped[str] = mapped_column(String(20), server_default="problem")
    channel: Mapped[str] = mapped_column(String(10))
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"), index=True)
    status: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    urgent: Mapped[bool] = mapped_column(default=False)
    triage: Mapped[str | None] = mapped_column(String(6))
    answers = EncryptedValue[list[dict[str, Any]]]("case.answers", nullable=False)
    summary = EncryptedValue[str]("case.summary", nullable=False)
    entered_at: Mapped[datetime]
    deemed_received_at: Mapped[datetime]
    due_on: Mapped[date] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    times_reopened: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None]
    stars: Mapped[int | None]
    comment = EncryptedValue[str | None]("case.comment")
    resident: Mapped[Resident] = relationship(lazy="select")
    assignee: Mapped[Staff | None] = relationship(lazy="select")
    events: Mapped[list["CaseEvent"]] = relationship(order_by="CaseEvent.id", back_populates="case")
    files: Mapped[list[File]] = relationship(order_by="File.id")

    @property
    def shown_number(self) -> str:
        """Returns the number as people read it, such as 0123/2570."""
        return f"{self.number:04d}/{self.fiscal_year}"


class CaseEvent(EncryptedRow, Table):
    """Holds one entry of a case's timeline: who did what, and when. It is never deleted; only an unsend changes it."""

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
    note = EncryptedValue[str]("case_event.note", nullable=False)
    line_message_id: Mapped[str | None] = mapped_column(String(40), index=True)
    case: Mapped[Case] = relationship(back_populates="events")
    staff: Mapped[Staff | None] = relationship(lazy="joined")
    files: Mapped[list[File]] = relationship(order_by="File.id")


class UnsentMessage(Table):
    """Records a message that its resident unsent. If LINE delivers the message itself later, nothing of it is kept."""

    __tablename__ = "unsent_message"
    __table_args__ = (UniqueConstraint("resident_id", "message_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"))
    message_id: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(index=True)


class BulkMessage(EncryptedRow, Table):
    """Holds one message to the residents of several cases, sent by one person alone or waiting for a supervisor.

    `residents` are the ids of the intended recipients and, after sending, of the actual ones. `note` holds the words
    until the message is sent or refused. A message that nobody decided in time is `lapsed`; it has no `decided_at`.
    """

    __tablename__ = "bulk_message"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'refused')", "state"),
        CheckConstraint("approver_id <> author_id", "another_person"),
        Index("ix_bulk_message_author", "author_id", "created_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    note = EncryptedValue[str | None]("bulk_message.note")
    cases: Mapped[list[int]] = mapped_column(JSON)
    residents: Mapped[list[int]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(8))
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    author: Mapped[Staff] = relationship(foreign_keys=author_id, lazy="joined")
    approver: Mapped[Staff | None] = relationship(foreign_keys=approver_id, lazy="joined")

    @property
    def lapsed(self) -> bool:
        """Says whether nobody decided within seven days, or the clock was set back since it was written."""
        too_late = has_lapsed(self.created_at, BULK_MESSAGE_WAITS)
        return self.decided_at is None and (self.state == "refused" or too_late)


class Surge(Table):
    """Records a surge, which shortens the questions, triages new cases and may change the rich menu.

    `is_running` is true or null, so that its unique constraint allows only one running surge. A surge that neither runs
    nor has ended waits for another supervisor, because its words or its menu are not the standard ones.
    """

    __tablename__ = "surge"
    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    menu: Mapped[str | None] = mapped_column(String(32))
    is_running: Mapped[bool | None] = mapped_column(unique=True)
    started_at: Mapped[datetime]
    started_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    started_by: Mapped[Staff] = relationship(foreign_keys=started_by_id, lazy="joined")
    confirmed_by: Mapped[Staff | None] = relationship(foreign_keys=confirmed_by_id, lazy="joined")
