"""Tests accounts and passwords of staff."""

import pytest

from store.database.engine import Database
from store.municipality.profile import Municipality
from store.staff.accounts import (
    BadAccount,
    NewStaff,
    add_staff,
    change_role,
    close_account,
    find_staff,
    list_staff,
)
from store.staff.passwords import BadPassword, Passwords, check_new_password
from tests.builders import PASSWORD, QUICK_PASSWORDS, an_officer


def test_a_password_may_be_any_long_phrase() -> None:
    for good in (
        "ฝนตกที่บ้านสวนทุเรียน",
        "correct horse battery staple",
        "🍜 noodles on Sunday",
        "every word of a long sentence " * 8,
    ):
        check_new_password(good)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("fourteen chars", "too_short"),
        ("ก" * 257, "too_long"),
        ("aaaaaaaaaaaaaaaaaaaa", "too_common"),
        ("123456789012345678", "too_common"),
        ("Password-Password-1", "too_common"),
        ("tessaban.console.2569", "too_common"),
        ("เทศบาลตำบลตัวอย่าง 2569", "too_common"),
        ("somchai-somchai-99", "too_common"),
    ],
)
def test_a_weak_password_is_refused(password: str, reason: str) -> None:
    with pytest.raises(BadPassword) as refused:
        check_new_password(password, "somchai", "เทศบาลตำบลตัวอย่าง")
    assert refused.value.reason == reason


def test_two_ways_to_compose_a_letter_are_one_password() -> None:
    composed, decomposed = "caf\u00e9 au lait, please", "cafe\u0301 au lait, please"
    assert QUICK_PASSWORDS.is_right(QUICK_PASSWORDS.hash(composed), decomposed)


def test_hashes_are_argon2id_and_differ_for_the_same_password() -> None:
    passwords = Passwords()
    first, second = passwords.hash(PASSWORD), passwords.hash(PASSWORD)
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second
    assert passwords.is_right(first, PASSWORD)
    assert not passwords.is_right(first, PASSWORD + " ")


def test_nothing_endless_is_ever_hashed() -> None:
    with pytest.raises(BadPassword):
        QUICK_PASSWORDS.hash("x" * 257)
    assert not QUICK_PASSWORDS.is_right(QUICK_PASSWORDS.hash(PASSWORD), "x" * 10_000_000)
    assert not QUICK_PASSWORDS.is_right(None, PASSWORD)
    assert not QUICK_PASSWORDS.is_right("not a hash", PASSWORD)


def test_a_name_is_the_same_however_it_is_typed(database: Database, municipality: Municipality) -> None:
    with database.transaction() as session:
        person = an_officer(session, municipality, username="Ｓomchai.J")
        assert person.username == "somchai.j"
        assert find_staff(session, " SOMCHAI.J ") is person
        with pytest.raises(BadAccount, match="username_taken"):
            an_officer(session, municipality, username="SomChai.j")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"username": "a b"}, "username_shape"),
        ({"username": "x" * 61}, "username_shape"),
        ({"full_name": "  "}, "full_name_length"),
        ({"role": "mayor"}, "role_unknown"),
        ({"department": "navy"}, "department_unknown"),
        ({"department": ""}, "department_missing"),
        ({"role": "supervisor", "department": ""}, "department_missing"),
    ],
)
def test_an_impossible_account_is_refused(
    database: Database, municipality: Municipality, changed: dict[str, str], reason: str
) -> None:
    fields = {"username": "ann", "full_name": "แอน", "role": "officer", "department": "health"}
    new = NewStaff(**{**fields, **changed}, password=PASSWORD)
    with database.transaction() as session, pytest.raises(BadAccount) as refused:
        add_staff(session, municipality, QUICK_PASSWORDS, new)
    assert refused.value.reason == reason


def test_one_admin_always_stays(database: Database, municipality: Municipality) -> None:
    with database.transaction() as session:
        first = an_officer(session, municipality, role="admin", department=None)
        second = an_officer(session, municipality, role="admin", department=None)
        close_account(session, second, by=first)
        with pytest.raises(BadAccount, match="last_admin"):
            close_account(session, first, by=second)
        with pytest.raises(BadAccount, match="last_admin"):
            change_role(session, municipality, first, "officer", "health")


def test_those_who_may_sign_in_are_listed_first(database: Database, municipality: Municipality) -> None:
    with database.transaction() as session:
        closed = an_officer(session, municipality, full_name="ก")
        active = an_officer(session, municipality, full_name="ฮ", role="admin")
        close_account(session, closed, by=active)
        session.flush()
        assert [person.full_name for person in list_staff(session)] == ["ฮ", "ก"]
