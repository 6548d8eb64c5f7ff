"""Describes the tables of staff: accounts, requests about them, sessions and attempts to sign in."""

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.clock import now
from store.database.engine import Table

# A permission of its own: a person without a department sees no case, so that a forgotten field shows nothing.
ALL_DEPARTMENTS: Final = "*"


class Staff(Table):
    """Describes a person who signs in to the console; accounts are never shared and never deleted, only closed.

    `department` is a department's code, ALL_DEPARTMENTS, or None for nobody's cases. A password that somebody else
    typed is initial: its owner must choose another before doing anything, until `password_expires_at` where that is
    set. Before `approves_from` the person may confirm and approve nothing; None means that they may from the start.
    """

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("role IN ('officer', 'supervisor', 'admin')", "role"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    full_name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(12))
    department: Mapped[str | None] = mapped_column(String(40))
    active: Mapped[bool] = mapped_column(default=True)
    password_is_initial: Mapped[bool] = mapped_column(default=False)
    password_expires_at: Mapped[datetime | None]
    approves_from: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def sees_all(self) -> bool:
        return self.department == ALL_DEPARTMENTS

    @property
    def may_approve(self) -> bool:
        """Says whether the account is old enough to approve what others wrote, or to confirm what others request."""
        return self.approves_from is None or self.approves_from <= now()


class AccountRequest(Table):
    """Holds a request about an account that another person must confirm, and the link to set a password.

    `kind` is open, role, reset or reopen. `staff_id` is the account; for a new account it is None until it is opened,
    and `username` and `full_name` describe its owner. `was_role` and `was_department` are the account's at the time of
    the request: if they changed, it cannot be confirmed. The link and its code are kept as hashes only, and are deleted
    when the link has been used.
    """

    __tablename__ = "account_request"
    __table_args__ = (
        CheckConstraint("kind IN ('open', 'role', 'reset', 'reopen')", "kind"),
        CheckConstraint("state IN ('waiting', 'confirmed', 'refused')", "state"),
        Index("ix_account_request_state", "state", "asked_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    username: Mapped[str] = mapped_column(String(60))
    full_name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(12))
    department: Mapped[str | None] = mapped_column(String(40))
    was_role: Mapped[str | None] = mapped_column(String(12))
    was_department: Mapped[str | None] = mapped_column(String(40))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    code_hash: Mapped[str | None] = mapped_column(String(64))
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    link_until: Mapped[datetime | None]
    wrong_codes: Mapped[int] = mapped_column(default=0)
    asked_by: Mapped[Staff] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[Staff | None] = relationship(foreign_keys=[decided_by_id])


class StaffSession(Table):
    """Represents a signed-in browser. Only a hash of its cookie is kept: a stolen database signs nobody in."""

    __tablename__ = "staff_session"
    cookie_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(60), default="", server_default="")
    staff: Mapped[Staff] = relationship(lazy="joined")


class SignInTry(Table):
    """Records a failed attempt to sign in, by the fingerprint of its address."""

    __tablename__ = "sign_in_try"
    __table_args__ = (Index("ix_sign_in_try_recent", "key", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class SignInStreak(Table):
    """Counts failed attempts in a row, by the fingerprint of the typed name or of the known browser.

    It is written before the password is checked, so that parallel guesses are all counted.
    """

    __tablename__ = "sign_in_streak"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    wrong: Mapped[int]
    last_at: Mapped[datetime]


class LimitedUse(Table):
    """Records one use of something limited: by whom and of what (the key), and when."""

    __tablename__ = "limited_use"
    __table_args__ = (Index("ix_limited_use_recent", "key", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class PressedForm(Table):
    """Records a form of the console that was carried out, so that a double click or a reload does not repeat it."""

    __tablename__ = "pressed_form"
    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]
