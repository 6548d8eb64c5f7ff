"""Stores encrypted bytes in a folder of this machine, or in a bucket of an S3-compatible object store."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from store.settings import made_folder

CALL_SECONDS = 20


class StorageUnavailable(OSError):
    """Says that nothing can be stored now: the disk is full or read-only, or the object store is unreachable. Later it
    may work.
    """


class Storage(Protocol):
    """Stores bytes by name. `put` stores all, or nothing and raises StorageUnavailable. `take` raises
    FileNotFoundError; `remove` ignores a missing name.
    """

    def put(self, name: str, data: bytes) -> None: ...
    def take(self, name: str) -> bytes: ...
    def remove(self, name: str) -> None: ...
    def names(self) -> Iterator[str]: ...
    def untouched_since(self, moment: datetime) -> Iterator[str]: ...


def open_storage(media_url: str) -> Storage:
    """Returns the storage for `s3://bucket/prefix`, or for a folder."""
    if media_url.startswith("s3://"):
        return Bucket(media_url)
    return Folder(made_folder(Path(media_url), "MEDIA_URL"))


class Folder:
    """Stores files in a folder. A file is complete or absent, and on the disk when `put` returns."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, data: bytes) -> None:
        path = self._path(name)
        rough = path.with_suffix(".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(rough, data)
            rough.replace(path)
            _sync_folder(path.parent)
        except OSError as error:
            # A full disk has no room for incomplete files; what cannot be deleted now is swept later.
            with suppress(OSError):
                rough.unlink(missing_ok=True)
            raise StorageUnavailable(error.errno, error.strerror) from error

    def take(self, name: str) -> bytes:
        return self._path(name).read_bytes()

    def remove(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        return (path.name for path in self._folder.glob("*/*") if path.suffix != ".part")

    def untouched_since(self, moment: datetime) -> Iterator[str]:
        """Yields old names, also those of files that were left incomplete when a process was killed."""
        for path in self._folder.glob("*/*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < moment.timestamp():
                    yield path.name

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


class Bucket:
    """Stores files in a bucket. Address and keys come from the usual AWS_* variables of the environment."""

    def __init__(self, url: str) -> None:
        # Imported here, so that a town that uses a folder need not load it.
        from obstore.exceptions import BaseError  # noqa: PLC0415
        from obstore.store import S3Store  # noqa: PLC0415

        self._trouble = BaseError
        where = urlsplit(url)
        self._store = S3Store(
            where.netloc,
            prefix=where.path.strip("/") or None,
            client_options={"timeout": timedelta(seconds=CALL_SECONDS), "allow_http": _is_plain(os.environ)},
        )

    def put(self, name: str, data: bytes) -> None:
        try:
            self._store.put(name, data)
        except self._trouble as error:
            raise StorageUnavailable(type(error).__name__) from error

    def take(self, name: str) -> bytes:
        return bytes(self._store.get(name).bytes())

    def remove(self, name: str) -> None:
        try:
            self._store.delete(name)
        except FileNotFoundError:
            return

    def names(self) -> Iterator[str]:
        for batch in self._store.list():
            yield from (str(found["path"]) for found in batch)

    def untouched_since(self, moment: datetime) -> Iterator[str]:
        for batch in self._store.list():
            yield from (str(found["path"]) for found in batch if found["last_modified"] < moment)


def _is_plain(environ: os._Environ[str]) -> bool:
    """Says whether TLS is off: only where the operator set an http:// address, as for a store on the same machine."""
    return environ.get("AWS_ENDPOINT_URL", "").startswith("http://")


def _write(path: Path, data: bytes) -> None:
    """Writes the file; it is on the disk when the function returns."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
