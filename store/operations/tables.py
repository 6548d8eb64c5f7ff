"""Knows every table of the store: those in the `models` of each of its rooms."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any, Final

from sqlalchemy import MetaData

import store
from store.database.encrypted_rows import EncryptedRow
from store.database.engine import Table


def _tables() -> MetaData:
    """Imports the `models` of every room, which registers their tables."""
    for room in iter_modules(store.__path__):
        name = f"store.{room.name}.models"
        if room.ispkg and find_spec(name):
            import_module(name)
    return Table.metadata


TABLES: Final = _tables()
# The mapped classes with encrypted columns.
ENCRYPTED_ROWS: Final[tuple[Any, ...]] = tuple(
    mapper.class_ for mapper in Table.registry.mappers if issubclass(mapper.class_, EncryptedRow)
)
