"""The browsers in which somebody is signed in are known, and the session of each can be ended."""

import hashlib

import pytest
from flask import Flask

from staff_console.access.browser_names import name_browser
from store.database.engine import Database
from store.staff.models import StaffSession
from tests.builders import PASSWORD
from tests.console.looks import acts_of, person_of
from tests.console.pages import Person

PHONE = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 Chrome/138.0.0.0 Mobile Safari/537.36"


def cookie_of(person: Person) -> str:
    cookie = person.client.get_cookie("staff")
    assert cookie is not None
    return cookie.value


def handle_of(person: Person) -> str:
    return hashlib.sha256(cookie_of(person).encode()).hexdigest()[:16]


def is_signed_in(app: Flask, cookie: str) -> bool:
    """Says whether somebody is signed in by nothing but the raw cookie."""
    client = app.test_client()
    client.set_cookie("staff", cookie)
    return client.get("/").status_code == 200


def on_the_phone(app: Flask, officer: Person) -> Person:
    phone = Person(app.test_client(), officer.username)
    phone.client.environ_base["HTTP_USER_AGENT"] = PHONE
    assert phone.sign_in().status_code == 303
    return phone


def test_signing_in_again_ends_the_former_cookie_of_this_browser(app: Flask, officer: Person) -> None:
    former, other = cookie_of(officer), on_the_phone(app, officer)
    officer.sign_in()
    assert cookie_of(officer) != former
    assert not is_signed_in(app, former)
    assert is_signed_in(app, cookie_of(officer))
    assert is_signed_in(app, cookie_of(other))


def test_a_colleague_at_the_same_desk_ends_the_session_that_was_left_open(
    app: Flask, officer: Person, colleague: Person
) -> None:
    left = cookie_of(officer)
    Person(officer.client, colleague.username).sign_in()
    assert not is_signed_in(app, left)


def test_a_wrong_password_ends_nothing(app: Flask, officer: Person) -> None:
    cookie = cookie_of(officer)
    assert officer.sign_in("ไม่ใช่รหัสผ่านของเขา").status_code == 401
    assert is_signed_in(app, cookie)


def test_ones_own_browsers_are_listed_and_nobody_elses(
    app: Flask, officer: Person, colleague: Person, database: Database
) -> None:
    on_the_phone(app, officer)
    html = officer.visit("/my-sessions").html
    assert "Chrome บน Android" in html
    assert html.count("เครื่องนี้</span>") == 1
    assert html.count("ใช้ล่าสุด") == 2
    with database.reading() as session:
        hashes = [row.cookie_hash for row in session.query(StaffSession)]
    assert not [found for found in hashes if found in html]
    assert "Android" not in colleague.visit("/my-sessions").html


def test_one_browser_is_ended(app: Flask, officer: Person, database: Database) -> None:
    phone = on_the_phone(app, officer)
    officer.submit(officer.visit("/my-sessions"), "/my-sessions/end", session=handle_of(phone))
    assert not is_signed_in(app, cookie_of(phone))
    assert is_signed_in(app, cookie_of(officer))
    number = person_of(database, officer.username).id
    assert [(act.about, act.details) for act in acts_of(database, "end_sessions")] == [
        (f"staff {number}", {"ended": 1})
    ]


def test_all_others_are_ended(app: Flask, officer: Person, colleague: Person) -> None:
    others = [on_the_phone(app, officer) for _ in range(3)]
    token = officer.token()
    assert officer.client.post("/my-sessions/end", data={"csrf_token": token}).status_code == 303
    assert [is_signed_in(app, cookie_of(each)) for each in others] == [False] * 3
    assert is_signed_in(app, cookie_of(officer))
    assert is_signed_in(app, cookie_of(colleague))


def test_nobody_ends_the_session_of_somebody_else(app: Flask, officer: Person, colleague: Person) -> None:
    fields = {"csrf_token": colleague.token(), "session": handle_of(officer)}
    colleague.client.post("/my-sessions/end", data=fields)
    assert is_signed_in(app, cookie_of(officer))


def test_changing_the_password_ends_the_former_cookie_too(app: Flask, officer: Person) -> None:
    former, new = cookie_of(officer), "ปลาทูเข่งละสามสิบบาท"
    officer.submit(officer.visit("/password"), "/password", current=PASSWORD, new=new, again=new)
    assert not is_signed_in(app, former)
    assert is_signed_in(app, cookie_of(officer))


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (PHONE, "Chrome บน Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/138.0 Safari/537.36 Edg/138.0", "Edge บน Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17 Safari/604", "Safari บน iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox บน Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Safari/605.1 Line/15.2", "LINE บน Mac"),
        ("", "เบราว์เซอร์ที่ไม่รู้จัก"),
        ("<script>" * 100, "เบราว์เซอร์ที่ไม่รู้จัก"),
    ],
)
def test_a_browser_is_named_in_few_words(told: str, name: str) -> None:
    assert name_browser(told) == name
