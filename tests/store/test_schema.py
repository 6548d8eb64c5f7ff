"""Migrations: from nothing to what the models say, on either database."""

from pathlib import Path

from sqlalchemy import inspect, text

from store.db import Database
from store.models import TABLES
from store.schema import drift, is_newest, revision, upgrade
from tests.conftest import settings_for


def test_models_and_migrations_do_not_drift(database: Database) -> None:
    assert drift(database) == []
    assert is_newest(database)


def test_every_table_of_the_models_is_there(database: Database) -> None:
    assert set(inspect(database.engine).get_table_names()) == {*TABLES.tables, "alembic_version"}


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    before = revision(database)
    upgrade(database)
    assert (revision(database), drift(database)) == (before, [])


def test_an_empty_database_says_that_it_has_no_schema(tmp_path: Path) -> None:
    empty = Database(settings_for(f"sqlite:///{tmp_path}/empty.db", tmp_path))
    assert revision(empty) is None
    assert not is_newest(empty)
    empty.close()


def test_a_column_that_migrations_lack_is_noticed(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("ALTER TABLE staff DROP COLUMN full_name"))
    assert drift(database) != []


def test_work_that_waits_is_found_by_an_index_of_its_own(database: Database) -> None:
    indexes = {
        index["name"] for table in TABLES.tables for index in inspect(database.engine).get_indexes(table)
    }
    assert {"ix_inbox_due", "ix_inbox_lane", "ix_outbox_due", "ix_outbox_lane", "ix_file_wanted"} <= indexes
