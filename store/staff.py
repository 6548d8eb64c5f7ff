"""Staff accounts: who may sign in, in which role, for which department. Nothing here commits."""

import re
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.audit import write_down
from store.clock import now
from store.models import Case
from store.municipality import Municipality
from store.passwords import Passwords, check_new_password
from store.sealing import TownSealer
from store.sign_ins import end_sessions_of, unlock, username_of
from store.staff_models import Staff

_USERNAME = re.compile(r"[\w.@-]{2,60}")
LONGEST_NAME = 120


class Role(StrEnum):
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class BadAccount(ValueError):
    """An account may not become so; `reason` is a word such as username_taken or last_admin."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class NewStaff:
    username: str
    full_name: str
    role: str
    department: str | None
    password: str


def find_staff(session: Session, username: str) -> Staff | None:
    return session.scalars(select(Staff).where(Staff.username == username_of(username))).one_or_none()


def list_staff(session: Session) -> list[Staff]:
    """Everybody, those who may sign in first."""
    return list(session.scalars(select(Staff).order_by(Staff.active.desc(), Staff.full_name)))


def colleagues_for(session: Session, case: Case) -> list[Staff]:
    """Who can be given this case: officers and supervisors who see it."""
    query = select(Staff).where(
        Staff.active,
        Staff.role != Role.ADMIN,
        (Staff.department == case.department) | Staff.department.is_(None),
    )
    return list(session.scalars(query.order_by(Staff.full_name)))


def add_staff(
    session: Session,
    municipality: Municipality,
    passwords: Passwords,
    new: NewStaff,
    *,
    by: Staff | None = None,
    initial: bool = False,
) -> Staff:
    """Opens an account; BadAccount or BadPassword says why not. `initial`: to be changed first."""
    username, full_name = username_of(new.username), new.full_name.strip()
    _check_new(session, municipality, username, full_name, new)
    check_new_password(new.password, *_context(municipality, username, full_name))
    person = Staff(
        username=username,
        full_name=full_name,
        password_hash=passwords.hash(new.password),
        role=Role(new.role),
        department=new.department or None,
        active=True,
        password_is_initial=initial,
        created_at=now(),
    )
    session.add(person)
    session.flush()
    _audit(session, "add_staff", person, by)
    return person


def _check_new(
    session: Session, municipality: Municipality, username: str, full_name: str, new: NewStaff
) -> None:
    if not _USERNAME.fullmatch(username):
        raise BadAccount("username_shape")
    if not 1 <= len(full_name) <= LONGEST_NAME:
        raise BadAccount("full_name_length")
    _check_role(municipality, new.role, new.department)
    if find_staff(session, username) is not None:
        raise BadAccount("username_taken")


def _check_role(municipality: Municipality, role: str, department: str | None) -> None:
    if role not in list(Role):
        raise BadAccount("role_unknown")
    if department and department not in {known.code for known in municipality.departments}:
        raise BadAccount("department_unknown")


def change_role(
    session: Session,
    municipality: Municipality,
    person: Staff,
    role: str,
    department: str | None,
    *,
    by: Staff,
) -> None:
    """Gives another role or department, at once. Nobody changes their own, and one admin always stays."""
    _check_role(municipality, role, department)
    if person.id == by.id:
        raise BadAccount("own_role")
    if role != Role.ADMIN:
        _keep_an_admin(session, person)
    person.role, person.department = Role(role), department or None
    _audit(session, "change_role", person, by)


def close_account(session: Session, person: Staff, *, by: Staff) -> None:
    """The person is signed out everywhere and cannot come back; what they did stays under their name."""
    _keep_an_admin(session, person)
    if person.id == by.id:
        raise BadAccount("own_account")
    person.active = False
    end_sessions_of(session, person)
    _audit(session, "close_account", person, by)


def reopen_account(session: Session, person: Staff, *, by: Staff) -> None:
    person.active = True
    _audit(session, "reopen_account", person, by)


def reset_password(
    session: Session,
    municipality: Municipality,
    passwords: Passwords,
    person: Staff,
    password: str,
    *,
    by: Staff | None,
    initial: bool = True,
) -> None:
    """Somebody else sets a password: good for one sign-in, at which its owner chooses the real one."""
    _set_password(session, municipality, passwords, person, password)
    person.password_is_initial = initial
    _audit(session, "reset_password", person, by)


def change_own_password(
    session: Session, municipality: Municipality, passwords: Passwords, person: Staff, password: str
) -> None:
    """The caller has checked the old password. All sessions end, also the one this came from."""
    _set_password(session, municipality, passwords, person, password)
    person.password_is_initial = False
    _audit(session, "change_password", person, person)


def unlock_account(session: Session, sealer: TownSealer, person: Staff, *, by: Staff | None) -> None:
    """After too many wrong passwords in a row, by people who are not known to be the owner."""
    unlock(session, sealer, person)
    _audit(session, "unlock_account", person, by)


def _set_password(
    session: Session, municipality: Municipality, passwords: Passwords, person: Staff, password: str
) -> None:
    check_new_password(password, *_context(municipality, person.username, person.full_name))
    person.password_hash = passwords.hash(password)
    end_sessions_of(session, person)


def _keep_an_admin(session: Session, person: Staff) -> None:
    if person.role != Role.ADMIN or not person.active:
        return
    others = select(Staff.id).where(Staff.role == Role.ADMIN, Staff.active, Staff.id != person.id)
    # Locked, so that two admins who demote each other at the same moment do not both succeed.
    if not session.scalars(others.order_by(Staff.id).with_for_update()).all():
        raise BadAccount("last_admin")


def _context(municipality: Municipality, username: str, full_name: str) -> tuple[str, ...]:
    return (username, municipality.name, municipality.short_name, *full_name.split())


def _audit(session: Session, act: str, person: Staff, by: Staff | None) -> None:
    write_down(session, act, staff_id=by.id if by else None, about=f"staff {person.id}")
