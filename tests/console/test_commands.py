"""The commands on the terminal."""

import base64
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from staff_console.__main__ import main
from store.database.engine import Database
from store.settings import StoreSettings
from store.staff.models import Staff
from tests.builders import PASSWORD
from tests.console.looks import acts_of, person_of
from tests.console.pages import Person

Run = Callable[..., int]


@pytest.fixture
def run(store_settings: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command with a password on its standard input."""

    def run_one(*arguments: str, password: str = PASSWORD) -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        return main(arguments)

    monkeypatch.setenv("DATABASE_URL", store_settings.database_url)
    monkeypatch.setenv("DATA_KEY", base64.b64encode(store_settings.data_keys[0]).decode())
    return run_one


def test_an_account_is_opened(run: Run, database: Database) -> None:
    arguments = ["Somchai", "--role", "officer", "--department", "health", "--full-name", "นายสมชาย ใจกว้าง"]
    assert run("add-staff", *arguments, "--password-stdin") == 0
    person = person_of(database, "somchai")
    assert (person.full_name, person.role, person.department) == ("นายสมชาย ใจกว้าง", "officer", "health")
    assert not person.password_is_initial
    assert person.may_approve


def test_a_password_is_reset(run: Run, database: Database) -> None:
    run("add-staff", "somchai", "--role", "admin", "--password-stdin")
    before = person_of(database, "somchai").password_hash
    assert run("reset-password", "somchai", "--password-stdin", password="ปลาทูเข่งละสามสิบบาท") == 0
    assert person_of(database, "somchai").password_hash != before


def test_of_a_closed_account_it_is_said_that_a_new_password_opens_nothing(
    run: Run, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    run("add-staff", "somchai", "--role", "admin", "--password-stdin")
    with database.transaction() as session:
        session.get_one(Staff, person_of(database, "somchai").id).active = False
    assert run("reset-password", "somchai", "--password-stdin", password="ปลาทูเข่งละสามสิบบาท") == 0
    assert "the account is closed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "password", "words"),
    [
        (["add-staff", "a", "--role", "officer"], PASSWORD, "NAME"),
        (["add-staff", "ann", "--role", "admin"], "short", "at least 15"),
        (["add-staff", "ann", "--role", "admin"], "", "at least 15"),
        (["add-staff", "ann", "--role", "officer"], PASSWORD, "--all-departments"),
        (["add-staff", "ann", "--role", "supervisor"], PASSWORD, "--all-departments"),
        (["add-staff", "ann", "--role", "officer", "--department", "x"], PASSWORD, "department"),
        (["reset-password", "nobody"], PASSWORD, "no account"),
    ],
)
def test_bad_input_is_said_clearly(
    run: Run, arguments: list[str], password: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments, "--password-stdin", password=password) == 2
    assert words in capsys.readouterr().err


def test_a_second_account_of_the_same_name_is_refused(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("add-staff", "ann", "--role", "officer", "--all-departments", "--password-stdin") == 0
    assert run("add-staff", "ANN", "--role", "admin", "--password-stdin") == 2
    assert "already" in capsys.readouterr().err


def test_an_initial_password_is_good_for_three_days(
    run: Run, database: Database, app: Flask, clock: time_machine.Traveller
) -> None:
    run("add-staff", "ann", "--role", "admin", "--password-stdin", "--initial")
    assert Person(app.test_client(), "ann").sign_in().headers["Location"] == "/"
    clock.shift(timedelta(hours=73))
    refused = Person(app.test_client(), "ann").sign_in()
    assert refused.status_code == 401
    assert "หมดอายุแล้ว" in refused.text
    assert len(acts_of(database, "password_expired")) == 1
    new = "ปลาทูเข่งละสามสิบบาท"
    run("reset-password", "ann", "--password-stdin", "--initial", password=new)
    assert Person(app.test_client(), "ann").sign_in(new).status_code == 303
