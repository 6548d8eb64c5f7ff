"""Creates partial indexes, which hold only the rows that match a condition."""

from sqlalchemy import Index, text


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Returns an index over the rows that match `where`, which are few compared with all rows."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))
