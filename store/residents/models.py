"""Describes the tables of residents: person, contacts, unfinished request, chosen topics, and the menu all see."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.database.closed_sets import must_be_one_of, one_of
from store.database.encrypted_rows import EncryptedRow, EncryptedValue
from store.database.engine import Table
from store.database.indexes import partial_index


class Channel(StrEnum):
    """Lists the channels on which residents have an address."""

    LINE = "line"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"  # a house, for letters


class Resident(EncryptedRow, Table):
    """Describes a person who wrote to us. `listening` says what a plain message of theirs means now.

    `contacts` are their addresses on all channels, and `line` is the one on LINE, if they have one.
    """

    __tablename__ = "resident"
    id: Mapped[int] = mapped_column(primary_key=True)
    person = EncryptedValue[dict[str, Any] | None]("resident.person")
    listening = EncryptedValue[dict[str, Any] | None]("resident.listening")
    privacy_version: Mapped[str | None] = mapped_column(String(20))
    privacy_shown_at: Mapped[datetime | None]
    # Codes that were not found, and since when they are counted: see store.cases.rate_limits.
    wrong_codes: Mapped[int] = mapped_column(default=0)
    wrong_codes_since: Mapped[datetime | None]
    # A coarse address, so that a broadcast for one village need not decrypt every address.
    moo: Mapped[str | None] = mapped_column(String(10), index=True)
    community: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str | None] = mapped_column(String(10))
    created_at: Mapped[datetime]
    contacts: Mapped[list["Contact"]] = relationship(back_populates="resident", order_by="Contact.id")
    line: Mapped["Contact | None"] = relationship(
        primaryjoin="and_(Contact.resident_id == Resident.id, Contact.channel == 'line')", viewonly=True
    )


class Contact(EncryptedRow, Table):
    """Holds an address of a resident on one channel, such as a LINE user id. `key` is its fingerprint.

    The address is encrypted as the LINE user ids of residents always were, so that those could be moved here.
    """

    __tablename__ = "contact"
    __table_args__ = (
        must_be_one_of(Channel, "channel"),
        # The key first: an index that begins with the channel would tempt SQLite to read every contact of LINE.
        UniqueConstraint("key", "channel"),
        partial_index("uq_contact_line", "resident_id", where="channel = 'line'", unique=True),
        partial_index("ix_contact_menu", "id", where="menu_linked IS NULL"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"), index=True)
    channel: Mapped[Channel] = mapped_column(one_of(Channel, 8))
    key: Mapped[str] = mapped_column(String(40))
    address = EncryptedValue[str]("resident.line_user_id", column="address", nullable=False)
    # LINE's times of the last unfollow and follow, because it redelivers them and in any order.
    blocked_at: Mapped[datetime | None]
    followed_at: Mapped[datetime | None]
    # LINE's time of the last unsent message: only an older message need be looked up among UnsentMessage.
    unsent_at: Mapped[datetime | None]
    # The own menu that LINE shows this resident, empty for none; null while it is still to be linked.
    menu_linked: Mapped[str | None] = mapped_column(String(32), default="")
    created_at: Mapped[datetime]
    resident: Mapped[Resident] = relationship(back_populates="contacts")


class EndedAs(StrEnum):
    """Says how a resident's request ended."""

    SUBMITTED = "submitted"
    CANCELLED = "cancelled"
    EXPIRED = "expired"  # nobody continued it for a week
    REPLACED = "replaced"  # the resident began another one


class Conversation(EncryptedRow, Table):
    """Holds a resident's unfinished request. The answers are deleted when it ends; the row stays, so that old buttons
    can be explained.

    `said_in` names the LINE message of each answer, so that unsending a message deletes its answer, too.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        partial_index("ix_conversation_open", "resident_id", where="ended_as IS NULL", unique=True),
        must_be_one_of(EndedAs, "ended_as"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"), index=True)
    service: Mapped[str] = mapped_column(String(60))
    answers = EncryptedValue[dict[str, Any] | None]("conversation.answers")
    said_in = EncryptedValue[dict[str, str] | None]("conversation.said_in")
    editing: Mapped[str | None] = mapped_column(String(60))
    # Begun in a surge: it keeps the short questions, whatever the switch says by then.
    in_surge: Mapped[bool] = mapped_column(default=False)
    # Refused answers to the question being asked; after two of them a way out is offered.
    misses: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    heard_at: Mapped[datetime]
    ended_as: Mapped[EndedAs | None] = mapped_column(one_of(EndedAs, 12))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))


class TopicChoice(Table):
    """Holds a resident's wish about one topic, or about all that is not urgent (topic '*'); no row means yes."""

    __tablename__ = "topic_choice"
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(40), primary_key=True)
    wanted: Mapped[bool]
    at: Mapped[datetime]


class MenuShown(Table):
    """Holds, in its only row, which menu LINE shows everyone, and since when.

    `letting_go` is "wanted" until LINE has been asked to unlink everybody's own menus, then the id of that request
    until LINE has finished it.
    """

    __tablename__ = "menu_shown"
    id: Mapped[int] = mapped_column(primary_key=True)
    alias: Mapped[str] = mapped_column(String(32))
    letting_go: Mapped[str | None] = mapped_column(String(60))
    at: Mapped[datetime]
