"""Defines the tables of broadcasts: content, audience, approval, sending and results."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.database.closed_sets import must_be_one_of, one_of
from store.database.encrypted_rows import EncryptedRow, EncryptedValue
from store.database.engine import Table
from store.database.id_lists import PeopleList
from store.messaging.states import Reason, Receipt
from store.staff.models import Staff


class Broadcast(Table):
    """Holds what a supervisor is asked to approve: words, pictures and a menu, for whom, from when to when.

    status: draft, submitted, returned (with a note), approved, cancelled. The mailings record the progress of the
    sending.
    `digest` is the SHA-256 of everything that was approved. Any later change voids the approval. What has not begun to
    go out by `valid_until` must be approved again.
    `written_by` are all who saved the words since the first draft, also where they changed nothing, and in an emergency
    the author of its template: none of them may approve. The database itself refuses such an approver.
    """

    __tablename__ = "broadcast"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'submitted', 'returned', 'approved', 'cancelled')", "status"),
        CheckConstraint("approver_id <> author_id AND approver_id <> editor_id", "another_person"),
        CheckConstraint(
            "written_by NOT LIKE '%,' || CAST(approver_id AS VARCHAR(12)) || ',%'", "nobody_who_wrote"
        ),
        Index("ix_broadcast_status", "status", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    category: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(Text)
    topic: Mapped[str | None] = mapped_column(String(40))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    closing: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    audience: Mapped[dict[str, Any]] = mapped_column(JSON)
    menu: Mapped[str | None] = mapped_column(String(32))
    send_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(12), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    editor_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    written_by: Mapped[tuple[int, ...]] = mapped_column(PeopleList, default=(), server_default="")
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approved_at: Mapped[datetime | None]
    digest: Mapped[str | None] = mapped_column(String(64))
    most_messages: Mapped[int | None]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("broadcast.id"))
    template_id: Mapped[int | None] = mapped_column(ForeignKey("emergency_template.id"))
    reviewed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    author: Mapped[Staff] = relationship(foreign_keys=author_id, lazy="joined")
    editor: Mapped[Staff] = relationship(foreign_keys=editor_id, lazy="joined")
    approver: Mapped[Staff | None] = relationship(foreign_keys=approver_id, lazy="joined")
    acts: Mapped[list["BroadcastAct"]] = relationship(order_by="BroadcastAct.id")
    mailings: Mapped[list["Mailing"]] = relationship(order_by="Mailing.id", back_populates="broadcast")

    @property
    def writers(self) -> frozenset[int]:
        """Returns the staff ids of everybody who may have written these words."""
        return frozenset({self.author_id, self.editor_id, *self.written_by})


class BroadcastAct(Table):
    """Holds one entry of a broadcast's history: who did what, when, and the note they gave. It is never changed."""

    __tablename__ = "broadcast_act"
    id: Mapped[int] = mapped_column(primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"), index=True)
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(20))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    digest: Mapped[str | None] = mapped_column(String(64))
    staff: Mapped[Staff | None] = relationship(lazy="joined")


class AudienceSnapshot(Table):
    """Holds the ids of the residents, in order, whom the broadcast could reach when it was submitted.

    Nobody is added later. Only a broadcast to all friends also reaches people who are not in this list.
    """

    __tablename__ = "audience_snapshot"
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"), primary_key=True)
    residents: Mapped[list[int]] = mapped_column(JSON)


class MailingPart(StrEnum):
    """Says which part of a broadcast a mailing sends."""

    MESSAGE = "message"
    CLOSING = "closing"  # at its end, to those who got the message


class MailingState(StrEnum):
    """Lists the states of a mailing."""

    WAITING = "waiting"  # for its time
    SENDING = "sending"
    PAUSED = "paused"  # by a person
    STOPPED = "stopped"  # by us; its reason says why
    DONE = "done"
    CANCELLED = "cancelled"


class StopReason(StrEnum):
    """Says why we stopped a mailing."""

    NOT_APPROVED = "not_approved"
    NOT_BY_ANOTHER = "not_by_another"  # whoever approved it also wrote it
    CHANGED = "changed"  # since its approval
    OVER = "over"  # it ends before it began
    APPROVAL_EXPIRED = "approval_expired"
    NO_QUOTA = "no_quota"
    REFUSED = "refused"  # by LINE
    NO_PUBLIC_ADDRESS = "no_public_address"  # from which phones could fetch its pictures
    UNWRITABLE = "unwritable"  # its text could not be written
    RESTORED = "restored"  # it waited in a backup


class ChunkState(StrEnum):
    """Lists the states of a chunk."""

    READY = "ready"
    SENT = "sent"
    DEAD = "dead"  # LINE refused it, or gave no clear answer for 23 hours
    CANCELLED = "cancelled"


class Mailing(Table):
    """Describes one sending of an approved broadcast: of its message or, at its end, of its closing message.

    `reason` says why we stopped it; it is None in all other states.
    """

    __tablename__ = "mailing"
    __table_args__ = (
        must_be_one_of(MailingPart, "part"),
        must_be_one_of(MailingState, "state"),
        must_be_one_of(StopReason, "reason"),
        UniqueConstraint("broadcast_id", "part"),
        Index(
            "ix_mailing_due",
            "due_at",
            sqlite_where=text("state IN ('waiting', 'sending')"),
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"))
    part: Mapped[MailingPart] = mapped_column(one_of(MailingPart, 8))
    state: Mapped[MailingState] = mapped_column(one_of(MailingState, 10), default=MailingState.WAITING)
    due_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[StopReason | None] = mapped_column(one_of(StopReason, 20))
    broadcast: Mapped[Broadcast] = relationship(back_populates="mailings")


class Chunk(EncryptedRow, Table):
    """Holds the ids of at most 500 residents who are sent one request under one retry key.

    `residents` is None for a broadcast to all friends, which is one chunk.
    Residents who cannot be reached at the first try are moved into a chunk of their own, which is `sent` without a try.
    `told` counts the recipients of the request; it is None before the first try. `receipt`, `reason` and `error` are
    those of a message of the outbox.
    """

    __tablename__ = "chunk"
    __table_args__ = (
        must_be_one_of(ChunkState, "state"),
        must_be_one_of(Receipt, "receipt"),
        must_be_one_of(Reason, "reason"),
        Index("ix_chunk_mailing", "mailing_id", "state", "id"),
        Index("ix_chunk_sent", "sent_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"))
    residents: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    retry_key: Mapped[str] = mapped_column(String(36), unique=True)
    body = EncryptedValue[str | None]("chunk.body")
    state: Mapped[ChunkState] = mapped_column(one_of(ChunkState, 10), default=ChunkState.READY)
    told: Mapped[int | None]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    first_tried_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    line_request_id: Mapped[str | None] = mapped_column(String(60))
    receipt: Mapped[Receipt] = mapped_column(one_of(Receipt, 8), default=Receipt.NONE, server_default="none")
    reason: Mapped[Reason | None] = mapped_column(one_of(Reason, 16))
    error: Mapped[str | None] = mapped_column(String(200))
    mailing: Mapped[Mailing] = relationship()


class ButtonPress(Table):
    """Counts how often one button of a broadcast was pressed. It is not kept who pressed it."""

    __tablename__ = "button_press"
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"), primary_key=True)
    button: Mapped[int] = mapped_column(primary_key=True)
    presses: Mapped[int]


class EmergencyTemplate(Table):
    """Holds a warning whose words a supervisor approves beforehand: in an emergency only its blanks are filled in."""

    __tablename__ = "emergency_template"
    __table_args__ = (CheckConstraint("approver_id <> author_id", "another_person"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approved_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    author: Mapped[Staff] = relationship(foreign_keys=author_id, lazy="joined")
    approver: Mapped[Staff | None] = relationship(foreign_keys=approver_id, lazy="joined")


class ConfirmButton(Table):
    """Holds a button with which one supervisor confirms one emergency in LINE, as long as its digest is still `digest`.

    Only a hash of the button's token is stored.
    """

    __tablename__ = "confirm_button"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    digest: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime]
    used_at: Mapped[datetime | None]
    staff: Mapped[Staff] = relationship(lazy="joined")


class Tester(Table):
    """Links the account `staff_id` with its owner's own LINE, to which test messages and confirm buttons are sent.

    `code` is shown in the owner's session only. When they type it in the chat, their resident becomes `resident_id`,
    which is None before. `staff_id` is None for links made by an earlier version: nothing is sent to them.
    """

    __tablename__ = "tester"
    __table_args__ = (Index("uq_tester_staff_id", "staff_id", unique=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    code: Mapped[str | None] = mapped_column(String(12), unique=True)
    code_until: Mapped[datetime | None]
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id"), unique=True)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
