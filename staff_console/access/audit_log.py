"""Writes into the audit log what a signed-in person looked at, and everything that they were refused."""

import logging
from typing import Any, Final

from flask import Flask, g, has_request_context, request
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from staff_console.access.cookies import session_cookie
from staff_console.context import context, me
from store.audit.log import ORIGIN, Origin, Subject, write_down
from store.cases.workflows import Action
from store.files.models import File
from store.logs import failure_fields
from store.staff.sessions import reference_of
from store.staff.sign_ins import place

log = logging.getLogger(__name__)

REFUSED: Final = frozenset({403, 404, 409, 429})
# The parts of an address that name an object, and what it is.
_NAMED_BY: Final = {
    "case_id": "case",
    "message_id": "bulk_message",
    "surge_id": "surge",
    "broadcast_id": "broadcast",
    "template_id": "template",
    "tester_id": "tester",
    "staff_id": "staff",
    "request_id": "request",
}
_LARGEST_ID = 2**31 - 1


def install_audit_log(app: Flask) -> None:
    with app.app_context():
        context().database.note_in_sessions = _origin
    app.after_request(_note_refusal)


def _origin() -> dict[str, Any]:
    """Returns for the entries of this request from where it comes; nothing outside of requests."""
    if not has_request_context():
        return {}
    cookie = session_cookie()
    address = place(context().database.cipher, request.remote_addr or "")
    return {ORIGIN: Origin(address, reference_of(cookie) if cookie else None)}


def note_view(subject: Subject, **details: str | bool) -> None:
    """Adds an entry about a page or file with personal data that is about to be shown.

    It does not wait for the disk. If it cannot be written, the view goes on, because cases must be readable when the
    disk is full; the log of the console then says who saw what.
    """
    try:
        with context().database.transaction(durable=False) as session:
            write_down(session, f"view_{subject.kind}", staff_id=me().id, about=subject, details=details)
    except (SQLAlchemyError, TimeoutError) as error:
        seen = {"staff": me().id, "row": subject.id, "endpoint": request.endpoint}
        log.error("a view is missing in the audit log", extra={**seen, **failure_fields(error)})


def note_reason(reason: str) -> None:
    """Says why this request is refused; without it, only the status of the answer says whether it was."""
    g.refused_because = reason


def _note_refusal(answer: Response) -> Response:
    """Adds an entry if a signed-in person was refused; what strangers send could fill the log.

    An address that does not exist is no refusal: browsers ask for some by themselves, such as /favicon.ico.
    """
    reason = g.get("refused_because")
    if (
        g.get("staff") is None
        or request.url_rule is None
        or (answer.status_code not in REFUSED and reason is None)
    ):
        return answer
    try:
        with context().database.transaction() as session:
            details = {"endpoint": request.endpoint, "status": answer.status_code, **_act(), "reason": reason}
            write_down(session, "refused", staff_id=me().id, about=_subject(session), details=details)
    except (SQLAlchemyError, TimeoutError) as error:
        seen = {"staff": me().id, "endpoint": request.endpoint, "status": answer.status_code}
        log.error("a refusal is missing in the audit log", extra={**seen, **failure_fields(error)})
    return answer


def _act() -> dict[str, str]:
    """Returns the act that the address names; one that we do not know may be anything that somebody typed."""
    named = request.view_args or {}
    act = named.get("act") or named.get("decision") or named.get("action")
    return {"act": act} if act and ("action" not in named or act in list(Action)) else {}


def _subject(session: Session) -> Subject | None:
    """Returns the object that the address names, whether it exists or not."""
    named = request.view_args or {}
    if request.blueprint == "files" and "token" in named:
        found = session.scalar(select(File.id).where(File.token == named["token"]))
        return Subject("file", found)
    if "box" in named:
        row = str(named["row_id"])
        is_id = row.isascii() and row.isdecimal() and int(row) <= _LARGEST_ID
        return Subject("event" if named["box"] == "inbox" else "message", int(row) if is_id else None)
    for part, kind in _NAMED_BY.items():
        if part in named:
            return Subject(kind, named[part] if named[part] <= _LARGEST_ID else None)
    return None
