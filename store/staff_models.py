"""The tables of staff: accounts, sessions, tries to sign in, and what was done with them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.db import Table


class Staff(Table):
    """One person who signs in to the console; accounts are never shared and never deleted, only closed.

    A password that somebody else typed is initial: its owner must choose another before doing anything.
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
    created_at: Mapped[datetime]


class StaffSession(Table):
    """A signed-in browser. Only a hash of its cookie is kept: a stolen database signs nobody in."""

    __tablename__ = "staff_session"
    cookie_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    staff: Mapped[Staff] = relationship(lazy="joined")


class SignInTry(Table):
    """A try to sign in that was not right, by the fingerprint of the address it came from."""

    __tablename__ = "sign_in_try"
    __table_args__ = (Index("ix_sign_in_try_recent", "key", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class SignInStreak(Table):
    """Wrong tries in a row, by the fingerprint of the name that was typed or of the browser that is known.

    Written before the password is looked at, so that parallel guesses are all counted.
    """

    __tablename__ = "sign_in_streak"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    wrong: Mapped[int]
    last_at: Mapped[datetime]


class LimitedUse(Table):
    """One use of something that is limited: by whom and of what (the key), and when."""

    __tablename__ = "limited_use"
    __table_args__ = (Index("ix_limited_use_recent", "key", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class StaffAct(Table):
    """The audit of what staff did beyond cases: sign-ins, refusals, accounts, views of personal data."""

    __tablename__ = "staff_act"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    act: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(120), default="")
    place: Mapped[str | None] = mapped_column(String(64))


class PressedForm(Table):
    """A form of the console that was carried out: a double click or a reload finds its mark here."""

    __tablename__ = "pressed_form"
    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]
