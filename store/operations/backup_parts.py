"""Writes a backup in parts: the rows of one moment, then the files, then the manifest.

The command writes them one after another, a job (`store.operations.backup_job`) writes a part in each step.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from store.clock import now
from store.database.engine import Database
from store.files.media import Media
from store.files.models import File, FileState
from store.operations.archive import (
    FORMAT,
    Archive,
    BadBackup,
    begin_archive,
    write_file,
    write_manifest,
    write_table,
)
from store.operations.copying import as_line, one_look, read_rows, tables_in
from store.operations.schema import revision_in

MISSING, CHANGED, SHUT = "missing", "changed after the backup was taken", "does not open with DATA_KEY"


@dataclass(frozen=True)
class Rows:
    """Describes the tables of a backup that are written already. `manifest` lacks the files."""

    manifest: dict[str, Any]
    count: int


@dataclass(frozen=True)
class CopiedFiles:
    """Describes copied files: their entries in the manifest, and what is wrong with the damaged ones, by token."""

    entries: dict[str, dict[str, Any]]
    damaged: dict[str, str]


def write_rows_of_now(
    database: Database,
    folder: Path,
    key: bytes | None,
    go_on: Callable[[int, int], object] = lambda _done, _total: None,
) -> Rows:
    """Writes all tables as they are at one moment into an empty or new folder.

    `go_on` is called again and again with the number of finished tables and of all; what it raises ends the work.
    """
    begin_archive(folder)
    tables: dict[str, dict[str, Any]] = {}
    taken_at = now()
    with one_look(database) as connection:
        schema = revision_in(connection)
        if schema is None:
            raise BadBackup("the database has no tables yet: there is nothing to back up")
        found = tables_in(connection)
        for number, table in enumerate(found):
            lines = map(as_line, read_rows(connection, table))
            told = _telling(lines, lambda number=number: go_on(number, len(found)))  # type: ignore[misc]
            tables[table.name] = write_table(folder, table.name, told, key)
    count = sum(facts["rows"] for facts in tables.values())
    if key is not None:  # The manifest itself is not encrypted.
        tables = {name: {"sha256": facts["sha256"]} for name, facts in tables.items()}
    manifest = {
        "schema": schema,
        "taken_at": taken_at.isoformat(),
        "sealed": key is not None,
        "tables": tables,
    }
    return Rows(manifest, count)


def _telling(lines: Iterable[str], tell: Callable[[], object]) -> Iterator[str]:
    tell()
    for line in lines:
        tell()
        yield line


def copy_files(media: Media, folder: Path, tokens: Iterable[str]) -> CopiedFiles:
    """Copies files. They never change, so this is safe while the system runs, and a file may be copied again."""
    copied = CopiedFiles({}, {})
    for token in tokens:
        try:
            data = media.read_encrypted(token)
        except FileNotFoundError:
            continue  # Unsent by its resident meanwhile.
        copied.entries[token] = write_file(folder, token, data)
        if not media.opens(token, data):
            copied.damaged[token] = SHUT
    return copied


def write_rest(
    database: Database, folder: Path, key: bytes | None, rows: Rows, files: CopiedFiles
) -> dict[str, str]:
    """Writes the manifest, which completes the backup. Returns what is wrong with damaged or missing files."""
    gone = kept_in(Archive(folder, {**rows.manifest, "format": FORMAT}, key)).keys() - files.entries.keys()
    taken_back = gone - _still_kept(database, gone)
    write_manifest(folder, {**rows.manifest, "files": files.entries, "taken_back": sorted(taken_back)})
    return files.damaged | dict.fromkeys(gone - taken_back, MISSING)


def kept_in(archive: Archive) -> dict[str, dict[str, Any]]:
    """Returns, by token, the rows of files that were kept when their table was read; some may be unsent since."""
    rows = (json.loads(line) for line in archive.lines(File.__tablename__))
    return {row["token"]: row for row in rows if row["state"] == FileState.KEPT}


def _still_kept(database: Database, tokens: Collection[str]) -> set[str]:
    """Returns those of the missing files whose rows still say that they are kept."""
    found: set[str] = set()
    with database.reading() as session:
        for token in tokens:
            found.update(
                session.scalars(select(File.token).where(File.token == token, File.state == FileState.KEPT))
            )
    return found
