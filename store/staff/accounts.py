"""Manages staff accounts: who may sign in, in which role, for which department. Nothing here commits."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from store.audit.log import Subject, write_down
from store.clock import now
from store.database.encryption import DatabaseCipher
from store.errors import Refusal
from store.municipality.profile import Municipality
from store.staff.models import ALL_DEPARTMENTS, AccountRequest, Staff
from store.staff.passwords import Passwords, check_new_password
from store.staff.permissions import Role
from store.staff.sessions import end_sessions_of
from store.staff.sign_ins import unlock, username_of

_USERNAME = re.compile(r"[\w.@-]{2,60}")
_TITLE = re.compile(r"^(?:นางสาว|นาย|นาง)")
LONGEST_NAME = 120
# Somebody else must be able to notice a new permission before it is used.
NEW_POWER_WAITS = timedelta(days=1)
# A password that another person knows, or a link to set one, is not secret for long.
FIRST_SECRET_LASTS = timedelta(hours=72)


class BadAccount(Refusal):
    """Says why an account cannot be opened or changed; `reason` is a word such as username_taken or last_admin."""


# The roles that approve what another person wrote, and confirm what another person requests about accounts.
APPROVING = frozenset({Role.SUPERVISOR, Role.ADMIN})


@dataclass(frozen=True)
class NewStaff:
    """Describes an account to open. `department` is a code or ALL_DEPARTMENTS; an admin has none.

    Without a password the owner sets one by a link.
    """

    username: str
    full_name: str
    role: str
    department: str | None
    password: str | None = None


def find_staff(session: Session, username: str) -> Staff | None:
    return session.scalars(select(Staff).where(Staff.username == username_of(username))).one_or_none()


def list_staff(session: Session) -> list[Staff]:
    """Returns all accounts by name: first the open ones, then the closed ones."""
    return list(session.scalars(select(Staff).order_by(Staff.active.desc(), Staff.full_name)))


def approvers(session: Session, *, without: Staff | None = None) -> list[Staff]:
    """Returns active supervisors and admins whose account is old enough."""
    query = select(Staff).where(Staff.active, Staff.role.in_(APPROVING))
    people = session.scalars(query.order_by(Staff.full_name))
    return [person for person in people if person.may_approve and person is not without]


def add_staff(
    session: Session,
    municipality: Municipality,
    passwords: Passwords,
    new: NewStaff,
    *,
    initial: bool = False,
) -> Staff:
    """Opens an account from the command line. The account may approve at once.

    Raises BadAccount or BadPassword with the reason. With `initial` the owner must sign in within 72 hours and then
    change the password first.
    """
    person = open_account(session, municipality, passwords, new, approves_from=None)
    person.password_is_initial = initial
    person.password_expires_at = now() + FIRST_SECRET_LASTS if initial else None
    audit(session, "add_staff", person, None, change=(None, power_of(person)))
    return person


def open_account(
    session: Session,
    municipality: Municipality,
    passwords: Passwords,
    new: NewStaff,
    *,
    approves_from: datetime | None,
) -> Staff:
    """Creates the account without an audit entry; raises BadAccount or BadPassword with the reason."""
    username, full_name = username_of(new.username), new.full_name.strip()
    check_new(session, municipality, new)
    if new.password is not None:
        check_new_password(new.password, *_names(municipality, username, full_name))
    person = Staff(
        username=username,
        full_name=full_name,
        # Without a password the account gets the hash of a random one that nobody knows.
        password_hash=passwords.hash(new.password or secrets.token_urlsafe(32)),
        role=Role(new.role),
        department=_kept_department(new.role, new.department),
        active=True,
        approves_from=approves_from,
        created_at=now(),
    )
    session.add(person)
    session.flush()
    return person


def check_new(session: Session, municipality: Municipality, new: NewStaff) -> None:
    """Raises BadAccount unless the account can be opened now."""
    username = username_of(new.username)
    if not _USERNAME.fullmatch(username):
        raise BadAccount("username_shape")
    if not 1 <= len(new.full_name.strip()) <= LONGEST_NAME:
        raise BadAccount("full_name_length")
    check_role(municipality, new.role, new.department)
    if find_staff(session, username) is not None:
        raise BadAccount("username_taken")


def check_role(municipality: Municipality, role: str, department: str | None) -> None:
    """Raises BadAccount unless the role exists and, for roles that see cases, has a department or all of them."""
    if role not in list(Role):
        raise BadAccount("role_unknown")
    if department and department not in {
        ALL_DEPARTMENTS,
        *(known.code for known in municipality.departments),
    }:
        raise BadAccount("department_unknown")
    if role != Role.ADMIN and not department:
        raise BadAccount("department_missing")


def _kept_department(role: str, department: str | None) -> str | None:
    return None if role == Role.ADMIN else department or None


def power_of(person: Staff) -> str:
    """Returns the role and the department in codes, for the audit."""
    return f"{person.role} {person.department or '-'}"


def change_role(
    session: Session, municipality: Municipality, person: Staff, role: str, department: str | None
) -> None:
    """Changes role or department, and ends the person's sessions. Raises BadAccount for the last admin.

    The caller has checked that two people agreed to the change. A new permission to approve begins after a day.
    """
    check_role(municipality, role, department)
    if role != Role.ADMIN:
        _keep_an_admin(session, person)
    if role in APPROVING and role != person.role:
        person.approves_from = now() + NEW_POWER_WAITS
    person.role, person.department = Role(role), _kept_department(role, department)
    end_sessions_of(session, person)


def close_account(session: Session, person: Staff, *, by: Staff) -> None:
    """Closes the account: the owner is signed out and cannot return; what they did stays under their name.

    It needs no second person, so that somebody can be stopped at once.
    """
    _keep_an_admin(session, person)
    if person.id == by.id:
        raise BadAccount("own_account")
    person.active = False
    _void_links(session, person)
    end_sessions_of(session, person)
    audit(session, "close_account", person, by, change=(power_of(person), None))


def reopen_account(person: Staff) -> None:
    """Reopens a closed account, which may approve after a day. The caller has checked that two people agreed to it."""
    person.active = True
    person.approves_from = now() + NEW_POWER_WAITS


def take_password_away(session: Session, passwords: Passwords, person: Staff) -> None:
    """Signs the account's owner out, and prevents sign-ins until the owner sets a new password."""
    _keep_password(session, person, passwords.hash(secrets.token_urlsafe(32)))


def reset_password(
    session: Session,
    municipality: Municipality,
    passwords: Passwords,
    person: Staff,
    password: str,
    *,
    initial: bool = True,
) -> None:
    """Sets a password from the command line. `initial`: the owner must replace it at a sign-in within 72 hours."""
    set_password(session, municipality, passwords, person, password)
    person.password_is_initial = initial
    person.password_expires_at = now() + FIRST_SECRET_LASTS if initial else None
    audit(session, "reset_password", person, None)


def change_own_password(
    session: Session, municipality: Municipality, passwords: Passwords, person: Staff, password: str
) -> None:
    """Sets a new password; the caller has checked the old one. All sessions end, also the current one."""
    set_password(session, municipality, passwords, person, password)
    audit(session, "change_password", person, person)


def unlock_account(session: Session, cipher: DatabaseCipher, person: Staff, *, by: Staff | None) -> None:
    """Unlocks an account after too many wrong passwords in a row from unknown browsers."""
    unlock(session, cipher, person)
    audit(session, "unlock_account", person, by)


def set_password(
    session: Session, municipality: Municipality, passwords: Passwords, person: Staff, password: str
) -> None:
    """Sets the password; raises BadPassword with the reason. All sessions end."""
    check_new_password(password, *_names(municipality, person.username, person.full_name))
    _keep_password(session, person, passwords.hash(password))


def _keep_password(session: Session, person: Staff, password_hash: str) -> None:
    """Replaces the password. Sessions end, and earlier links to set a password become invalid."""
    person.password_hash = password_hash
    person.password_is_initial, person.password_expires_at = False, None
    _void_links(session, person)
    end_sessions_of(session, person)


def _void_links(session: Session, person: Staff) -> None:
    given = update(AccountRequest).where(
        AccountRequest.staff_id == person.id, AccountRequest.link_hash.is_not(None)
    )
    session.execute(given.values(link_hash=None, code_hash=None, link_until=None))


def _keep_an_admin(session: Session, person: Staff) -> None:
    if person.role != Role.ADMIN or not person.active:
        return
    others = select(Staff.id).where(Staff.role == Role.ADMIN, Staff.active, Staff.id != person.id)
    # Locked, so that two admins who demote each other at the same moment do not both succeed.
    if not session.scalars(others.order_by(Staff.id).with_for_update()).all():
        raise BadAccount("last_admin")


def _names(municipality: Municipality, username: str, full_name: str) -> tuple[str, ...]:
    """Returns what a password must not contain: the names of its owner, without titles, and of the place."""
    where = municipality.address
    place = (municipality.name, municipality.short_name, where.tambon, where.amphoe, where.province)
    return (username, *place, *(_TITLE.sub("", word) for word in full_name.split()))


def bare_name(full_name: str) -> str:
    """Returns the name by which people are compared: without นาย and the like, and with single spaces."""
    return " ".join(_TITLE.sub("", full_name.strip()).split())


def audit(
    session: Session,
    act: str,
    person: Staff,
    by: Staff | None,
    *,
    change: tuple[str | None, str | None] = (None, None),
    details: Mapping[str, int] | None = None,
) -> None:
    """Audits an act on an account. `change` is the power before and after, `details` are ids of who took part."""
    staff_id = by.id if by else None
    write_down(
        session, act, staff_id=staff_id, about=Subject("staff", person.id), change=change, details=details
    )
