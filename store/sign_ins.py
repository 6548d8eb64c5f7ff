"""Signing in: counted tries, and server-side sessions of which the database knows only a hash."""

import hashlib
import ipaddress
import secrets
import unicodedata
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from store.audit import write_down
from store.clock import now
from store.db import Database
from store.passwords import Passwords
from store.sealing import TownSealer
from store.staff_models import SignInTry, Staff, StaffSession

IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=12)
# Writing at every request would wake the disk for nothing.
NOTE_SEEN_EVERY = timedelta(minutes=1)
WINDOW = timedelta(minutes=1)
TRIES_PER_ACCOUNT = 5
# A whole town hall can share one address.
TRIES_PER_ADDRESS = 30


class TooManyTries(ValueError):
    """This account or address has used up its tries of the last minute."""


class WrongSignIn(ValueError):
    """Unknown name, wrong password or closed account: nobody is told which."""


def username_of(typed: str) -> str:
    """User names in one form: case and width of letters do not matter."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def sign_in(database: Database, passwords: Passwords, username: str, password: str, *, address: str) -> str:
    """The cookie of a new session, or TooManyTries or WrongSignIn. Commits several times.

    The try is written and committed before it is counted: of parallel guesses each then sees all the others.
    Tries that were refused or right are taken back, so nobody is locked out for longer than the window.
    """
    username = username_of(username)
    keys = _keys(database.sealer, username, address)
    tries = _write_tries(database, keys)
    if _too_many(database, keys):
        _take_back(database, tries)
        raise TooManyTries
    with database.reading() as session:
        person = session.scalars(select(Staff).where(Staff.username == username)).one_or_none()
    right = passwords.is_right(person.password_hash if person else None, password)
    cookie = _open(database, person, right)
    if cookie is None:
        raise WrongSignIn
    _take_back(database, tries)
    return cookie


def _open(database: Database, person: Staff | None, right: bool) -> str | None:
    with database.transaction() as session:
        # Read again: the account may have been closed, or its password changed, while we compared.
        still = session.get(Staff, person.id) if person else None
        if not right or still is None or not still.active or _changed(person, still):
            write_down(session, "sign_in_refused", staff_id=still.id if still else None)
            return None
        write_down(session, "sign_in", staff_id=still.id)
        return begin_session(session, still)


def _changed(before: Staff | None, after: Staff) -> bool:
    return before is None or before.password_hash != after.password_hash


def _keys(sealer: TownSealer, username: str, address: str) -> dict[str, int]:
    """Fingerprints, because people type passwords into the field for the name; each with its most tries."""
    return {
        sealer.fingerprint(f"account {username}"): TRIES_PER_ACCOUNT,
        sealer.fingerprint(f"address {_network(address)}"): TRIES_PER_ADDRESS,
    }


def _network(address: str) -> str:
    """One household or office has a whole /64 of IPv6 addresses."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


def _write_tries(database: Database, keys: dict[str, int]) -> list[int]:
    with database.transaction() as session:
        session.execute(delete(SignInTry).where(SignInTry.key.in_(keys), ~_counts()))
        rows = [SignInTry(key=key, at=now()) for key in keys]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def _too_many(database: Database, keys: dict[str, int]) -> bool:
    with database.reading() as session:
        counted = session.execute(
            select(SignInTry.key, func.count())
            .where(SignInTry.key.in_(keys), _counts())
            .group_by(SignInTry.key)
        ).all()
    return any(count > keys[key] for key, count in counted)


def _counts() -> ColumnElement[bool]:
    """Tries that lie ahead are from before the clock was set back, and must not lock anybody out for days."""
    return SignInTry.at.between(now() - WINDOW, now() + WINDOW)


def _take_back(database: Database, tries: list[int]) -> None:
    with database.transaction() as session:
        session.execute(delete(SignInTry).where(SignInTry.id.in_(tries)))


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def begin_session(session: Session, person: Staff) -> str:
    """A new session; the returned cookie is nowhere else."""
    cookie = secrets.token_urlsafe(32)
    session.add(StaffSession(cookie_hash=_hash(cookie), staff_id=person.id, started_at=now(), seen_at=now()))
    session.flush()
    return cookie


def find_signed_in(database: Database, cookie: str, *, note_seen: bool = True) -> Staff | None:
    """Who this browser belongs to, as the account is this moment; None when the session is over.

    `note_seen` is off for what a page asks by itself: a forgotten browser must still time out.
    """
    with database.reading() as session:
        found = session.get(StaffSession, _hash(cookie))
    if found is None or not found.staff.active:
        return None
    # What lies ahead is from before the clock was set back: that must not make a session live for days.
    if abs(now() - found.seen_at) > IDLE or abs(now() - found.started_at) > ABSOLUTE:
        return None
    if note_seen and now() - found.seen_at > NOTE_SEEN_EVERY:
        with database.transaction() as session:
            if again := session.get(StaffSession, found.cookie_hash):
                again.seen_at = now()
    return found.staff


def end_session(session: Session, cookie: str) -> None:
    session.execute(delete(StaffSession).where(StaffSession.cookie_hash == _hash(cookie)))


def end_sessions_of(session: Session, person: Staff) -> None:
    session.execute(delete(StaffSession).where(StaffSession.staff_id == person.id))
