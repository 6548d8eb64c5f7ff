"""Makes encrypted values that cannot be decrypted, which tests put directly into the database."""

from typing import Any, Final, cast

from sqlalchemy import LargeBinary, text, type_coerce, update

from store.database.encryption import Cipher, EncryptedColumn
from store.database.engine import Database, Table
from tests.conftest import KEY

NOBODYS_KEY: Final = b"a key that nobody has any more.."


def shut(database: Database, about: str, row_id: int, key: bytes = KEY) -> None:
    """Replaces a stored value by one that does not open; `about` is its table and column, as in outbox.body.

    With our own key it is as if the value was moved here from another row.
    """
    name, column = about.split(".")
    table = Table.metadata.tables[name]
    bound_to = cast(EncryptedColumn, table.c[column].type).about
    encrypted = Cipher((key,)).encrypt(b"{}", bound_to, b"the key of a row")
    with database.transaction() as session:
        changed = update(table).where(table.c.id == row_id)
        session.execute(changed.values({column: type_coerce(encrypted, LargeBinary)}))


# Values that are not encrypted at all. SQLite accepts all of them in a column of bytes.
NO_SEALED_VALUES: Final = (7, "a text", b"", b"\x02")


def spoil(database: Database, about: str, row_id: int, value: Any) -> None:
    """Puts this value in the place of an encrypted one."""
    name, column = about.split(".")
    with database.transaction() as session:
        session.execute(
            text(f'UPDATE "{name}" SET "{column}" = :value WHERE id = :row'), {"value": value, "row": row_id}
        )
