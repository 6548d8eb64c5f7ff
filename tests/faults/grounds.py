"""Provides where runs take place: a fresh migrated database of either kind, and an empty folder."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from store.database.engine import Database
from store.operations.schema import upgrade
from tests.faults.lives import store_settings
from tests.postgres import a_server, drop_database, make_database

TEMPLATE = "killed"


@dataclass(frozen=True)
class Plot:
    database_url: str
    folder: str


class Grounds:
    def __init__(self, folder: Path, server: str | None) -> None:
        self._folder, self._server = folder, server
        url = make_database(server, TEMPLATE) if server else f"sqlite:///{folder}/{TEMPLATE}.db"
        database = Database(store_settings(url, str(folder)))
        upgrade(database)
        database.close()

    @contextmanager
    def plot(self) -> Iterator[Plot]:
        name = f"k{secrets.token_hex(6)}"
        folder = self._folder / name
        folder.mkdir()
        if self._server is None:
            shutil.copy(self._folder / f"{TEMPLATE}.db", folder / "town.db")
            url = f"sqlite:///{folder}/town.db"
        else:
            url = make_database(self._server, name, template=TEMPLATE)
        try:
            yield Plot(url, str(folder))
        finally:
            if self._server is not None:
                drop_database(self._server, name)
            shutil.rmtree(folder)


@contextmanager
def grounds(kind: str, *, durable: bool = False) -> Iterator[Grounds | None]:
    """Yields the place for runs, or None where there is no PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="tessaban-kills-") as folder:
        if kind == "sqlite":
            yield Grounds(Path(folder), None)
            return
        with a_server(durable=durable) as server:
            yield Grounds(Path(folder), server) if server else None
