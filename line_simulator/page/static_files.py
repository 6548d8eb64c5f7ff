"""Serves the chat page's own files, compressed at the start and kept by browsers until one of them changes."""

import gzip
import hashlib
import mimetypes
from pathlib import Path
from typing import Final

from flask import Response, abort, request

_FOLDER: Final = Path(__file__).parents[1] / "static"
_BODIES: Final = {
    path.relative_to(_FOLDER).as_posix(): path.read_bytes()
    for path in sorted(_FOLDER.rglob("*"))
    if path.is_file()
}
_ZIPPED: Final = {
    name: gzip.compress(body, mtime=0)
    for name, body in _BODIES.items()
    if name.endswith((".css", ".js", ".svg"))
}
# In the path, because modules and stylesheets name their neighbours by relative addresses.
VERSION: Final = hashlib.sha256(repr(_BODIES).encode()).hexdigest()[:12]


def show_file(version: str, filename: str) -> Response:
    if filename not in _BODIES:
        abort(404)
    zipped = _ZIPPED.get(filename) if "gzip" in request.headers.get("Accept-Encoding", "") else None
    response = Response(zipped or _BODIES[filename], mimetype=mimetypes.guess_type(filename)[0])
    response.vary.add("Accept-Encoding")
    if zipped:
        response.content_encoding = "gzip"
    is_current = version == VERSION
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_current else "no-cache"
    return response
