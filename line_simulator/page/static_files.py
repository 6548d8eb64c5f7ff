"""Serves the chat page's own files, compressed at the start and kept by browsers until one of them changes."""

import gzip
import hashlib
import mimetypes
from pathlib import Path
from typing import Final

from flask import Response, abort, request

import line_preview
from line_simulator.words import TABLES

# The page's own files and those that draw messages stand beside each other in their addresses.
_FOLDERS: Final = (line_preview.FOLDER, Path(__file__).parents[1] / "static")
_FILES: Final = {
    path.relative_to(folder).as_posix(): path.read_bytes()
    for folder in _FOLDERS
    for path in sorted(folder.rglob("*"))
    if path.is_file()
}
# Has the functions of thai.js.
_ENGLISH_DATES: Final = _FILES["js/english.js"]


def _in_english(name: str, module: bytes) -> bytes:
    """Returns a module for the English page.

    Most modules look their words up. Those that draw the chat are shared with the staff console, which is in Thai and
    serves them as they are: here their Thai words are replaced, by the section "drawing" of the tables.
    """
    if name == "js/thai.js":
        return _ENGLISH_DATES
    text = module.decode()
    for key, thai in TABLES["th"]["drawing"].items():
        for quote in ('"', "`"):
            text = text.replace(f"{quote}{thai}{quote}", f"{quote}{TABLES['en']['drawing'][key]}{quote}")
    return text.encode()


_BODIES: Final = _FILES | {
    f"en/{name}": _in_english(name, body) for name, body in _FILES.items() if name.endswith(".js")
}
_ZIPPED: Final = {
    name: gzip.compress(body, mtime=0)
    for name, body in _BODIES.items()
    if name.endswith((".css", ".js", ".svg"))
}
# In the path, because modules and stylesheets name their neighbours by relative addresses.
VERSION: Final = hashlib.sha256(repr(_BODIES).encode()).hexdigest()[:12]


def modules_folder(language: str) -> str:
    return "js" if language == "th" else f"{language}/js"


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
