"""Whether DATA_KEY fits the database, and the secret of its own by which a database tells.

The secret holds the key of the fingerprints by which residents are found. It is sealed with the first key of DATA_KEY,
so it can be sealed again with a newer one and the fingerprints stay as they are.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, insert, select, type_coerce
from sqlalchemy.exc import SQLAlchemyError

from store.db import Database
from store.models import TABLES, InboxEvent, Resident, Secret
from store.sealing import (
    CannotOpen,
    Sealed,
    TownSealer,
    TownSecret,
    WrongDataKey,
    fingerprint_with,
    open_secret,
)
from store.settings import StoreSettings

TOWN = "town"
_SAMPLE = 50
_NO_ELDEST = (
    "DATA_KEY lacks the eldest key, by which residents are found: add it again as the last one, after a comma. "
    "Nothing was changed."
)


def open_database(settings: StoreSettings, *, patience: float = 10.0) -> Database:
    """For a process that serves or works: WrongDataKey where its keys are not those of the database.

    One that does not answer yet, or has no tables, is not a matter of keys: nothing is sealed before it was asked.
    """
    database = Database(settings, patience=patience)
    with suppress(SQLAlchemyError, TimeoutError):
        try:
            database.sealer.secret()
        except WrongDataKey:
            database.close()
            raise
    return database


def set_up_secret(connection: Connection, sealer: TownSealer) -> None:
    """Gives a database its secret, once. WrongDataKey where DATA_KEY opens nothing of what is stored."""
    kept = connection.execute(select(Secret.value).where(Secret.name == TOWN)).scalar()
    if kept is not None:
        open_secret(sealer, kept)
        return
    secret = TownSecret(_fingerprint_key(connection, sealer))
    connection.execute(insert(Secret).values(name=TOWN, value=secret.sealed(sealer)))


def _fingerprint_key(connection: Connection, sealer: TownSealer) -> bytes:
    """A random one, or the one that was derived from DATA_KEY and that the residents already stored are found by."""
    residents = list(_some_residents(connection, sealer))
    fits = Counter(
        key
        for key in sealer.derived_fingerprint_keys()
        for line_key, line_user_id in residents
        if fingerprint_with(key, line_user_id) == line_key
    )
    if fits:
        return fits.most_common(1)[0][0]
    if residents:
        raise WrongDataKey(_NO_ELDEST)
    if any(connection.execute(select(kind.id).limit(1)).first() for kind in (Resident, InboxEvent)):
        if not _opens_something(connection, sealer):
            raise WrongDataKey
        return sealer.derived_fingerprint_keys()[0]
    return os.urandom(32)


def _some_residents(connection: Connection, sealer: TownSealer) -> Iterator[tuple[str, str]]:
    """Of the first and the last ones those that can be read: their fingerprints and LINE's names for them."""
    line_user_id = type_coerce(Resident.line_user_id, LargeBinary)
    query = select(Resident.line_key, line_user_id).limit(_SAMPLE)
    for order in (Resident.id, Resident.id.desc()):
        for line_key, sealed in connection.execute(query.order_by(order)):
            with suppress(CannotOpen):
                yield line_key, sealer.open_value(bytes(sealed), "resident.line_user_id")


def _opens_something(connection: Connection, sealer: TownSealer) -> bool:
    """Also where nothing sealed is stored that could be opened."""
    refused = False
    for column in sealed_columns():
        query = select(type_coerce(column, LargeBinary)).where(column.is_not(None)).limit(_SAMPLE)
        for sealed in connection.scalars(query):
            try:
                sealer.open(bytes(sealed), column.type.about)
            except CannotOpen:
                refused = True
            else:
                return True
    return not refused


def sealed_columns() -> Iterator[Column[Any]]:
    for table in TABLES.sorted_tables:
        yield from (column for column in table.columns if isinstance(column.type, Sealed))
