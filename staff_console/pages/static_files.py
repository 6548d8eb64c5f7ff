"""Hands out the stylesheets, scripts and fonts of the console, and the modules that draw its phone."""

from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, abort, request

from store.http.static_files import StaticFiles

OWN: Final = StaticFiles(Path(__file__).parents[1] / "static")
DRAWINGS: Final = Path(__file__).parents[2] / "line_simulator" / "static"
MODULES = (
    "bubble", "chat", "dom", "faces", "flex", "flexstyle", "icons", "imagemap", "media", "place", "sheet", "slider",
    "stickers", "templates", "text", "thai", "town", "townmap",
)  # fmt: skip
STYLES = ("base", "phone", "chat", "flex", "templates", "sheets")
# Nothing of the simulator is imported here; these files of its page are only handed out.
OF_THE_PHONE: Final = StaticFiles(
    DRAWINGS, {*(f"js/{name}.js" for name in MODULES), *(f"css/{name}.css" for name in STYLES)}
)
_OF_ENDPOINT: Final = {"static": OWN, "previews.drawing": OF_THE_PHONE}


def install_static_files(app: Flask) -> None:
    app.add_url_rule("/static/<version>/<path:filename>", "static", show_own)
    app.url_defaults(add_version)


def add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint in _OF_ENDPOINT:
        values.setdefault("version", _OF_ENDPOINT[endpoint].version)


def show_own(version: str, filename: str) -> Response:
    return hand_out(OWN, version, filename)


def hand_out(files: StaticFiles, version: str, name: str) -> Response:
    found = files.answer(version, name, request.headers.get("Accept-Encoding", ""))
    if found is None:
        abort(404)
    return Response(found[0], headers=found[1])
