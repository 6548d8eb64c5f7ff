"""Describes the tables of residents: the person, an unfinished request, chosen topics and the menu everybody sees."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.database.closed_sets import must_be_one_of, one_of
from store.database.encrypted_rows import EncryptedRow, EncryptedValue
from store.database.engine import Table
from store.database.indexes import partial_index


class Resident(EncryptedRow, Table):
    """Describes a person who wrote to the account. `listening` says what a plain message of theirs means now."""

    __tablename__ = "resident"
    __table_args__ = (partial_index("ix_resident_menu", "id", where="menu_linked IS NULL"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    line_key: Mapped[str] = mapped_column(String(40), unique=True)
    line_user_id = EncryptedValue[str]("resident.line_user_id", nullable=False)
    person = EncryptedValue[dict[str, Any] | None]("resident.person")
    listening = EncryptedValue[dict[str, Any] | None]("resident.listening")
    privacy_version: Mapped[str | None] = mapped_column(String(20))
    privacy_shown_at: Mapped[datetime | None]
    # LINE's times of the last unfollow and follow, because it redelivers them and in any order.
    blocked_at: Mapped[datetime | None]
    followed_at: Mapped[datetime | None]
    # LINE's time of the last unsent message: only an older message need be looked up among UnsentMessage.
    unsent_at: Mapped[datetime | None]
    # Codes that were not found, and since when they are counted: see store.cases.rate_limits.
    wrong_codes: Mapped[int] = mapped_column(default=0)
    wrong_codes_since: Mapped[datetime | None]
    # A coarse address, so that a broadcast for one village need not decrypt every address.
    moo: Mapped[str | None] = mapped_column(String(10), index=True)
    community: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str | None] = mapped_column(String(10))
    # The own menu that LINE shows this resident, empty for none; null while it is still to be linked.
    menu_linked: Mapped[str | None] = mapped_column(String(32), default="")
    created_at: Mapped[datetime]


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
