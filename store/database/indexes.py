"""Creates partial indexes, which hold only the rows that match a condition."""

from sqlalchemy import Index, text


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Returns an index over the few rows that are still to be processed, however many are done."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))
