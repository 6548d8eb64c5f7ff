"""Backup and restore of one municipality: all rows and all files, taken while the system runs.

A backup is a folder: manifest.json, tables/NAME.jsonl.gz, media/. Personal data in it is sealed as in the database;
with `key` the tables are sealed as a whole, so that not even counts of cases can be read.
"""

import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import update

from store.broadcast_models import Mailing
from store.clock import now
from store.db import Database
from store.keys import set_up_secret
from store.media import Media
from store.models import File, OutboxRow
from store.rows import as_line, from_line, must_be_empty, one_look, plain_tables, read_rows, write_rows
from store.schema import revision
from store.sealing import CannotOpen, Sealer

FORMAT = 1


class BadBackup(ValueError):
    """The folder is no whole backup of ours, or was changed; nothing was restored."""


@dataclass(frozen=True)
class Report:
    rows: int
    files: int


def back_up(database: Database, media: Media, folder: Path, *, key: bytes | None = None) -> Report:
    """Writes a backup into an empty or new folder. Rows come first, so every file they name is still there."""
    if folder.exists() and any(folder.iterdir()):
        raise BadBackup(f"{folder} is not empty: choose a new folder for each backup")
    (folder / "tables").mkdir(parents=True)
    tables: dict[str, dict[str, Any]] = {}
    with one_look(database) as connection:
        for table in plain_tables():
            lines = [as_line(row) for row in read_rows(connection, table)]
            data = _packed("\n".join(lines).encode("utf-8", "surrogatepass"), table.name, key)
            (folder / "tables" / f"{table.name}.jsonl.gz").write_bytes(data)
            tables[table.name] = {"rows": len(lines), "sha256": hashlib.sha256(data).hexdigest()}
    files = _files_out(media, folder / "media")
    manifest = {
        "format": FORMAT,
        "schema": revision(database),
        "taken_at": now().isoformat(),
        "sealed": key is not None,
        "tables": tables,
    }
    # Last, and in one step: a folder without it is an unfinished backup.
    rough = folder / "manifest.part"
    rough.write_text(json.dumps({**manifest, "files": files}, indent=2))
    rough.replace(folder / "manifest.json")
    return Report(sum(t["rows"] for t in tables.values()), files)


def restore(database: Database, media: Media, folder: Path, *, key: bytes | None = None) -> Report:
    """Reads a backup into an empty, migrated database and an empty media folder.

    What was waiting to be sent at the time of the backup may have been sent since: nothing of it goes out by
    itself. Notices become dead rows for an officer to look at, replies are dropped.
    """
    manifest = _checked_manifest(folder)
    if manifest["schema"] != revision(database):
        raise BadBackup(
            "this backup has another schema: restore it with the version that made it, then upgrade"
        )
    if media.tokens():
        raise BadBackup("MEDIA_URL already holds files: restore into a new place")
    rows = 0
    with database.engine.begin() as connection:
        must_be_empty(connection)
        for table in plain_tables():
            text = _unpacked(folder, manifest, table.name, key)
            lines = text.split("\n") if text else []
            rows += write_rows(connection, table, (from_line(table, line) for line in lines))
        set_up_secret(connection, database.sealer)  # WrongDataKey undoes it all.
    files = _files_in(folder / "media", media)
    _hold_back(database)
    return Report(rows, files)


def _hold_back(database: Database) -> None:
    waiting = update(OutboxRow).where(OutboxRow.state == "ready")
    gone = {"messages": None, "body": None, "reply_token": None, "lead_id": None}
    with database.transaction() as session:
        session.execute(waiting.where(OutboxRow.kind == "reply").values(state="dropped", **gone))
        session.execute(
            waiting.values(state="dead", error="restored from a backup: it may have been sent since", **gone)
        )
        # Somebody who knows whether it went out since resumes or cancels it.
        going = update(Mailing).where(Mailing.state.in_(("waiting", "sending")))
        session.execute(going.values(state="stopped", why="restored from a backup"))
        session.execute(update(File).where(File.state == "wanted").values(next_try_at=now()))


def _checked_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    except (FileNotFoundError, ValueError) as error:
        raise BadBackup(f"{folder} is no whole backup: it has no readable manifest.json") from error
    if manifest.get("format") != FORMAT:
        raise BadBackup("this backup was made by another version")
    for name, facts in manifest["tables"].items():
        data = (folder / "tables" / f"{name}.jsonl.gz").read_bytes()
        if hashlib.sha256(data).hexdigest() != facts["sha256"]:
            raise BadBackup(f"{name} was changed after the backup was taken")
    return manifest


def _packed(plain: bytes, name: str, key: bytes | None) -> bytes:
    data = gzip.compress(plain, mtime=0)
    return Sealer((key,)).seal(data, f"backup.{name}") if key else data


def _unpacked(folder: Path, manifest: dict[str, Any], name: str, key: bytes | None) -> str:
    if name not in manifest["tables"]:
        return ""
    data = (folder / "tables" / f"{name}.jsonl.gz").read_bytes()
    if manifest["sealed"]:
        if key is None:
            raise BadBackup("this backup is sealed: give the key it was made with")
        try:
            data = Sealer((key,)).open(data, f"backup.{name}")
        except CannotOpen as error:
            raise BadBackup("this key does not open the backup") from error
    return gzip.decompress(data).decode("utf-8", "surrogatepass")


def _files_out(media: Media, folder: Path) -> int:
    """Files never change once written, so copying while the system runs is safe."""
    folder.mkdir()
    count = 0
    for token in media.tokens():
        try:
            (folder / token).write_bytes(media.read_sealed(token))
        except FileNotFoundError:
            continue  # Taken back by its resident meanwhile.
        count += 1
    return count


def _files_in(folder: Path, media: Media) -> int:
    files = list(folder.iterdir())
    for file in files:
        media.keep_sealed(file.name, file.read_bytes())
    return len(files)
