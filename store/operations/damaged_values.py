"""Counts the encrypted values that were changed or moved. DATA_KEY has their keys: only decrypting each shows it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from store.database.encrypted_rows import EncryptedRow
from store.database.engine import Database
from store.operations.tables import ENCRYPTED_ROWS

AT_ONCE = 500


def count_damaged_values(database: Database) -> Counter[str]:
    """Returns the number of such values by column, such as case.answers. It reads the whole database without locks."""
    found: Counter[str] = Counter()
    for kind in ENCRYPTED_ROWS:
        for row in _rows(database, kind):
            found.update(f"{kind.__tablename__}.{name}" for name in row.never_open())
    return found


def _rows(database: Database, kind: Any) -> Iterator[EncryptedRow]:
    """Yields all rows of the table in batches, so that no transaction stays open for long."""
    last = 0
    while True:
        with database.reading() as session:
            query = select(kind).where(kind.id > last).order_by(kind.id).limit(AT_ONCE)
            rows = list(session.scalars(query))
        if not rows:
            return
        yield from rows
        last = rows[-1].id
