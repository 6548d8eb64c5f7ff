"""Sealed values that do not open: tests put them straight into the database."""

from typing import Final

from sqlalchemy import LargeBinary, type_coerce, update

from store.db import Database, Table
from store.sealing import Sealer
from tests.conftest import KEY

NOBODYS_KEY: Final = b"a key that nobody has any more.."


def shut(database: Database, about: str, row_id: int, key: bytes = KEY) -> None:
    """`about`: such as outbox.body. With our own key: as a value that was moved here from another row."""
    name, column = about.split(".")
    table = Table.metadata.tables[name]
    sealed = Sealer((key,)).seal(b"{}", about, b"the key of a row")
    with database.transaction() as session:
        changed = update(table).where(table.c.id == row_id)
        session.execute(changed.values({column: type_coerce(sealed, LargeBinary)}))
