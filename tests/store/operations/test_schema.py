"""Tests migrations: from an empty database to the models' schema, on either database."""

import re
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, text

from store.cases.models import Case
from store.database.engine import Database
from store.files.lifecycle import claim_wanted
from store.municipality.profile import Municipality
from store.operations.schema import (
    FOLDER,
    BrokenPointers,
    drift,
    is_known,
    is_newest,
    migrating,
    newest,
    revision,
    upgrade,
)
from store.operations.tables import TABLES
from tests.builders import a_case
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


def make_anew(database: Database, table: str) -> None:
    """Does what a migration does on SQLite to change a column: a new table, the rows copied, the old one dropped."""
    with migrating(database) as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table(table, recreate="always"):
            pass


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("table", ["resident", "staff", "case", "case_event", "outbox", "broadcast"])
def test_a_table_at_which_others_point_can_be_made_anew(
    database: Database, municipality: Municipality, table: str
) -> None:
    with database.transaction() as session:
        a_case(session, municipality)
    make_anew(database, table)
    assert drift(database) == []
    with database.transaction() as session:
        assert session.query(Case).one().resident.id == 1
        # The foreign keys are enforced again afterwards.
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
def test_a_migration_that_loses_rows_at_which_others_point_is_not_kept(
    database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        a_case(session, municipality)
    with pytest.raises(BrokenPointers, match="case"), migrating(database) as connection:
        connection.execute(text("DELETE FROM resident"))
    with database.reading() as session:
        assert session.query(Case).one().resident.id == 1


def test_a_schema_of_a_later_version_is_not_known(database: Database) -> None:
    assert is_known(newest() or "")
    assert not is_known("9999")


def test_files_that_were_being_fetched_go_on_being_fetched(tmp_path: Path) -> None:
    database = Database(settings_for(f"sqlite:///{tmp_path}/town.db", tmp_path))
    before = str(ScriptDirectory(str(FOLDER)).get_revision("0005").down_revision)
    upgrade(database, before)
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO file (row_key, token, kind, state, for_conversation, tries, next_try_at, created_at)"
                " VALUES (randomblob(16), 't', 'photo', 'wanted', 1, 3,"
                " '2026-11-20 03:05:00.000000', '2026-11-20 03:05:00.000000')"
            )
        )
    upgrade(database)
    with database.transaction() as session:
        file = claim_wanted(session)
        assert file is not None
        assert (file.token, file.tries, file.unfinished, file.again_until) == ("t", 4, 1, None)
    database.close()


def test_the_database_refuses_the_words_that_the_models_refuse(database: Database) -> None:
    """Checks the words in each CHECK: a word that was added to an enum needs a migration, which drift does not see."""
    with database.engine.connect() as connection:
        found = {
            check["name"]: _words(check["sqltext"])
            for table in TABLES.tables
            for check in inspect(connection).get_check_constraints(table)
        }
    declared = {
        str(constraint.name): _words(str(constraint.sqltext))
        for table in TABLES.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert {name: found.get(name) for name in declared} == declared


def _words(condition: str) -> set[str]:
    return set(re.findall(r"'(\w+)'", condition))
