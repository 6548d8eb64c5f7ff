"""Accounts, as admins keep them."""

from store.db import Database
from tests.builders import PASSWORD
from tests.console.looks import acts_of, person_of, snapshot
from tests.console.pages import Person


def _add(admin: Person, **typed: str) -> int:
    fields = {"full_name": "นางใหม่ มาแล้ว", "username": "newcomer", "role": "officer", "password": PASSWORD}
    return admin.submit(admin.visit("/staff"), "/staff", **{**fields, **typed}).status_code


def test_an_admin_opens_an_account(admin: Person, database: Database) -> None:
    assert _add(admin, username="  NewComer ", department="health") == 303
    person = person_of(database, "newcomer")
    assert (person.full_name, person.role, person.department) == ("นางใหม่ มาแล้ว", "officer", "health")
    assert person.password_is_initial
    assert PASSWORD not in person.password_hash
    assert "นางใหม่ มาแล้ว" in admin.visit("/staff").html


def test_an_account_that_cannot_be_is_refused_in_words(admin: Person, database: Database) -> None:
    assert _add(admin) == 303
    before = snapshot(database)
    for typed in (
        {"username": "NEWCOMER"}, {"username": "a b"}, {"username": "x", "password": "short"},
        {"username": "other", "role": "king"}, {"username": "other", "department": "nowhere"},
        {"username": "other", "full_name": " "}, {"username": "other", "password": "ก" * 300},
    ):  # fmt: skip
        assert _add(admin, **typed) == 400, typed
    assert snapshot(database) == before


def test_roles_change_but_never_ones_own(admin: Person, officer: Person, database: Database) -> None:
    person, own = person_of(database, officer.username), person_of(database, admin.username)
    page = admin.visit(f"/staff/{person.id}")
    admin.submit(page, f"/staff/{person.id}/role", role="supervisor", department="")
    assert person_of(database, officer.username).role == "supervisor"
    fields = {"csrf_token": admin.token(), "role": "officer", "department": ""}
    assert admin.client.post(f"/staff/{own.id}/role", data=fields).status_code == 400
    assert person_of(database, admin.username).role == "admin"


def test_the_last_admin_stays(admin: Person, database: Database) -> None:
    own = person_of(database, admin.username)
    answer = admin.client.post(f"/staff/{own.id}/close", data={"csrf_token": admin.token()})
    assert answer.status_code == 400
    assert person_of(database, admin.username).active


def test_a_reset_password_is_for_one_sign_in(admin: Person, officer: Person, database: Database) -> None:
    person = person_of(database, officer.username)
    first = "ปลาทูเข่งละสามสิบบาท"
    admin.submit(admin.visit(f"/staff/{person.id}"), f"/staff/{person.id}/password", password=first)
    assert officer.client.get("/").status_code == 303
    officer.sign_in(first)
    assert officer.client.get("/").headers["Location"] == "/password"


def test_closing_and_opening_again_is_written_down(
    admin: Person, officer: Person, database: Database
) -> None:
    person = person_of(database, officer.username)
    admin.submit(admin.visit(f"/staff/{person.id}"), f"/staff/{person.id}/close")
    admin.submit(admin.visit(f"/staff/{person.id}"), f"/staff/{person.id}/reopen")
    assert officer.sign_in().status_code == 303
    by = person_of(database, admin.username).id
    for act in ("close_account", "reopen_account"):
        assert [(row.staff_id, row.about) for row in acts_of(database, act)] == [(by, f"staff {person.id}")]


def test_an_account_that_does_not_exist_is_not_found(admin: Person) -> None:
    admin.visit("/staff/999999", 404)
    admin.visit(f"/staff/{2**70}", 404)
