"""Signing in and out, and what a browser's session is worth."""

import io

import time_machine
from flask import Flask

from store.database.engine import Database
from store.staff.models import Staff, StaffSession
from tests.builders import PASSWORD
from tests.console.looks import acts_of, person_of
from tests.console.pages import Person


def test_the_right_password_opens_the_queue(officer: Person) -> None:
    assert "รายการเรื่อง" in officer.visit("/").html


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(nobody: Person, officer: Person) -> None:
    wrong = nobody.sign_in("ไม่ใช่รหัสผ่านของเขา", username="somebody")
    unknown = nobody.sign_in("ไม่ใช่รหัสผ่านของเขา", username=officer.username)
    assert wrong.status_code == unknown.status_code == 401
    assert _without_token(wrong.text, "somebody") == _without_token(unknown.text, officer.username)


def _without_token(html: str, name: str) -> list[str]:
    return [line.replace(name, "NAME") for line in html.splitlines() if "csrf_token" not in line]


def test_after_five_wrong_passwords_the_right_one_must_wait_a_minute(
    nobody: Person, officer: Person, clock: time_machine.Traveller
) -> None:
    for _ in range(5):
        assert nobody.sign_in("ไม่ใช่รหัสผ่านของเขา", username=officer.username).status_code == 401
    refused = nobody.sign_in(username=officer.username)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    clock.shift(61)
    assert nobody.sign_in(username=officer.username).status_code == 303


def test_signing_in_leads_to_the_page_that_was_asked_for(nobody: Person, officer: Person) -> None:
    asked = nobody.client.get("/?tab=overdue")
    page = nobody.visit(asked.headers["Location"])
    answer = nobody.submit(page, "/sign-in", username=officer.username, password=PASSWORD)
    assert answer.headers["Location"] == "/?tab=overdue"


def test_signing_in_never_leads_to_another_site(nobody: Person, officer: Person) -> None:
    for evil in (
        "//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example", "\t//evil.example",
        "/\t/evil.example", "javascript:alert(1)", "evil.example", "/sign-out", "/\n/evil.example",
    ):  # fmt: skip
        page = nobody.visit("/sign-in")
        answer = nobody.submit(page, "/sign-in", username=officer.username, password=PASSWORD, next=evil)
        assert answer.headers["Location"] == "/", evil


def test_signing_out_makes_the_cookie_worthless(officer: Person, database: Database) -> None:
    cookie = officer.client.get_cookie("staff")
    assert cookie is not None
    officer.submit(officer.visit("/"), "/sign-out")
    officer.client.set_cookie("staff", cookie.value)
    assert officer.client.get("/").headers["Location"] == "/sign-in?why=ended"
    assert len(acts_of(database, "sign_out")) == 1


def test_changing_the_password_ends_the_other_sessions_but_not_this_one(officer: Person, app: Flask) -> None:
    other = Person(app.test_client(), officer.username)
    other.sign_in()
    new = "ปลาทูเข่งละสามสิบบาท"
    answer = officer.submit(officer.visit("/password"), "/password", current=PASSWORD, new=new, again=new)
    assert answer.status_code == 303
    assert officer.client.get("/").status_code == 200
    assert other.client.get("/").status_code == 303
    assert other.sign_in().status_code == 401
    assert other.sign_in(new).status_code == 303


def test_a_new_password_is_refused_with_the_reason(officer: Person) -> None:
    for current, new, again, words in (
        ("ผิดแน่นอนรหัสผ่านนี้", "ปลาทูเข่งละสามสิบบาท", "ปลาทูเข่งละสามสิบบาท", "รหัสผ่านปัจจุบันไม่ถูกต้อง"),
        (PASSWORD, "สั้นไป", "สั้นไป", "อย่างน้อย 15 ตัวอักษร"),
        (PASSWORD, "ปลาทูเข่งละสามสิบบาท", "ปลาทูเข่งละสี่สิบบาท", "ไม่ตรงกัน"),
        (PASSWORD, PASSWORD, PASSWORD, "ต้องไม่ใช่รหัสเดิม"),
        (PASSWORD, "tessaban-2569-admin", "tessaban-2569-admin", "เดาง่าย"),
    ):
        answer = officer.submit(
            officer.visit("/password"), "/password", current=current, new=new, again=again
        )
        assert answer.status_code == 400
        assert words in answer.text


def test_half_an_hour_without_a_click_ends_the_session_also_when_the_page_asks_by_itself(
    clock: time_machine.Traveller, officer: Person
) -> None:
    for _ in range(4):
        clock.shift(9 * 60)
        officer.client.get("/counts")
    assert officer.client.get("/").status_code == 303


def test_twelve_hours_end_the_session_of_the_busiest(clock: time_machine.Traveller, officer: Person) -> None:
    for _ in range(26):
        clock.shift(27 * 60)
        assert officer.client.get("/").status_code == 200
    clock.shift(27 * 60)
    assert officer.client.get("/").status_code == 303


def test_the_database_does_not_hold_the_cookie(officer: Person, database: Database) -> None:
    cookie = officer.client.get_cookie("staff")
    assert cookie is not None
    with database.reading() as session:
        hashes = [row.cookie_hash for row in session.query(StaffSession)]
    assert cookie.value not in hashes
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_an_initial_password_must_be_changed_before_anything_else(
    officer: Person, database: Database
) -> None:
    newcomer = officer
    with database.transaction() as session:
        session.get_one(Staff, person_of(database, officer.username).id).password_is_initial = True
    assert newcomer.client.get("/").headers["Location"] == "/password"
    assert newcomer.client.get("/cases/1").headers["Location"] == "/password?next=/cases/1"
    new = "ปลาทูเข่งละสามสิบบาท"
    newcomer.submit(newcomer.visit("/password"), "/password", current=PASSWORD, new=new, again=new)
    assert newcomer.client.get("/").status_code == 200


def test_a_closed_account_is_out_at_once_and_cannot_come_back(
    admin: Person, officer: Person, database: Database
) -> None:
    person = person_of(database, officer.username)
    admin.submit(admin.visit(f"/staff/{person.id}"), f"/staff/{person.id}/close")
    assert officer.client.get("/").status_code == 303
    assert officer.sign_in().status_code == 401


def test_nobody_without_an_account_may_send_more_than_a_form_needs(nobody: Person) -> None:
    form = nobody.visit("/sign-in").form("/sign-in").fields
    answer = nobody.client.post("/sign-in", data={**form, "username": "a" * 70_000})
    assert answer.status_code == 413
    photo = (io.BytesIO(bytes(70_000)), "a.jpg")
    assert nobody.client.post("/sign-in", data={**form, "photo": photo}).status_code == 413
