"""Sealed values that were changed or moved since. DATA_KEY has their keys, so only opening each of them shows it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from store.db import Database
from store.resealing import SealedTable, sealed_tables
from store.sealing import CannotOpen, TownSealer, UnknownKey

AT_ONCE = 500


def count_spoilt(database: Database) -> Counter[str]:
    """How many there are of each column, such as case.answers. It reads the whole database, but locks nothing."""
    found: Counter[str] = Counter()
    for sealed in sealed_tables():
        for row in _rows(database, sealed):
            found.update(_spoilt_of(database.sealer, sealed, row))
    return found


def _rows(database: Database, sealed: SealedTable) -> Iterator[dict[str, Any]]:
    key, last = sealed.plain.c.id, 0
    while True:
        with database.reading() as session:
            query = select(sealed.plain).where(key > last).order_by(key).limit(AT_ONCE)
            rows = [dict(row) for row in session.execute(query).mappings()]
        if not rows:
            return
        yield from rows
        last = rows[-1]["id"]


def _spoilt_of(sealer: TownSealer, sealed: SealedTable, row: dict[str, Any]) -> Iterator[str]:
    for name, about in sealed.abouts.items():
        if row[name] is None:
            continue
        try:
            sealer.open_row(row[name], about, row["row_key"])
        except UnknownKey:
            continue
        except CannotOpen:
            yield about
