"""Writes and reads the folder of a backup: manifest.json, tables/NAME.jsonl.gz and media/, in pieces.

The manifest is written last and holds the hash of everything else. A table has one row per line, packed in pieces of a
few hundred rows, so that writing and reading need memory for one piece only. Without a key the pieces in sequence are
an ordinary gzip file; with a key, each piece is encrypted and preceded by its length.

Format 1, which earlier versions wrote, had each table in one piece and did not list its files.
"""

import gzip
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any

from store.database.encryption import CannotDecrypt, Cipher

FORMAT, FORMAT_WITHOUT_FILES = 2, 1
ROWS_A_PIECE = 500
_LENGTH_BYTES = 4
_OF_A_MANIFEST = {"schema": str, "taken_at": str, "sealed": bool, "tables": dict, "files": dict | int}


class BadBackup(ValueError):
    """Says that the folder is no complete backup, or was changed; nothing was restored."""


@dataclass(frozen=True)
class Archive:
    """Represents a backup whose tables are verified; its files are not checked yet."""

    folder: Path
    manifest: dict[str, Any]
    key: bytes | None = None

    @property
    def schema(self) -> str:
        return str(self.manifest["schema"])

    @property
    def taken_at(self) -> str:
        return str(self.manifest["taken_at"])

    @property
    def files(self) -> dict[str, dict[str, Any]] | None:
        """Returns size and hash of each file by its token; None where the backup does not list them."""
        listed: dict[str, dict[str, Any]] | None = self.manifest["files"]
        return listed if self.manifest["format"] != FORMAT_WITHOUT_FILES else None

    @property
    def taken_back(self) -> set[str]:
        """Returns the tokens of files whose rows are in the backup, but which residents unsent while it was written."""
        return set(self.manifest.get("taken_back", ()))

    def lines(self, table: str) -> Iterator[str]:
        """Yields the table's rows, each a line of JSON."""
        if table not in self.manifest["tables"]:
            return
        path = _table_file(self.folder, table)
        if not self.manifest["sealed"]:
            with gzip.open(path, "rt", encoding="utf-8", errors="surrogatepass", newline="\n") as file:
                yield from (line.removesuffix("\n") for line in file)
            return
        for piece in self._pieces(path, table):
            text = gzip.decompress(piece).decode("utf-8", "surrogatepass")
            yield from (line for line in text.split("\n") if line)

    def tokens(self) -> set[str]:
        """Returns the tokens of the files in the folder, whether listed or not."""
        return {path.name for path in (self.folder / "media").iterdir()}

    def file(self, token: str) -> bytes:
        """Returns the file's bytes; raises FileNotFoundError where it is missing."""
        return (self.folder / "media" / token).read_bytes()

    def _pieces(self, path: Path, table: str) -> Iterator[bytes]:
        if self.manifest["format"] == FORMAT_WITHOUT_FILES:
            yield self._opened(path.read_bytes(), f"backup.{table}")
            return
        with path.open("rb") as file:
            for number in count():
                length = file.read(_LENGTH_BYTES)
                if not length:
                    return
                yield self._opened(file.read(int.from_bytes(length, "big")), f"backup.{table}.{number}")

    def _opened(self, data: bytes, about: str) -> bytes:
        if self.key is None:
            raise BadBackup("this backup is encrypted: give the key it was made with (--key-file)")
        try:
            return Cipher((self.key,)).decrypt(data, about)
        except CannotDecrypt as error:
            raise BadBackup("this key does not open the backup") from error


def open_archive(folder: Path, key: bytes | None) -> Archive:
    """Reads the manifest and verifies every table; raises BadBackup in plain words."""
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    except (OSError, ValueError) as error:
        raise BadBackup(f"{folder} is no whole backup: it has no readable manifest.json") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), int):
        raise BadBackup(f"{folder} is no whole backup: its manifest.json is another file")
    if manifest["format"] not in (FORMAT, FORMAT_WITHOUT_FILES):
        raise BadBackup("this backup was made by a later version: restore it with that version")
    if not all(isinstance(manifest.get(name), kind) for name, kind in _OF_A_MANIFEST.items()):
        raise BadBackup(f"{folder} is no whole backup: its manifest.json lacks something")
    for name, facts in manifest["tables"].items():
        try:
            same = hash_of(_table_file(folder, name)) == facts["sha256"]
        except OSError as error:
            raise BadBackup(f"the table {name} is missing or cannot be read") from error
        if not same:
            raise BadBackup(f"the table {name} was changed after the backup was taken")
    return Archive(folder, manifest, key)


def begin_archive(folder: Path) -> None:
    """Creates the folder of a backup, readable for nobody else; raises BadBackup if it is not empty."""
    if folder.exists() and any(folder.iterdir()):
        raise BadBackup(f"{folder} is not empty: choose a new folder for each backup")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in ("tables", "media"):
        (folder / name).mkdir()


def write_table(folder: Path, table: str, lines: Iterable[str], key: bytes | None) -> dict[str, Any]:
    """Writes a table; returns its entry for the manifest."""
    path, rows = _table_file(folder, table), 0
    cipher = Cipher((key,)) if key else None
    waiting = iter(lines)
    with path.open("wb") as file:
        for number in count():
            piece = list(islice(waiting, ROWS_A_PIECE))
            if not piece:
                break
            rows += len(piece)
            data = gzip.compress(
                "".join(f"{line}\n" for line in piece).encode("utf-8", "surrogatepass"), mtime=0
            )
            if cipher is not None:
                data = cipher.encrypt(data, f"backup.{table}.{number}")
                file.write(len(data).to_bytes(_LENGTH_BYTES, "big"))
            file.write(data)
    return {"rows": rows, "sha256": hash_of(path)}


def write_file(folder: Path, token: str, data: bytes) -> dict[str, Any]:
    (folder / "media" / token).write_bytes(data)
    return facts_of(data)


def facts_of(data: bytes) -> dict[str, Any]:
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def to_disk(paths: Iterable[Path]) -> None:
    """Waits until files and folders are on the disk, so that they survive a power cut."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Writes the manifest last and atomically: a folder without it is an unfinished backup."""
    rough = folder / "manifest.part"
    rough.write_text(json.dumps({"format": FORMAT, **manifest}, indent=2))
    rough.replace(folder / "manifest.json")


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _table_file(folder: Path, table: str) -> Path:
    return folder / "tables" / f"{table}.jsonl.gz"
