"""Describes the table of files."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.database.closed_sets import must_be_one_of, one_of
from store.database.encrypted_rows import EncryptedRow, EncryptedValue
from store.database.engine import Table
from store.database.indexes import partial_index


class FileState(StrEnum):
    """Lists the states of a file."""

    WANTED = "wanted"  # LINE still has it
    KEPT = "kept"
    REFUSED = "refused"  # it is not what it claimed to be, or could not be fetched
    GONE = "gone"  # unsent or purged


class FileReason(StrEnum):
    """Says why a file was refused, or why one that is still wanted is treated in another way."""

    TOO_BIG = "too_big"
    UNREADABLE = "unreadable"
    WRONG_TYPE = "wrong_type"  # neither a photo nor a PDF
    CUT_OFF = "cut_off"
    LOCKED = "locked"  # by a password
    UNSAFE = "unsafe"  # it holds commands or other files
    INFECTED = "infected"
    LOST = "lost"  # LINE did not deliver it
    DAMAGED = "damaged"  # in a backup
    RESTORED = "restored"  # it was wanted in a backup: whether its resident was told of it since is unknown


class File(EncryptedRow, Table):
    """Describes a photo or document. `token` is its name everywhere: in answers, addresses and on disk.

    `unfinished` counts the tries without a result. Until `again_until` the resident's next photo replaces this
    one, which could not be fetched, also when its request has become a case meanwhile.
    """

    __tablename__ = "file"
    __table_args__ = (
        must_be_one_of(FileState, "state"),
        must_be_one_of(FileReason, "reason"),
        partial_index("ix_file_wanted", "next_try_at", where="state = 'wanted'"),
        partial_index("ix_file_again", "resident_id", "again_until", where="again_until IS NOT NULL"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[FileState] = mapped_column(one_of(FileState, 10))
    line_message_id: Mapped[str | None] = mapped_column(String(40), index=True)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("case_event.id"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    album: Mapped[str | None] = mapped_column(String(100))
    for_conversation: Mapped[bool] = mapped_column(default=False)
    name = EncryptedValue[str | None]("file.name")
    mime: Mapped[str | None] = mapped_column(String(60))
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    taken_at_place = EncryptedValue[dict[str, float] | None]("file.taken_at_place")
    reason: Mapped[FileReason | None] = mapped_column(one_of(FileReason, 12))
    tries: Mapped[int] = mapped_column(default=0)
    unfinished: Mapped[int] = mapped_column(default=0, server_default="0")
    claimed_until: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    again_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
