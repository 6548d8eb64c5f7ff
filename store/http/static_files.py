"""Serves files that are the same for everybody: compressed when a process starts, cached by browsers for a year.

Their addresses contain a digest of all of them, so that a new version has new addresses. The digest is in the path and
not in the query, because modules and stylesheets import each other by relative addresses. Only these files are
compressed, never a page: docs/decisions/0017-what-is-compressed.md says why.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_COMPRESSED: Final = frozenset({".css", ".js", ".svg", ".txt"})
# https://www.rfc-editor.org/rfc/rfc8246: with this a reload does not ask the server again either.
_FOR_EVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class StaticFile:
    """Holds a file. `zipped` is None where compressing gains nothing: fonts and pictures are compressed already."""

    body: bytes
    zipped: bytes | None
    mime: str


class StaticFiles:
    """Holds a folder's files as they were when read. `names`, paths with slashes, selects the files to hold."""

    def __init__(self, folder: Path, names: Collection[str] | None = None) -> None:
        paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        kept = {name: path for name, path in sorted(paths.items()) if names is None or name in names}
        self._files = {name: _read(path) for name, path in kept.items()}
        digest = hashlib.sha256()
        for name, file in self._files.items():
            digest.update(b"%s\0%d\0%s" % (name.encode(), len(file.body), file.body))
        self.version = digest.hexdigest()[:12]

    def answer(self, version: str, name: str, encodings: str) -> tuple[bytes, dict[str, str]] | None:
        """Returns the body and its headers, for a request with this Accept-Encoding; None for an unknown file.

        A page of another version gets the file, too, but must revalidate it the next time.
        """
        file = self._files.get(name)
        if file is None:
            return None
        kept = _FOR_EVER if version == self.version else "no-cache"
        headers = {"Content-Type": file.mime, "Cache-Control": kept}
        if file.zipped is None:
            return file.body, headers
        headers["Vary"] = "Accept-Encoding"
        if "gzip" not in encodings:
            return file.body, headers
        return file.zipped, {**headers, "Content-Encoding": "gzip"}


def _read(path: Path) -> StaticFile:
    body = path.read_bytes()
    zipped = gzip.compress(body, mtime=0) if path.suffix in _COMPRESSED else None
    mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return StaticFile(body, zipped, f"{mime}; charset=utf-8" if mime.startswith("text/") else mime)
