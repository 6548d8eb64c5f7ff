"""Keeps the sessions of the console, so that each can be ended; the database holds only a hash of the cookie."""

import hashlib
import logging
import math
import secrets
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from store.clock import now
from store.database.engine import Database
from store.logs import failure_fields
from store.staff.models import Staff, StaffSession

log = logging.getLogger(__name__)

IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=12)
# Writing at every request would write to the disk needlessly.
NOTE_SEEN_EVERY = timedelta(minutes=1)


class SessionEnded(StrEnum):
    """Says why a session is over: it was idle, lasted its maximum, or was ended."""

    IDLE = "idle"
    TOO_LONG = "too_long"
    ENDED = "ended"


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def reference_of(cookie: str) -> str:
    """Returns a reference to the session for the audit log, with which nobody can use it."""
    return _hash(cookie)[:16]


def begin_session(session: Session, person: Staff, device: str = "") -> str:
    """Begins a session; the returned cookie is stored nowhere else. `device` names the browser to its owner."""
    cookie = secrets.token_urlsafe(32)
    row = StaffSession(cookie_hash=_hash(cookie), staff_id=person.id, started_at=now(), seen_at=now())
    row.device = device[:60]
    session.add(row)
    session.flush()
    return cookie


def find_signed_in(database: Database, cookie: str, *, note_seen: bool = True) -> Staff | None:
    """Returns the account of this browser as it is at this moment; None when the session is over.

    `note_seen` is off for requests that a page makes by itself, so that a forgotten browser still times out.
    """
    with database.reading() as session:
        found = session.get(StaffSession, _hash(cookie))
    if found is None or not found.staff.active or why_over(found) is not None:
        return None
    if note_seen and now() - found.seen_at > NOTE_SEEN_EVERY:
        _note_seen(database, found.cookie_hash)
    return found.staff


def why_over(found: StaffSession) -> SessionEnded | None:
    """Returns why the session is over; None while it lasts."""
    # A time in the future was stored before the clock was set back; `abs` keeps it from prolonging the session.
    if abs(now() - found.started_at) > ABSOLUTE:
        return SessionEnded.TOO_LONG
    return SessionEnded.IDLE if abs(now() - found.seen_at) > IDLE else None


def seconds_left(database: Database, cookie: str) -> int:
    """Returns the whole seconds until the session ends if nobody uses it meanwhile; 0 for an unknown cookie."""
    with database.reading() as session:
        found = session.get(StaffSession, _hash(cookie))
    if found is None:
        return 0
    ends = min(found.seen_at + IDLE, found.started_at + ABSOLUTE)
    return max(0, math.ceil((ends - now()).total_seconds()))


def is_known(database: Database, cookie: str) -> bool:
    """Says whether a session with this cookie is stored: one that lasts or timed out is, one that was ended is not."""
    with database.reading() as session:
        return session.get(StaffSession, _hash(cookie)) is not None


def why_ended(database: Database, cookie: str) -> SessionEnded:
    """Returns why the session of this cookie is over; ENDED also for an unknown cookie."""
    with database.reading() as session:
        found = session.get(StaffSession, _hash(cookie))
    return (
        SessionEnded.ENDED
        if found is None or not found.staff.active
        else why_over(found) or SessionEnded.ENDED
    )


def list_sessions(session: Session, person: Staff) -> list[StaffSession]:
    """Lists the sessions that still last, the one used last first."""
    query = (
        select(StaffSession).where(StaffSession.staff_id == person.id).order_by(StaffSession.seen_at.desc())
    )
    return [found for found in session.scalars(query) if why_over(found) is None]


def is_of(found: StaffSession, cookie: str) -> bool:
    return found.cookie_hash == _hash(cookie)


def handle_of(found: StaffSession) -> str:
    """Returns the first 16 characters of the cookie's hash: forms name the session by them, but nobody can sign in."""
    return found.cookie_hash[:16]


def end_one(session: Session, person: Staff, handle: str) -> bool:
    """Ends one session; returns whether this person had such a session."""
    for found in list_sessions(session, person):
        if handle_of(found) == handle:
            session.delete(found)
            return True
    return False


def end_others(session: Session, person: Staff, cookie: str) -> int:
    """Ends all sessions of the person except the one of this cookie; returns how many."""
    mine = StaffSession.staff_id == person.id
    others = delete(StaffSession).where(mine, StaffSession.cookie_hash != _hash(cookie))
    return len(session.execute(others.returning(StaffSession.cookie_hash)).all())


def _note_seen(database: Database, cookie_hash: str) -> None:
    """Records the last use; if the disk is full and nothing can be written, people must still be able to read."""
    try:
        with database.transaction() as session:
            if found := session.get(StaffSession, cookie_hash):
                found.seen_at = now()
    except (SQLAlchemyError, TimeoutError) as error:
        log.warning("a session's last use was not kept", extra=failure_fields(error))


def end_session(session: Session, cookie: str) -> None:
    session.execute(delete(StaffSession).where(StaffSession.cookie_hash == _hash(cookie)))


def end_sessions_of(session: Session, person: Staff) -> None:
    session.execute(delete(StaffSession).where(StaffSession.staff_id == person.id))
