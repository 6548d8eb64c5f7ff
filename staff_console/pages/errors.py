"""Shows the error pages, which say what happened and what to do now. They also work without the database."""

import errno
import logging
from contextlib import suppress
from typing import Final

from flask import Flask, current_app, flash, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as PageNotFound
from werkzeug.wrappers import Response

from staff_console.access.audit_log import note_reason
from staff_console.access.kept_forms import keep, show_kept
from staff_console.access.permissions import may
from staff_console.access.rate_limits import retry_after, said
from staff_console.forms import AlreadyPressed, NoToken
from staff_console.phrases.labels import ErrorWords
from staff_console.words import ERRORS, SENTENCES
from store.database.encryption import CannotDecrypt
from store.errors import NotFound
from store.files.decoding import DecoderUnavailable
from store.files.storage import StorageUnavailable
from store.logs import failure_fields
from store.staff.rate_limits import LimitReached

log = logging.getLogger(__name__)


# The disk is full, its quota is used up, the file is too large for it, or it is read-only.
NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


def install_errors(app: Flask) -> None:
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(NotFound, show_not_found)
    app.register_error_handler(CSRFError, show_unusable_form)
    app.register_error_handler(NoToken, show_no_token)
    app.register_error_handler(AlreadyPressed, show_already_pressed)
    app.register_error_handler(OperationalError, show_database_down)
    app.register_error_handler(LimitReached, show_limit)
    app.register_error_handler(TimeoutError, show_database_down)
    app.register_error_handler(DecoderUnavailable, show_database_down)
    app.register_error_handler(StorageUnavailable, show_database_down)
    app.register_error_handler(OSError, show_no_room)
    app.register_error_handler(CannotDecrypt, show_closed)
    app.register_error_handler(Exception, show_failure)


def show_not_found(_error: NotFound) -> Response | tuple[str, int, dict[str, str]]:
    return show_http_error(PageNotFound())


def error_page(code: int, words: ErrorWords | None = None) -> tuple[str, int]:
    g.setdefault("staff", None)
    return render_template(
        "pages/error.html", code=code, words=words or ERRORS.by_code.get(code, ERRORS.by_code[400])
    ), code


def show_http_error(error: HTTPException) -> Response | tuple[str, int, dict[str, str]]:
    if error.code is None or error.code < 400:
        return error.get_response()
    if isinstance(error, MethodNotAllowed) and (page := _page_above()):
        return redirect(page, 303)
    sees_no_case = g.get("staff") is not None and not may(g.staff.role, "cases.show")
    words = ERRORS.not_found_by_admins if error.code == 404 and sees_no_case else None
    body, code = error_page(error.code, words)
    allow = dict(error.get_headers()).get("Allow")
    return body, code, {"Allow": allow} if allow else {}


def _page_above() -> str | None:
    """Returns the nearest page above an address that accepts only POST, for GET and HEAD requests; else None."""
    adapter, parts = current_app.create_url_adapter(request), request.path.split("/")
    while adapter and request.method in {"GET", "HEAD"} and len(parts) > 1:
        parts.pop()
        with suppress(HTTPException):
            endpoint, values = adapter.match("/".join(parts) or "/", method="GET")
            return url_for(endpoint, **values)
    return None


def show_unusable_form(_error: CSRFError) -> tuple[str, int]:
    """Shows what was typed, with a button to send it again, if the CSRF token of the form is missing or not valid.

    It is not valid, for example, after a new sign-in in another tab. Shows an error page if the form cannot be kept.
    """
    note_reason("csrf")
    kept = keep()
    return (show_kept(kept), 400) if kept else error_page(400)


def show_no_token(_error: NoToken) -> tuple[str, int]:
    """Shows an error page. The form is not offered again, because it would again be without `form_token`."""
    return error_page(400)


def show_already_pressed(error: AlreadyPressed) -> Response:
    flash(error.said, "warning")
    return redirect(error.back, 303)


def show_database_down(error: Exception) -> tuple[str, int]:
    # The message of a database error can hold what people typed, so only its class is logged.
    log.error(
        "database or storage unavailable", extra={"endpoint": request.endpoint, **failure_fields(error)}
    )
    return error_page(503)


def show_limit(error: LimitReached) -> tuple[str, int, dict[str, str]]:
    words = ErrorWords(happened=said(error), now=SENTENCES.nothing_done)
    body, code = error_page(429, words)
    return body, code, retry_after(error)


def show_no_room(error: OSError) -> tuple[str, int]:
    """Shows that the storage is full or read-only; for any other OSError, shows the page of a failure."""
    if error.errno not in NO_ROOM:
        return show_failure(error)
    log.error("no room for a file", extra={"endpoint": request.endpoint, **failure_fields(error)})
    return error_page(503, ERRORS.full)


def show_closed(error: CannotDecrypt) -> tuple[str, int]:
    log.error("a value cannot be decrypted", extra={"endpoint": request.endpoint, **failure_fields(error)})
    if request.blueprint == "files":
        return error_page(500, ERRORS.damaged_file)
    return error_page(500, ERRORS.closed if request.method == "GET" else ERRORS.closed_and_unchanged)


def show_failure(error: Exception) -> tuple[str, int]:
    log.error("failure", extra={"endpoint": request.endpoint, **failure_fields(error)})
    return error_page(500)
