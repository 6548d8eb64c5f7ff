"""Photos and documents of cases, opened for staff who may see the case."""

from flask import Blueprint, Response, abort

from staff_console.office import me, office
from store.models import File
from store.previews import preview as small
from store.search import find_file

files = Blueprint("files", __name__)


@files.get("/files/<token>")
def show(token: str) -> Response:
    file, data = _opened(token)
    return _response(file, data)


@files.get("/files/<token>/preview")
def preview(token: str) -> Response:
    file, data = _opened(token)
    if file.mime != "image/jpeg":
        abort(404)
    return _response(file, small(data))


def _opened(token: str) -> tuple[File, bytes]:
    with office().database.reading() as session:
        file = find_file(session, me(), token)
    if file is None or file.state != "kept":
        abort(404)
    try:
        return file, office().media.read(token)
    except FileNotFoundError:
        abort(404)


def _response(file: File, data: bytes) -> Response:
    """Photos were drawn anew by us and may be shown; a PDF is a stranger's and is only handed out."""
    response = Response(data, mimetype=file.mime or "application/octet-stream")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    if file.mime != "image/jpeg":
        name = file.value_or("name", None) or f"document-{file.id}.pdf"
        response.headers.set("Content-Disposition", "attachment", filename=_one_line(name))
    return response


def _one_line(name: str) -> str:
    """The resident chose this name: no control signs, no folders, not endless."""
    kept = "".join(sign for sign in name if sign.isprintable() and sign not in '/\\"')
    return kept[-100:] or "document.pdf"
