"""A console over a fresh database, and its people: each before a browser of their own."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from staff_console.context import ConsoleContext
from staff_console.settings import ConsoleSettings
from staff_console.web import create_app
from store.database.engine import Database
from store.municipality.profile import Municipality
from store.settings import StoreSettings
from tests.builders import a_case, an_officer
from tests.console.pages import Person

SECRET_KEY = "a secret key of more than thirty-two characters"


@pytest.fixture
def app(store_settings: StoreSettings) -> Iterator[Flask]:
    app = create_app(ConsoleSettings(store=store_settings, secret_key=SECRET_KEY))
    yield app
    office_of(app).database.close()


def office_of(app: Flask) -> ConsoleContext:
    context = app.extensions["context"]
    assert isinstance(context, ConsoleContext)
    return context


def _signed_in(app: Flask, username: str) -> Person:
    person = Person(app.test_client(), username)
    assert person.sign_in().status_code == 303
    return person


def _account(database: Database, municipality: Municipality, role: str, department: str | None) -> str:
    with database.transaction() as session:
        return an_officer(session, municipality, role=role, department=department).username


@pytest.fixture
def officer(app: Flask, database: Database, municipality: Municipality) -> Person:
    """Of the engineering department, as the cases of the builders are."""
    return _signed_in(app, _account(database, municipality, "officer", "engineering"))


@pytest.fixture
def colleague(app: Flask, database: Database, municipality: Municipality) -> Person:
    """Another officer of the same department."""
    return _signed_in(app, _account(database, municipality, "officer", "engineering"))


@pytest.fixture
def stranger(app: Flask, database: Database, municipality: Municipality) -> Person:
    """An officer of another department."""
    return _signed_in(app, _account(database, municipality, "officer", "health"))


@pytest.fixture
def supervisor(app: Flask, database: Database, municipality: Municipality) -> Person:
    return _signed_in(app, _account(database, municipality, "supervisor", None))


@pytest.fixture
def admin(app: Flask, database: Database, municipality: Municipality) -> Person:
    return _signed_in(app, _account(database, municipality, "admin", None))


@pytest.fixture
def nobody(app: Flask) -> Person:
    return Person(app.test_client())


@dataclass(frozen=True)
class Known:
    case_id: int
    version: int


@pytest.fixture
def case(database: Database, municipality: Municipality) -> Known:
    """A new case of the engineering department."""
    with database.transaction() as session:
        made = a_case(session, municipality)
        return Known(made.id, made.version)
