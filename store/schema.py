"""The database's schema: brought up to date by migrations, numbered and never edited."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from store.db import Database
from store.keys import set_up_secret
from store.models import TABLES

FOLDER = Path(__file__).parent / "migrations"
NEWEST = "head"


class BrokenPointers(ValueError):
    """A migration left rows that name rows which are not there; nothing of it was kept."""


def upgrade(database: Database, to: str = NEWEST) -> None:
    """To the newest schema, or to the one named; does nothing when it is there already. WrongDataKey, and nothing is
    changed, where DATA_KEY is not that of the database."""
    with migrating(database) as connection:
        upgrade_in(connection, to)
        if to == NEWEST:
            set_up_secret(connection, database.sealer)


def upgrade_in(connection: Connection, to: str = NEWEST) -> None:
    """Within a transaction of `migrating`."""
    command.upgrade(_config(connection), to)


@contextmanager
def migrating(database: Database) -> Iterator[Connection]:
    """A transaction in which tables may be made anew although other rows point at theirs.

    SQLite changes a table by copying it into a new one and dropping the old one, which it refuses while rows of other
    tables point there. So its foreign keys are off meanwhile, and all of them are checked before anything is kept.
    """
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            yield connection
            connection.commit()
            return
        with _unchecked(connection):
            yield connection
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                tables = ", ".join(sorted({str(row[0]) for row in broken}))
                raise BrokenPointers(f"rows of these tables point at rows that are not there: {tables}")
            connection.commit()


@contextmanager
def _unchecked(connection: Connection) -> Iterator[None]:
    """SQLite takes this word only between transactions, so it is said before SQLAlchemy begins one."""
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
    """The schema the database has; None for an empty one."""
    with database.engine.connect() as connection:
        return revision_in(connection)


def revision_in(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    return _scripts().get_current_head()


def is_known(name: str) -> bool:
    """False for a schema that only a later version of this program has."""
    return name in {script.revision for script in _scripts().walk_revisions()}


def is_newest(database: Database) -> bool:
    """Whether nothing is left to upgrade."""
    return revision(database) == newest()


def drift(database: Database) -> list[object]:
    """What the models say and the migrated database lacks; [] when they agree."""
    with database.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), TABLES))


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(FOLDER))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config
