"""Counted tries and sessions of staff."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine

from store.db import Database
from store.municipality import Municipality
from store.passwords import Passwords
from store.purging import purge
from store.sign_ins import (
    TooManyTries,
    WrongSignIn,
    begin_session,
    end_sessions_of,
    find_signed_in,
    sign_in,
)
from store.staff_models import SignInTry, Staff, StaffAct, StaffSession
from tests.builders import PASSWORD, QUICK_PASSWORDS, an_officer


class CountingPasswords(Passwords):
    """Counts how many guesses were really compared."""

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
    database: Database, name: str, *, address: str = "192.0.2.1", passwords: Passwords = QUICK_PASSWORDS
) -> str:
    try:
        sign_in(database, passwords, name, "ไม่ใช่รหัสผ่านของเขา", address=address)
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
        assert session.query(SignInTry).count() == 0


def test_an_address_that_tries_many_names_is_stopped(database: Database) -> None:
    results = [_guess(database, f"name{n}", address=f"2001:db8:1:2::{n:x}") for n in range(31)]
    assert results == ["wrong"] * 30 + ["too many"]


def test_names_that_were_typed_are_not_kept(database: Database, person: Staff) -> None:
    _guess(database, "MyPasswordByMistake")
    with database.reading() as session:
        kept = [row.key for row in session.query(SignInTry)] + [row.about for row in session.query(StaffAct)]
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
