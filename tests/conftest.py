"""Provides what all tests use: a fresh database of either kind, a clock that can be set, a town."""

import gc
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from store.clock import BANGKOK
from store.database.engine import Database
from store.municipality.profile import Municipality, read_municipality
from store.operations.data_keys import open_database
from store.operations.schema import upgrade
from store.settings import DEMO_MUNICIPALITY, StoreSettings
from tests.limit import Limit
from tests.postgres import a_database, a_server, make_database
from tests.town import Town, open_town

KEY = b"thirty-two bytes to seal with..!"
# Names of empty PostgreSQL databases that the tests of this process hand on.
SPARE: list[str] = []
A_FRIDAY_MORNING = datetime(2026, 11, 20, 10, 5, tzinfo=BANGKOK)


def settings_for(database_url: str, folder: Path) -> StoreSettings:
    return StoreSettings(
        database_url=database_url,
        media_url=str(folder / "media"),
        municipality=DEMO_MUNICIPALITY,
        data_keys=(KEY,),
    )


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Limit(), "limit")
    # Python's default garbage collection took a fifth of the time.
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Compiles templates once for all tests, though every test makes applications of its own."""
    Flask.jinja_options = {
        "bytecode_cache": FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    }


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Makes a migrated empty database to copy, because migrating takes longer than most tests."""
    folder = tmp_path_factory.mktemp("template")
    database = Database(settings_for(f"sqlite:///{folder}/empty.db", folder))
    upgrade(database)
    database.close()
    return folder / "empty.db"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str | None]:
    with a_server() as server:
        if server is not None:
            _migrate_template(server)
        yield server


def _migrate_template(server: str) -> None:
    url = make_database(server, "empty")
    database = Database(settings_for(url, Path()))
    upgrade(database)
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreSettings]:
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "town.db")
        yield settings_for(f"sqlite:///{tmp_path}/town.db", tmp_path)
        return
    server = request.getfixturevalue("postgres_server")
    if server is None:
        pytest.skip("no PostgreSQL here: install it, or name a server in TEST_DATABASE_URL")
    with a_database(server, SPARE, template="empty") as url:
        yield settings_for(url, tmp_path)


@pytest.fixture
def database(store_settings: StoreSettings) -> Iterator[Database]:
    opened = open_database(store_settings)
    yield opened
    opened.close()


@pytest.fixture
def municipality() -> Municipality:
    return read_municipality(DEMO_MUNICIPALITY)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Sets the clock to Friday 20 November 2569, five past ten in the morning, and lets it run."""
    with time_machine.travel(A_FRIDAY_MORNING, tick=True) as traveller:
        yield traveller


@pytest.fixture
def town(store_settings: StoreSettings, database: Database, clock: time_machine.Traveller) -> Iterator[Town]:
    with open_town(store_settings, database, clock) as opened:
        yield opened
        assert opened.simulator.violations == []
