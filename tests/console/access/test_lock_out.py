"""Nobody keeps others out of the console: neither from the same address nor by trying their accounts."""

from collections.abc import Iterator

import pytest
from flask import Flask

from staff_console.settings import ConsoleSettings
from staff_console.web import create_app
from store.database.engine import Database
from store.settings import SettingsError, StoreSettings, number_of_proxies
from store.staff.models import SignInStreak
from store.staff.sign_ins import place
from tests.builders import PASSWORD
from tests.console.conftest import SECRET_KEY, office_of
from tests.console.looks import acts_of, person_of
from tests.console.pages import Person

WRONG = "ไม่ใช่รหัสผ่านของเขา"


def test_invented_names_keep_nobody_out(nobody: Person, officer: Person, app: Flask) -> None:
    for number in range(31):
        nobody.sign_in(WRONG, username=f"invented{number}")
    assert Person(app.test_client(), officer.username).sign_in().status_code == 303


def test_the_browser_of_the_owner_passes_by_the_lock(
    nobody: Person, officer: Person, colleague: Person
) -> None:
    for _ in range(8):
        nobody.sign_in(WRONG, username=officer.username)
    assert nobody.sign_in(username=officer.username).status_code == 429
    officer.submit(officer.visit("/"), "/sign-out")
    assert officer.sign_in().status_code == 303
    # It is known for this account only, and its signature counts.
    for _ in range(6):
        officer.client.get("/")
        last = Person(officer.client, colleague.username).sign_in(WRONG)
    assert last.status_code == 429
    nobody.client.set_cookie("device", "W1siYSJdXQ.made.up")
    assert nobody.sign_in(username=officer.username).status_code == 429


def test_an_admin_opens_a_locked_account(
    nobody: Person, officer: Person, admin: Person, database: Database
) -> None:
    nobody.sign_in(WRONG, username=officer.username)
    with database.transaction() as session:
        session.query(SignInStreak).one().wrong = 100
    refused = nobody.sign_in(username=officer.username)
    assert refused.status_code == 429
    assert "ผู้ดูแลระบบ" in refused.text
    person = person_of(database, officer.username)
    page = admin.visit(f"/staff/{person.id}")
    assert "บัญชีถูกล็อก" in page.html
    admin.submit(page, f"/staff/{person.id}/unlock")
    assert "บัญชีถูกล็อก" not in admin.visit(f"/staff/{person.id}").html
    assert nobody.sign_in(username=officer.username).status_code == 303
    assert len(acts_of(database, "unlock_account")) == 1


def test_the_current_password_is_guessed_as_slowly_as_the_sign_in(
    officer: Person, database: Database
) -> None:
    new = "ปลาทูเข่งละสามสิบบาท"
    answers = [
        officer.submit(officer.visit("/password"), "/password", current=WRONG, new=new, again=new)
        for _ in range(7)
    ]
    assert [answer.status_code for answer in answers] == [400] * 5 + [429] * 2
    assert "นาทีแล้วลองใหม่" in answers[-1].text
    refused = officer.submit(officer.visit("/password"), "/password", current=PASSWORD, new=new, again=new)
    assert refused.status_code == 429
    acts = acts_of(database, "own_password_refused")
    assert len(acts) == 5
    assert {act.place for act in acts} == {place(database.cipher, "127.0.0.1")}
    assert len(acts_of(database, "sign_in_throttled")) == 1


@pytest.fixture(params=[0, 1, 2])
def behind(request: pytest.FixtureRequest, store_settings: StoreSettings) -> Iterator[tuple[int, Flask]]:
    app = create_app(ConsoleSettings(store_settings, SECRET_KEY, trusted_proxies=request.param))
    yield request.param, app
    office_of(app).database.close()


def test_only_the_names_that_our_own_proxies_wrote_are_believed(
    behind: tuple[int, Flask], database: Database
) -> None:
    proxies, app = behind
    client = app.test_client()
    counted = {0: "127.0.0.1", 1: "203.0.113.7", 2: "198.51.100.9"}[proxies]
    for forged in ("", "192.0.2.66, "):
        client.environ_base["HTTP_X_FORWARDED_FOR"] = f"{forged}198.51.100.9, 203.0.113.7"
        Person(client, "somebody").sign_in(WRONG)
    assert {act.place for act in acts_of(database, "sign_in_refused")} == {place(database.cipher, counted)}


def test_a_header_with_fewer_names_than_proxies_changes_nothing(
    store_settings: StoreSettings, database: Database
) -> None:
    app = create_app(ConsoleSettings(store_settings, SECRET_KEY, trusted_proxies=2))
    client = app.test_client()
    client.environ_base["HTTP_X_FORWARDED_FOR"] = "192.0.2.66"
    Person(client, "somebody").sign_in(WRONG)
    assert [act.place for act in acts_of(database, "sign_in_refused")] == [
        place(database.cipher, "127.0.0.1")
    ]
    office_of(app).database.close()


def test_the_number_of_proxies_is_a_number() -> None:
    assert number_of_proxies({}) == 0
    assert number_of_proxies({"TRUSTED_PROXIES": " 2 "}) == 2
    for value in ("-1", "many", "99", "1.5"):
        with pytest.raises(SettingsError, match="TRUSTED_PROXIES"):
            number_of_proxies({"TRUSTED_PROXIES": value})
