"""The database's schema: brought up to date by migrations, numbered and never edited."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from store.db import Database
from store.models import TABLES

FOLDER = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """To the newest schema; does nothing when it is there already."""
    with database.engine.connect() as connection:
        command.upgrade(_config(connection), "head")
        connection.commit()


def write_revision(database: Database, message: str) -> None:
    """Drafts the next migration from the difference between models and database, for a person to read."""
    with database.engine.connect() as connection:
        count = len(list((FOLDER / "versions").glob("*.py")))
        number = f"{count + 1:04d}"
        command.revision(_config(connection), message, autogenerate=True, rev_id=number)


def revision(database: Database) -> str | None:
    """The schema the database has; None for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_newest(database: Database) -> bool:
    """Whether nothing is left to upgrade."""
    return revision(database) == ScriptDirectory(str(FOLDER)).get_current_head()


def drift(database: Database) -> list[object]:
    """What the models say and the migrated database lacks; [] when they agree."""
    with database.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), TABLES))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config
