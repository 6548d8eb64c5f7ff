"""Serves the console's stylesheets, scripts and fonts, and the files of line_preview that draw the preview."""

from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, abort, request

from line_preview import FOLDER
from store.http.static_files import StaticFiles

OWN: Final = StaticFiles(Path(__file__).parents[1] / "static")
OF_THE_PHONE: Final = StaticFiles(FOLDER)
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
