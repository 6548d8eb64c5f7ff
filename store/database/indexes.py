"""Makes partial indexes, which hold only the rows that a condition names."""

from sqlalchemy import Index, text


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Returns an index over the few rows that are still to be worked on, however many are done."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))
