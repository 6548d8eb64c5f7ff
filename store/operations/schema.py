"""Upgrades the database's schema by migrations, which are numbered and never edited."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Constraint, Index, MetaData, inspect, text

from store.database.engine import Database
from store.operations.data_keys import set_up_secret
from store.operations.tables import TABLES

FOLDER = Path(__file__).parents[1] / "migrations"
NEWEST = "head"
UPGRADE = "python -m store upgrade"


class BrokenPointers(ValueError):
    """Says that a migration left rows that reference missing rows; it was rolled back."""


def upgrade(database: Database, to: str = NEWEST) -> None:
    """Upgrades to the newest schema, or to the one named; does nothing when it is reached already. Raises WrongDataKey,
    and changes nothing, where DATA_KEY is not that of the database.
    """
    with migrating(database) as connection:
        upgrade_in(connection, to)
        if to == NEWEST:
            set_up_secret(connection)


def upgrade_in(connection: Connection, to: str = NEWEST) -> None:
    """Upgrades the schema within a transaction of `migrating`."""
    command.upgrade(_config(connection), to)


def begin_anew(connection: Connection, at: str) -> None:
    """Gives a database without rows the tables of this schema. The caller has checked that it has none.

    It runs within a transaction of `migrating`. Tables that are not ours stay.
    """
    if revision_in(connection) == at:
        return
    there = MetaData()
    there.reflect(connection, only=lambda name, _: name in TABLES.tables or name == "alembic_version")
    there.drop_all(connection)
    upgrade_in(connection, at)


@contextmanager
def migrating(database: Database) -> Iterator[Connection]:
    """Opens a transaction in which tables may be recreated although rows of other tables reference them.

    SQLite changes a table by copying it into a new one and dropping the old one, which it refuses while other rows
    reference it. So its foreign keys are off meanwhile, and all of them are checked before the commit.
    """
    try:
        with database.engine.connect() as connection:
            yield from _migrating(database, connection)
    finally:
        database.cipher.forget_secret()  # The secret may have changed.


def _migrating(database: Database, connection: Connection) -> Iterator[Connection]:
    if not database.is_sqlite:
        with connection.begin():
            yield connection
        return
    with _unchecked(connection):
        # Begun here: otherwise each migration would be committed by itself, whatever fails after it.
        connection.begin()
        yield connection
        if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
            tables = ", ".join(sorted({str(row[0]) for row in broken}))
            raise BrokenPointers(f"rows of these tables point at rows that are not there: {tables}")
        connection.commit()


@contextmanager
def _unchecked(connection: Connection) -> Iterator[None]:
    """Turns foreign keys off within the block. SQLite accepts this only between transactions, so it happens before one
    begins.
    """
    driver = connection.connection.driver_connection
    if driver is None:
        raise BrokenPointers("the connection to the database is gone")
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def write_revision(database: Database, message: str) -> None:
    """Drafts the next migration from the difference between models and database, for a person to read."""
    with database.engine.connect() as connection:
        count = len(list((FOLDER / "versions").glob("*.py")))
        number = f"{count + 1:04d}"
        command.revision(_config(connection), message, autogenerate=True, rev_id=number)


def revision(database: Database) -> str | None:
    """Returns the schema's revision in the database; None for an empty one."""
    with database.engine.connect() as connection:
        return revision_in(connection)


def revision_in(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def newest() -> str | None:
    return _scripts().get_current_head()


def is_known(name: str) -> bool:
    """Says whether this program knows the revision; False for one of a later version."""
    return name in {script.revision for script in _scripts().walk_revisions()}


def is_newest(database: Database) -> bool:
    """Says whether nothing is left to upgrade."""
    return revision(database) == newest()


def drift(database: Database) -> list[object]:
    """Returns the differences between the models and the migrated database; [] when they agree."""
    with database.engine.connect() as connection:
        return list(_differences(connection))


def trouble_in(connection: Connection) -> list[str]:
    """Returns the reasons why this program cannot work with these tables, in words; [] where it can. Takes up to a
    second.

    The revision alone is not enough, because a migration may have been different when it ran. During an upgrade,
    processes of the version before go on working with tables that have more columns than they know.
    """
    found = revision_in(connection)
    if found is None or (found != newest() and is_known(found)):
        return [f"its schema is not the newest: {UPGRADE}"]
    told = _fatal if found != newest() else _worth_telling
    return [_in_words(difference) for difference in _differences(connection) if told(difference)]


def _differences(connection: Connection) -> Iterator[tuple[Any, ...]]:
    for difference in compare_metadata(MigrationContext.configure(connection), TABLES):
        # Differences of one column come together as a list.
        yield from difference if isinstance(difference, list) else [difference]


def _worth_telling(difference: tuple[Any, ...]) -> bool:
    """Says whether the difference matters: tables of other programs may be in the same database."""
    return bool(difference[0] != "remove_table")


def _fatal(difference: tuple[Any, ...]) -> bool:
    return difference[0] in ("add_table", "add_column")


def _in_words(difference: tuple[Any, ...]) -> str:
    match difference:
        case ("add_table", table):
            return f"there is no table {table.name}"
        case ("add_column", _, table, column):
            return f"{table} has no column {column.name}"
        case ("remove_column", _, table, column):
            return f"{table} has a column {column.name} of which nobody knows"
        case (what, thing) if isinstance(thing, Constraint | Index):
            return f"{_table_of(thing)} {'lacks' if what.startswith('add') else 'has a strange'} {thing.name}"
        case (what, _, table, column, *_):
            return f"{table}.{column} differs ({what})"
    return str(difference[0])


def _table_of(thing: Constraint | Index) -> str:
    return thing.table.name if thing.table is not None else "a table"


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(FOLDER))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config
