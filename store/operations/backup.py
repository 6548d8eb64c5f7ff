"""Backs up and restores one municipality, rows and files, while the system runs; copies it into another database.

`archive` defines the folder, `after_restore` what happens to messages in progress. Personal data in a backup is
encrypted as in the database; with `key` the tables are encrypted as a whole. The manifest stays readable: names of
tables, sizes and hashes, and without `key` counts of rows.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.orm import Session

from store.database.encryption import WrongDataKey
from store.database.engine import Database
from store.files.media import Media
from store.operations.after_restore import hold_back
from store.operations.archive import (
    Archive,
    BadBackup,
    facts_of,
    open_archive,
)
from store.operations.backup_parts import (
    CHANGED,
    MISSING,
    SHUT,
    copy_files,
    kept_in,
    write_rest,
    write_rows_of_now,
)
from store.operations.copying import (
    copy_rows,
    from_line,
    must_be_empty,
    one_look,
    tables_in,
    write_rows,
)
from store.operations.data_keys import set_up_secret
from store.operations.schema import begin_anew, is_known, migrating, revision_in, upgrade_in

MAX_NAMED = 20


@dataclass(frozen=True)
class Report:
    """Reports a backup or restore. `damaged`: what is wrong with a file, by its token. `notes`: sentences for the
    operator.
    """

    rows: int
    files: int
    damaged: dict[str, str]
    notes: tuple[str, ...] = ()


def back_up(database: Database, media: Media, folder: Path, *, key: bytes | None = None) -> Report:
    """Writes a backup into an empty or new folder. Rows come first, so every file they name still exists."""
    rows = write_rows_of_now(database, folder, key)
    files = copy_files(media, folder, media.tokens())
    damaged = write_rest(database, folder, key, rows, files)
    return Report(rows.count, len(files.entries), damaged)


def restore(
    database: Database,
    media: Media,
    folder: Path,
    *,
    key: bytes | None = None,
    without_damaged: bool = False,
) -> Report:
    """Reads a backup into a database that has no rows and an empty media folder.

    The rows are read into tables with the schema of the backup, which are then upgraded. Problems are reported before
    anything is written, and a later failure leaves nothing behind. Damaged or missing files raise BadBackup, or are
    left out with `without_damaged`.
    """
    archive = open_archive(folder, key)
    if not is_known(archive.schema):
        raise BadBackup("this backup was made by a later version: restore it with that version")
    if media.tokens():
        raise BadBackup("MEDIA_URL already holds files: restore into a new place")
    with one_look(database) as connection:
        must_be_empty(connection)
    damaged = dict(find_damaged(archive, media))
    if damaged and not without_damaged:
        raise BadBackup(_named(archive, damaged))
    tokens = [token for token in _tokens(archive) if token not in damaged]
    try:
        _files_in(archive, media, tokens)
        rows, notes = _rows_in(archive, database, damaged)
    except BaseException:
        for token in tokens:
            media.discard(token)
        raise
    if archive.files is None:
        notes.insert(
            0,
            "This backup is of an earlier version and lists no files: one that is no longer named is not missed.",
        )
    return Report(rows, len(tokens), damaged, tuple(notes))


def find_damaged(archive: Archive, media: Media) -> Iterator[tuple[str, str]]:
    """Yields every damaged or missing file, with what is wrong with it."""
    listed = archive.files
    for token in _tokens(archive):
        try:
            data = archive.file(token)
        except OSError:
            yield token, MISSING
            continue
        if listed is not None and facts_of(data) != listed[token]:
            yield token, CHANGED
        elif not media.opens(token, data):
            yield token, SHUT
    for token in sorted(kept_in(archive).keys() - set(_tokens(archive)) - archive.taken_back):
        yield token, MISSING


def _tokens(archive: Archive) -> list[str]:
    return sorted(archive.tokens() if archive.files is None else archive.files)


def _named(archive: Archive, damaged: dict[str, str]) -> str:
    if damaged.keys() >= set(_tokens(archive)) and set(damaged.values()) == {SHUT}:
        return (
            "DATA_KEY opens none of the files: set the one this backup was made under. Nothing was changed."
        )
    return "\n".join(
        [
            f"{len(damaged)} files of this backup are damaged or missing:",
            *name_damaged(archive, damaged),
            "Nothing was changed. Take another backup, or restore the rest with --without-damaged.",
        ]
    )


def name_damaged(archive: Archive, damaged: dict[str, str]) -> list[str]:
    """Returns a line for each file, with the case it belongs to."""
    rows = {token: row for token, row in kept_in(archive).items() if token in damaged}
    wanted = {row["case_id"] for row in rows.values()}
    cases = (json.loads(line) for line in archive.lines("case"))
    numbers = {
        case["id"]: f"{case['number']:04d}/{case['fiscal_year']}" for case in cases if case["id"] in wanted
    }
    told = []
    for token, why in sorted(damaged.items())[:MAX_NAMED]:
        row = rows.get(token, {})
        of_case = f" of case {numbers[row['case_id']]}" if row.get("case_id") in numbers else ""
        told.append(f"  {row.get('kind', 'file')} {token}{of_case}: {why}")
    return told if len(damaged) <= MAX_NAMED else [*told, f"  and {len(damaged) - MAX_NAMED} more"]


def _files_in(archive: Archive, media: Media, tokens: Iterable[str]) -> None:
    for token in tokens:
        media.keep_encrypted(token, archive.file(token))


def _rows_in(archive: Archive, database: Database, damaged: dict[str, str]) -> tuple[int, list[str]]:
    with migrating(database) as connection:
        must_be_empty(connection)
        begin_anew(connection, archive.schema)
        tables, rows = tables_in(connection), 0
        if strangers := archive.manifest["tables"].keys() - {table.name for table in tables}:
            raise BadBackup(f"its schema has no {', '.join(sorted(strangers))}: nothing was changed")
        for table in tables:
            rows += write_rows(connection, table, _read(archive, table))
        upgrade_in(connection)
        _set_up_secret(connection)
        with Session(connection) as session:
            notes = hold_back(
                session, taken_at=archive.taken_at, damaged=damaged.keys(), taken_back=archive.taken_back
            )
            session.commit()  # Commits the session only; `migrating` owns the connection's transaction.
    return rows, notes


def _read(archive: Archive, table: Table) -> Iterator[dict[str, Any]]:
    return (from_line(table, line) for line in archive.lines(table.name))


def _set_up_secret(connection: Connection) -> None:
    """Sets up the backup's own secret; a backup of the first version has none yet."""
    try:
        set_up_secret(connection)
    except WrongDataKey as error:
        raise BadBackup(f"This backup was made under another DATA_KEY: {error}") from error


def copy_database(source: Database, target: Database) -> dict[str, int]:
    """Copies every row into a database that has none and compares both; returns the number of rows by table.

    A failure leaves the target unchanged.
    """
    with one_look(source) as reading, migrating(target) as writing:
        schema = revision_in(reading)
        if schema is None or not is_known(schema):
            raise BadBackup("the database to copy has no tables of this version: python -m store upgrade")
        must_be_empty(writing)
        begin_anew(writing, schema)
        counts = copy_rows(reading, writing)
        upgrade_in(writing)
        set_up_secret(writing)
    return counts
