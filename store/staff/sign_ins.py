"""Signs people in: every attempt is counted before the password is checked."""

import ipaddress
import math
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from store.audit.log import write_down
from store.clock import now
from store.database.encryption import DatabaseCipher
from store.database.engine import Database
from store.database.upsert import insert_into
from store.staff.models import SignInStreak, SignInTry, Staff
from store.staff.passwords import Passwords
from store.staff.rate_limits import Limit, LimitReached, use
from store.staff.sessions import begin_session, end_session

# So many wrong tries in a row cost no wait; each further one doubles it.
FREE_TRIES = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
# NIST SP 800-63B, 5.2.2: no more than 100 failed tries in a row.
MAX_IN_A_ROW = 100
WINDOW = timedelta(minutes=1)
# A whole town hall may share one address.
TRIES_PER_ADDRESS = 30
NOTE_THROTTLED = Limit("throttled", 1, timedelta(minutes=1))


class TooManyTries(ValueError):
    """Says that there were too many wrong tries, so that the person must wait.

    `seconds` is the wait until the next try; None means that an admin must unlock the account.
    """

    def __init__(self, seconds: int | None) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class WrongSignIn(ValueError):
    """Says that the name is unknown, the password wrong or the account closed; the user does not learn which."""


class PasswordExpired(ValueError):
    """Says that the password is right but has expired: an initial password is valid for a short time only."""


@dataclass(frozen=True)
class Browser:
    """Holds what a browser sends at a sign-in: the cookie of its former session, and a description for its owner."""

    former_cookie: str = ""
    words: str = ""


UNKNOWN_BROWSER = Browser()


@dataclass(frozen=True)
class _Try:
    """Describes a counted try. `streak` is the key of its streak of wrong tries."""

    streak: str
    in_a_row: int
    row_id: int | None
    crowded: bool


def username_of(typed: str) -> str:
    """Normalises a user name: case and width of letters do not matter."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def sign_in(
    database: Database,
    passwords: Passwords,
    username: str,
    password: str,
    *,
    address: str,
    device: str = "",
    browser: Browser = UNKNOWN_BROWSER,
) -> str:
    """Returns the cookie of a new session; raises TooManyTries, WrongSignIn or PasswordExpired. Commits several times.

    `device` identifies a browser in which this account has signed in before. Its tries are counted separately, so that
    strangers who try the same account, or flood the same address, do not lock its owner out.
    """
    username = username_of(username)
    with database.reading() as session:
        person = session.scalars(select(Staff).where(Staff.username == username)).one_or_none()
    this_try = _count_sign_in(database, person, username, address, device)
    right = passwords.is_right(person.password_hash if person else None, password)
    if right and person is not None and has_expired(person):
        _note_expired(database, person, address)
        raise PasswordExpired
    cookie = _open(database, person, right, this_try, address, browser)
    if cookie is None:
        raise TooManyTries(_seconds(WINDOW)) if this_try.crowded else WrongSignIn
    return cookie


def has_expired(person: Staff) -> bool:
    return person.password_expires_at is not None and person.password_expires_at <= now()


def _note_expired(database: Database, person: Staff, address: str) -> None:
    with database.transaction() as session:
        write_down(session, "password_expired", staff_id=person.id, place=place(database.cipher, address))


def check_own_password(
    database: Database, passwords: Passwords, person: Staff, password: str, *, address: str
) -> None:
    """Checks the password of a signed-in person, counted and audited like a sign-in.

    Raises TooManyTries or WrongSignIn.
    """
    key = database.cipher.fingerprint(f"own password {person.id}")
    this_try = _count(database, key, person, address, in_crowd=False)
    right = passwords.is_right(person.password_hash, password)
    with database.transaction() as session:
        if right:
            _take_back(session, this_try)
        else:
            _refuse(session, "own_password_refused", person, this_try, place(database.cipher, address))
    if not right:
        raise WrongSignIn


def is_locked(session: Session, cipher: DatabaseCipher, person: Staff) -> bool:
    """Says whether only known browsers of this account may sign in, after too many wrong tries by others."""
    streaks = session.scalars(
        select(SignInStreak.wrong).where(SignInStreak.key.in_(_keys_of(cipher, person)))
    )
    return any(wrong >= MAX_IN_A_ROW for wrong in streaks)


def unlock(session: Session, cipher: DatabaseCipher, person: Staff) -> None:
    """Deletes the counts of wrong tries: sign-ins from unknown browsers, and checks by `check_own_password`."""
    session.execute(delete(SignInStreak).where(SignInStreak.key.in_(_keys_of(cipher, person))))


def place(cipher: DatabaseCipher, address: str) -> str:
    """Returns the fingerprint of an address for the audit: the same for the same address, but not the address."""
    return cipher.fingerprint(f"address {_network(address)}")


def _keys_of(cipher: DatabaseCipher, person: Staff) -> list[str]:
    return [_account_key(cipher, person.username), cipher.fingerprint(f"own password {person.id}")]


def _account_key(cipher: DatabaseCipher, username: str) -> str:
    """Returns a fingerprint of the name, because people type passwords into its field."""
    return cipher.fingerprint(f"account {username}")


def _network(address: str) -> str:
    """Returns the network of the address: one household or office has a whole /64 of IPv6 addresses."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


def _count_sign_in(
    database: Database, person: Staff | None, username: str, address: str, device: str
) -> _Try:
    if device:
        key = database.cipher.fingerprint(f"device {device} {username}")
        try:
            return _count(database, key, person, address, in_crowd=False)
        except TooManyTries as error:
            if error.seconds is not None:
                raise
    return _count(database, _account_key(database.cipher, username), person, address, in_crowd=True)


def _count(database: Database, key: str, person: Staff | None, address: str, *, in_crowd: bool) -> _Try:
    """Counts a try before the password is checked, so that parallel guesses are all counted."""
    where = place(database.cipher, address)
    try:
        with database.transaction() as session:
            return _counted(session, key, where if in_crowd else None)
    except TooManyTries:
        _note_throttled(database, key, person, where)
        raise


def _note_throttled(database: Database, key: str, person: Staff | None, where: str) -> None:
    """Audits a refused try, at most once a minute: the audit is kept for long, and tries can be many a second."""
    with suppress(LimitReached), database.transaction() as session:
        use(session, NOTE_THROTTLED, key)
        write_down(session, "sign_in_throttled", staff_id=person.id if person else None, place=where)


def _counted(session: Session, key: str, where: str | None) -> _Try:
    streak = _locked_streak(session, key)
    if streak.wrong >= MAX_IN_A_ROW:
        raise TooManyTries(None)
    wait = _wait_after(streak.wrong)
    left = streak.last_at + wait - now()
    # A last try further ahead than its wait was dated before the clock was set back.
    if timedelta() < left <= 2 * wait:
        raise TooManyTries(_seconds(min(left, wait)))
    crowded = where is not None and _is_crowded(session, where)
    if crowded and streak.wrong:
        raise TooManyTries(_seconds(WINDOW))
    streak.wrong, streak.last_at = streak.wrong + 1, now()
    row = SignInTry(key=where, at=now()) if where else None
    if row is not None:
        session.add(row)
    session.flush()
    return _Try(key, streak.wrong, row.id if row else None, crowded)


def _locked_streak(session: Session, key: str) -> SignInStreak:
    insert = insert_into(session, SignInStreak).values(key=key, wrong=0, last_at=now())
    session.execute(insert.on_conflict_do_nothing())
    return session.get_one(SignInStreak, key, with_for_update=True)


def _wait_after(wrong: int) -> timedelta:
    if wrong < FREE_TRIES:
        return timedelta()
    doublings = min(wrong - FREE_TRIES, 10)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings))


def _is_crowded(session: Session, where: str) -> bool:
    """Says whether there were so many wrong tries from this address that further ones must wait."""
    # Tries further ahead were dated before the clock was set back.
    near = SignInTry.at.between(now() - WINDOW, now() + WINDOW)
    session.execute(delete(SignInTry).where(SignInTry.key == where, ~near))
    tries = select(func.count()).select_from(SignInTry).where(SignInTry.key == where)
    return session.scalars(tries).one() >= TRIES_PER_ADDRESS


def _seconds(time: timedelta) -> int:
    return math.ceil(time.total_seconds())


def _open(
    database: Database, person: Staff | None, right: bool, this_try: _Try, address: str, browser: Browser
) -> str | None:
    where = place(database.cipher, address)
    with database.transaction() as session:
        # Read again, because the account may have been closed, or its password changed, during the comparison.
        still = session.get(Staff, person.id) if person else None
        if not right or still is None or not still.active or _changed(person, still):
            _refuse(session, "sign_in_refused", still, this_try, where)
            return None
        _take_back(session, this_try)
        write_down(session, "sign_in", staff_id=still.id, place=where)
        # The former cookie of this browser becomes invalid, whoever has it.
        end_session(session, browser.former_cookie)
        return begin_session(session, still, browser.words)


def _refuse(session: Session, act: str, person: Staff | None, this_try: _Try, where: str) -> None:
    staff_id = person.id if person else None
    write_down(session, act, staff_id=staff_id, place=where)
    if this_try.in_a_row == MAX_IN_A_ROW:
        write_down(session, "account_locked", staff_id=staff_id, place=where)


def _take_back(session: Session, this_try: _Try) -> None:
    session.execute(delete(SignInStreak).where(SignInStreak.key == this_try.streak))
    session.execute(delete(SignInTry).where(SignInTry.id == this_try.row_id))


def _changed(before: Staff | None, after: Staff) -> bool:
    return before is None or before.password_hash != after.password_hash
