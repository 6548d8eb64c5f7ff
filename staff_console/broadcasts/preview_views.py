"""Shows the live preview: a broadcast as LINE messages, drawn in the browser by the modules of line_preview."""

from typing import Any

from flask import Blueprint, Response, abort, request

from staff_console.broadcasts import reach_and_cost
from staff_console.broadcasts.audience import look_up
from staff_console.broadcasts.forms import read_typed
from staff_console.broadcasts.preview_messages import figures_of_form, phone_of_form
from staff_console.context import context
from staff_console.pages.static_files import OF_THE_PHONE, hand_out
from store.broadcasts.uploads import find_upload
from store.files.previews import preview as small

previews = Blueprint("previews", __name__)


@previews.get("/broadcasts/drawing/<version>/<path:name>")
def drawing(version: str, name: str) -> Response:
    return hand_out(OF_THE_PHONE, version, name)


@previews.get("/broadcasts/pictures/<token>/<any(full, small):size>.jpg")
def picture(token: str, size: str) -> Response:
    """Returns a picture that staff uploaded for a broadcast; it never returns the photo of a resident."""
    with context().database.reading() as session:
        file = find_upload(session, token)
    if file is None:
        abort(404)
    try:
        data = context().media.read(token)
    except FileNotFoundError:
        abort(404)
    response = Response(small(data) if size == "small" else data, mimetype="image/jpeg")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return response


@previews.post("/broadcasts/preview")
def preview() -> dict[str, Any]:
    """Returns the preview of a form that somebody is still filling in; the form is not saved."""
    typed = read_typed()
    with context().database.reading() as session:
        shown = phone_of_form(session, typed)
        look_up(session, typed.audience)
        found = figures_of_form(session, typed) if "audience.who" in request.form else None
    return {
        **shown,
        "figures": reach_and_cost.rows(found) if found else [],
        "warning": reach_and_cost.warning(found) if found else "",
    }
