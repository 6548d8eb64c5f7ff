"""Builds INSERT statements that say what to do when the row exists already.

SQLite and PostgreSQL both know ON CONFLICT, but SQLAlchemy has a class of its own for each.
"""

from typing import Any, Final

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

Insert = sqlite.Insert | postgresql.Insert
ENGINES: Final = ("sqlite", "postgresql")


def insert_into(session: Session, table: Any) -> Insert:
    """Returns an INSERT into `table`, a table or its mapped class, for the session's database."""
    return insert_for(session.get_bind().dialect.name, table)


def insert_for(engine: str, table: Any) -> Insert:
    """Returns the same for one of ENGINES, for statements that are built once and used by many sessions."""
    return sqlite.insert(table) if engine == "sqlite" else postgresql.insert(table)
