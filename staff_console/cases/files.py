"""Serves the photos and documents of a case to staff who may see the case."""

from flask import Blueprint, Response, abort

from staff_console.access.audit_log import note_view
from staff_console.cases.file_names import disposition, name_for
from staff_console.context import context, me
from store.audit.log import Subject
from store.cases.queue import find_file
from store.files.models import File, FileState
from store.files.previews import preview as small

files = Blueprint("files", __name__)


@files.get("/files/<token>")
def show(token: str) -> Response:
    file, data = _opened(token)
    note_view(Subject("file", file.id), kind=file.kind)
    return _response(file, data)


@files.get("/files/<token>/preview")
def preview(token: str) -> Response:
    file, data = _opened(token)
    if file.mime != "image/jpeg":
        abort(404)
    note_view(Subject("file", file.id), kind=file.kind, preview=True)
    return _response(file, small(data))


def _opened(token: str) -> tuple[File, bytes]:
    """Returns the row and the decrypted bytes of a file; answers 404 if this person may not see it or it is missing."""
    with context().database.reading() as session:
        file = find_file(session, me(), token)
    if file.state != FileState.KEPT:
        abort(404)
    try:
        return file, context().media.read(token)
    except FileNotFoundError:
        abort(404)


def _response(file: File, data: bytes) -> Response:
    """Returns the file. Browsers show photos, which we re-encoded, and download all other files, such as PDFs."""
    mime = file.mime or "application/octet-stream"
    response = Response(data, mimetype=mime)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    name = name_for(mime, file.value_or("name", None), file.id)
    how = "inline" if mime == "image/jpeg" else "attachment"
    response.headers["Content-Disposition"] = disposition(how, name, file.id)
    return response
