"""Makes databases as the first version left them: values bound to no row, and fingerprints that depend on DATA_KEY."""

from alembic import command
from sqlalchemy import LargeBinary, bindparam, column, select, table, type_coerce, update

from store.database.encryption import Cipher, DatabaseSecret
from store.database.engine import Database
from store.database.models import Secret
from store.operations.data_keys import encrypted_columns
from store.operations.schema import _config, migrating
from tests.conftest import KEY


def derive_fingerprints(database: Database) -> None:
    """Makes fingerprints depend on DATA_KEY; must be called before the database's secret is read."""
    with database.transaction() as session:
        (derived,) = Cipher((KEY,)).derived_fingerprint_keys()
        session.get_one(Secret, "town").value = DatabaseSecret(derived).encrypted(Cipher((KEY,)))


def go_back(database: Database) -> None:
    """Takes the database back to the first version's schema, with all that is stored."""
    with migrating(database) as connection:
        for about, encrypted in encrypted_columns():
            name, value = encrypted.name, type_coerce(encrypted, LargeBinary)
            rows = connection.execute(
                select(encrypted.table.c.id, encrypted.table.c.row_key, value).where(value.is_not(None))
            ).all()
            plain = table(encrypted.table.name, column("id"), column(name, LargeBinary))
            old = [
                {"at": at, "to": Cipher((KEY,)).encrypt(Cipher((KEY,)).decrypt(found, about, row_key), about)}
                for at, row_key, found in rows
            ]
            if old:
                point = update(plain).where(plain.c.id == bindparam("at"))
                connection.execute(point.values({name: bindparam("to")}), old)
        command.downgrade(_config(connection), "0001")
