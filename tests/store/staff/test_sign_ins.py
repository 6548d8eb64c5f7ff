"""Tests sign-ins with counted tries, and sessions of staff."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine

from store.audit.models import AuditEntry
from store.database.engine import Database
from store.municipality.profile import Municipality
from store.operations.retention import purge
from store.staff.accounts import unlock_account
from store.staff.models import SignInStreak, SignInTry, Staff, StaffSession
from store.staff.passwords import Passwords
from store.staff.sessions import begin_session, end_sessions_of, find_signed_in
from store.staff.sign_ins import TooManyTries, WrongSignIn, is_locked, place, sign_in
from tests.builders import PASSWORD, QUICK_PASSWORDS, an_officer


class CountingPasswords(Passwords):
    """Counts how many passwords were really compared."""

    def __init__(self) -> None:
        super().__init__(rounds=1, memory_kib=8)
        self.compared = 0

    def is_right(self, password_hash: str | None, password: str) -> bool:
        self.compared += 1
        return super().is_right(password_hash, password)


@pytest.fixture
def person(database: Database, municipality: Municipality) -> Staff:
    with database.transaction() as session:
        return an_officer(session, municipality, username="somchai")


def _guess(
    database: Database,
    name: str,
    *,
    address: str = "192.0.2.1",
    passwords: Passwords = QUICK_PASSWORDS,
    device: str = "",
) -> str:
    try:
        sign_in(database, passwords, name, "ไม่ใช่รหัสผ่านของเขา", address=address, device=device)
    except TooManyTries:
        return "too many"
    except WrongSignIn:
        return "wrong"
    return "in"


def test_the_right_password_gives_a_session_of_which_only_a_hash_is_kept(
    database: Database, person: Staff
) -> None:
    cookie = sign_in(database, QUICK_PASSWORDS, "  SomChai", PASSWORD, address="192.0.2.1")
    found = find_signed_in(database, cookie)
    assert found is not None
    assert found.id == person.id
    with database.reading() as session:
        hashes = [row.cookie_hash for row in session.query(StaffSession)]
    assert hashes == [hashlib.sha256(cookie.encode()).hexdigest()]
    assert len(cookie) >= 43


def test_of_fifty_guesses_at_once_at_most_five_are_looked_at(database: Database, person: Staff) -> None:
    passwords = CountingPasswords()
    with ThreadPoolExecutor(8) as pool:
        tries = [
            pool.submit(_guess, database, person.username, address=f"192.0.2.{n}", passwords=passwords)
            for n in range(50)
        ]
        results = [done.result() for done in tries]
    assert passwords.compared == results.count("wrong") <= 5


def test_another_account_is_not_slowed_down(
    database: Database, person: Staff, municipality: Municipality
) -> None:
    with database.transaction() as session:
        other = an_officer(session, municipality).username
    assert [_guess(database, person.username) for _ in range(6)] == ["wrong"] * 5 + ["too many"]
    assert sign_in(database, QUICK_PASSWORDS, other, PASSWORD, address="192.0.2.1")


def test_an_unknown_name_is_counted_like_a_known_one(database: Database, person: Staff) -> None:
    for name in ("nobody-of-this-name", person.username):
        results = [_guess(database, name, address="192.0.2.9") for _ in range(6)]
        assert results == ["wrong"] * 5 + ["too many"]


def test_who_keeps_knocking_is_not_locked_out_for_longer(
    database: Database, person: Staff, clock: time_machine.Traveller
) -> None:
    for _ in range(5):
        _guess(database, person.username)
    for _ in range(5):
        clock.shift(10)
        assert _guess(database, person.username) == "too many"
    clock.shift(11)
    assert sign_in(database, QUICK_PASSWORDS, person.username, PASSWORD, address="192.0.2.1")


def test_right_passwords_do_not_count(database: Database, person: Staff) -> None:
    for _ in range(12):
        sign_in(database, QUICK_PASSWORDS, person.username, PASSWORD, address="192.0.2.1")
    with database.reading() as session:
        assert session.query(SignInTry).count() == session.query(SignInStreak).count() == 0


def test_an_address_that_tries_many_names_is_stopped(database: Database) -> None:
    results = [_guess(database, f"name{n}", address=f"2001:db8:1:2::{n:x}") for n in range(31)]
    assert results == ["wrong"] * 30 + ["too many"]


def test_many_wrong_names_of_one_address_keep_nobody_else_of_it_out(
    database: Database, person: Staff
) -> None:
    for number in range(40):
        _guess(database, f"invented{number}")
    assert sign_in(database, QUICK_PASSWORDS, person.username, PASSWORD, address="192.0.2.1")


def test_in_a_crowd_an_account_that_strangers_try_must_wait(database: Database, person: Staff) -> None:
    for number in range(30):
        _guess(database, f"invented{number}")
    assert [_guess(database, person.username) for _ in range(2)] == ["too many"] * 2
    with pytest.raises(TooManyTries):
        sign_in(database, QUICK_PASSWORDS, person.username, PASSWORD, address="192.0.2.1")


def test_each_further_wrong_try_waits_longer_up_to_an_hour(
    database: Database, person: Staff, clock: time_machine.Traveller
) -> None:
    for _ in range(5):
        _guess(database, person.username)
    waited = []
    for _ in range(9):
        waited.append(_wait(database, person.username) or 0)
        clock.shift(waited[-1] + 1)
        assert _guess(database, person.username) == "wrong"
    assert [round(seconds / 60) for seconds in waited] == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_hundred_wrong_tries_lock_the_account_for_unknown_browsers_until_it_is_unlocked(
    database: Database, person: Staff, clock: time_machine.Traveller
) -> None:
    for number in range(100):
        assert _guess(database, person.username, address=f"198.51.100.{number}") == "wrong"
        clock.shift(timedelta(hours=1, seconds=1))
    clock.shift(timedelta(days=60))
    purge(database)
    assert _wait(database, person.username) is None
    assert sign_in_known(database, person)
    with database.reading() as session:
        assert is_locked(session, database.cipher, person)
        acts = [row for row in session.query(AuditEntry) if row.act == "account_locked"]
        assert [(row.staff_id, len(row.place or "")) for row in acts] == [(person.id, 40)]
    with database.transaction() as session:
        unlock_account(session, database.cipher, person, by=None)
    assert sign_in(database, QUICK_PASSWORDS, person.username, PASSWORD, address="192.0.2.1")


def sign_in_known(database: Database, person: Staff) -> str:
    return sign_in(database, QUICK_PASSWORDS, person.username, PASSWORD, address="192.0.2.1", device="known")


def test_a_known_browser_is_counted_apart(database: Database, person: Staff) -> None:
    for _ in range(8):
        _guess(database, person.username)
    assert sign_in_known(database, person)
    results = [_guess(database, person.username, device="known") for _ in range(6)]
    assert results == ["wrong"] * 5 + ["too many"]


def test_refusals_are_audited_with_the_fingerprint_of_its_address(
    database: Database, person: Staff, clock: time_machine.Traveller
) -> None:
    for _ in range(9):
        _guess(database, person.username)
    with database.reading() as session:
        rows = [
            (row.act, row.staff_id, row.place) for row in session.query(AuditEntry) if "sign_in" in row.act
        ]
    place_of = place(database.cipher, "192.0.2.1")
    assert rows.count(("sign_in_refused", person.id, place_of)) == 5
    assert rows.count(("sign_in_throttled", person.id, place_of)) == 1
    assert "192.0.2.1" not in repr(rows)


def test_who_keeps_knocking_is_audited_once_a_minute(
    database: Database, person: Staff, clock: time_machine.Traveller
) -> None:
    for _ in range(6):
        _guess(database, person.username)
    clock.shift(61)
    assert _guess(database, person.username) == "wrong"
    for _ in range(20):
        assert _guess(database, person.username) == "too many"
    with database.reading() as session:
        assert session.query(AuditEntry).where(AuditEntry.act == "sign_in_throttled").count() == 2


def _wait(database: Database, username: str) -> int | None:
    with pytest.raises(TooManyTries) as refused:
        sign_in(database, QUICK_PASSWORDS, username, PASSWORD, address="192.0.2.1")
    return refused.value.seconds


def test_after_a_clock_was_set_back_a_wait_is_said_to_be_no_longer_than_it_was(
    database: Database, person: Staff, clock: time_machine.Traveller
) -> None:
    for _ in range(5):
        _guess(database, person.username)
    clock.shift(timedelta(seconds=-50))
    assert _wait(database, person.username) == 60
    clock.shift(timedelta(seconds=111))
    assert sign_in(database, QUICK_PASSWORDS, person.username, PASSWORD, address="192.0.2.1")


def test_a_crowd_of_a_clock_that_was_set_back_since_is_no_crowd(
    database: Database, person: Staff, clock: time_machine.Traveller
) -> None:
    for number in range(30):
        _guess(database, f"invented{number}")
    clock.shift(timedelta(days=-3))
    assert _guess(database, person.username) == "wrong"
    assert sign_in(database, QUICK_PASSWORDS, person.username, PASSWORD, address="192.0.2.1")


def test_names_that_were_typed_are_not_kept(database: Database, person: Staff) -> None:
    _guess(database, "MyPasswordByMistake")
    with database.reading() as session:
        kept = [row.key for row in session.query(SignInStreak)] + [
            repr(vars(row)) for row in session.query(AuditEntry)
        ]
    assert "mypassword" not in repr(kept).casefold()


def test_a_session_ends_when_idle_and_when_old(
    database: Database, person: Staff, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        cookie = begin_session(session, session.get_one(Staff, person.id))
    clock.shift(timedelta(minutes=29))
    assert find_signed_in(database, cookie)
    clock.shift(timedelta(minutes=29))
    assert find_signed_in(database, cookie)
    clock.shift(timedelta(minutes=31))
    assert find_signed_in(database, cookie) is None


def test_ending_sessions_ends_them_everywhere(database: Database, person: Staff) -> None:
    with database.transaction() as session:
        cookies = [begin_session(session, session.get_one(Staff, person.id)) for _ in range(3)]
        end_sessions_of(session, person)
    assert [find_signed_in(database, cookie) for cookie in cookies] == [None] * 3
    assert find_signed_in(database, "made up") is None


def test_what_means_nothing_any_more_is_forgotten(
    database: Database, person: Staff, clock: time_machine.Traveller
) -> None:
    _guess(database, person.username)
    with database.transaction() as session:
        begin_session(session, session.get_one(Staff, person.id))
    clock.shift(timedelta(hours=13))
    purge(database)
    with database.reading() as session:
        assert session.query(SignInTry).count() == session.query(StaffSession).count() == 0
