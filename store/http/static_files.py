"""Serves files that are the same for everybody: compressed when a process starts, cached by browsers for a year.

The addresses of the files contain a digest of all of them, so that a new version has new addresses. The digest is in
the path and not in the query, because modules and stylesheets import each other by relative addresses. Only these files
are compressed, never a page: docs/decisions/0017-what-is-compressed.md says why.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_COMPRESSED: Final = frozenset({".css", ".js", ".svg", ".txt"})
# https://www.rfc-editor.org/rfc/rfc8246: with `immutable` a browser does not ask again even when it reloads a page.
_FOR_EVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class StaticFile:
    """Holds a file. `zipped` is the gzip of its body, or None for formats that are compressed, such as fonts."""

    body: bytes
    zipped: bytes | None
    mime: str


class StaticFiles:
    """Holds the files of a folder as they were when this object was made.

    `names` are the paths, with slashes, of the files to hold; None means all. `version` is the digest of all their
    names and bytes.
    """

    def __init__(self, folder: Path, names: Collection[str] | None = None) -> None:
        paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        kept = {name: path for name, path in sorted(paths.items()) if names is None or name in names}
        self._files = {name: _read(path) for name, path in kept.items()}
        digest = hashlib.sha256()
        for name, file in self._files.items():
            digest.update(b"%s\0%d\0%s" % (name.encode(), len(file.body), file.body))
        self.version = digest.hexdigest()[:12]

    def answer(self, version: str, name: str, encodings: str) -> tuple[bytes, dict[str, str]] | None:
        """Returns the body and the headers of the answer, or None for an unknown file.

        `version` is the digest in the requested address, and `encodings` the Accept-Encoding of the request. With the
        digest of another version the present file is returned, too, but caches must ask again before they reuse it.
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
