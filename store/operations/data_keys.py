"""Checks whether DATA_KEY fits the database, by a secret that the database keeps for this.

The secret holds the key of the fingerprints by which residents are found. It is encrypted with the first key of
DATA_KEY, so it can be encrypted again with a newer one while the fingerprints stay as they are.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    func,
    insert,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.exc import SQLAlchemyError

from store.database.encryption import (
    CannotDecrypt,
    Cipher,
    DatabaseSecret,
    EncryptedColumn,
    WrongDataKey,
    cipher_of,
    decrypt_secret,
    fingerprint_with,
    key_id_of,
    names_a_key,
)
from store.database.engine import Database
from store.database.models import Secret
from store.operations.tables import TABLES
from store.residents.models import Channel, Contact
from store.settings import StoreSettings

TOWN = "town"
_SAMPLE = 50
_NO_OLDEST = (
    "DATA_KEY lacks the oldest key, by which residents are found: add it again as the last one, after a comma. "
    "Nothing was changed."
)


def open_database(settings: StoreSettings, *, patience: float = 10.0) -> Database:
    """Opens the database for a process that serves or works; raises WrongDataKey where its keys do not fit.

    A database that does not answer yet, or has no tables, raises nothing here: the secret is checked again before
    anything is encrypted.
    """
    database = Database(settings, patience=patience)
    with suppress(SQLAlchemyError, TimeoutError):
        try:
            database.cipher.secret()
        except WrongDataKey:
            database.close()
            raise
    return database


def set_up_secret(connection: Connection) -> None:
    """Creates the secret of a database once; raises WrongDataKey where DATA_KEY decrypts nothing of what is stored."""
    cipher = cipher_of(connection.dialect)
    kept = connection.execute(select(Secret.value).where(Secret.name == TOWN)).scalar()
    if kept is not None:
        decrypt_secret(cipher, kept)
        return
    secret = _first_secret(connection, cipher)
    connection.execute(insert(Secret).values(name=TOWN, value=secret.encrypted(cipher)))


def _first_secret(connection: Connection, cipher: Cipher) -> DatabaseSecret:
    """Returns a random secret or, where encrypted values exist, one with the key by which the stored residents are
    found.
    """
    old = list(_old_values(connection))
    if not old:
        return DatabaseSecret(os.urandom(32))
    if not any(_opens(cipher, encrypted, about) for encrypted, about in old):
        raise WrongDataKey
    return DatabaseSecret(_old_fingerprint_key(connection, cipher), opens_unbound=True)


def _old_fingerprint_key(connection: Connection, cipher: Cipher) -> bytes:
    """Returns the fingerprint key that was derived from the oldest key, wherever that now stands in DATA_KEY."""
    keys, residents = cipher.derived_fingerprint_keys(), list(_some_residents(connection, cipher))
    fits = Counter(
        key for key in keys for line_key, name in residents if fingerprint_with(key, name) == line_key
    )
    if residents and not fits:
        raise WrongDataKey(_NO_OLDEST)
    return fits.most_common(1)[0][0] if fits else keys[0]


def _some_residents(connection: Connection, cipher: Cipher) -> Iterator[tuple[str, str]]:
    """Yields fingerprint and LINE user id of those of the first and last residents that can be decrypted."""
    query = select(Contact.key, type_coerce(Contact.address, LargeBinary)).limit(_SAMPLE)
    query = query.where(Contact.channel == Channel.LINE)
    for order in (Contact.id, Contact.id.desc()):
        for line_key, encrypted in connection.execute(query.order_by(order)):
            with suppress(CannotDecrypt):
                yield line_key, json.loads(cipher.decrypt(encrypted, "resident.line_user_id"))


def _old_values(connection: Connection) -> Iterator[tuple[bytes, str]]:
    for about, column in encrypted_columns():
        query = select(type_coerce(column, LargeBinary)).where(column.is_not(None)).limit(_SAMPLE)
        yield from ((encrypted, about) for encrypted in connection.scalars(query))


def _opens(cipher: Cipher, encrypted: bytes, about: str) -> bool:
    try:
        cipher.decrypt(encrypted, about)
    except CannotDecrypt:
        return False
    return True


def encrypted_columns() -> Iterator[tuple[str, Column[Any]]]:
    """Yields the encrypted columns, each with the name to which its values are bound."""
    for table in TABLES.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, EncryptedColumn):
                yield column.type.about, column


def beginning(value: ColumnElement[Any]) -> ColumnElement[bytes]:
    """Returns version and key id of a value as SQL. Literal numbers, so that PostgreSQL can group by the expression."""
    return func.substr(value, literal_column("1"), literal_column("5"), type_=LargeBinary)


def count_by_key(connection: Connection) -> Counter[bytes]:
    """Counts the values of rows by version and key id."""
    counts: Counter[bytes] = Counter()
    for _, column in encrypted_columns():
        start = beginning(type_coerce(column, LargeBinary))
        for found, count in connection.execute(
            select(start, func.count()).where(column.is_not(None)).group_by(start)
        ):
            # For an empty value, a number or a text SQLite returns other types than bytes.
            counts[found if isinstance(found, bytes) else b""] += count
    return counts


@dataclass(frozen=True)
class UseOfKeys:
    """Counts encrypted values of rows.

    `old`: how many `reencrypt` would encrypt again; `closed`: how many need keys that DATA_KEY lacks. `unused`: the
    positions in DATA_KEY, except the first, of keys with which no value is encrypted.
    """

    old: int
    closed: int
    unused: tuple[int, ...]


def use_of_keys(database: Database) -> UseOfKeys:
    cipher = database.cipher
    with database.reading() as session:
        by_start = count_by_key(session.connection())
    ids = {key_id_of(start) for start in by_start}
    return UseOfKeys(
        old=sum(
            n for s, n in by_start.items() if s != cipher.newest_start and key_id_of(s) in cipher.key_ids
        ),
        closed=sum(n for s, n in by_start.items() if names_a_key(s) and key_id_of(s) not in cipher.key_ids),
        unused=tuple(n for n, key_id in enumerate(cipher.key_ids, start=1) if n > 1 and key_id not in ids),
    )
