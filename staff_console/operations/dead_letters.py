"""Lists unfinished events and messages, and lets staff retry or drop them; shows nothing of what people wrote."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from staff_console import words
from staff_console.access.audit_log import note_reason
from staff_console.context import context, me
from staff_console.forms import whole
from store.operations import dead_letters as rows
from store.operations.dead_letters import DropReason

dead_letters = Blueprint("dead_letters", __name__)
BOXES = "any(inbox, outbox)"


@dead_letters.get("/dead-letters")
def show() -> str:
    with context().database.reading() as session:
        return render_template(
            "operations/dead_letters.html",
            events=rows.unfinished_events(session),
            messages=rows.unfinished_messages(session, me(), _held()),
            most=rows.MAX_SHOWN,
            why=words.why_unfinished,
            kinds=words.DEAD_LETTER_KINDS,
            notices=words.NOTICES,
            reasons=words.DROP_REASONS,
        )


@dead_letters.post(f"/dead-letters/<{BOXES}:box>/<row_id>/retry")
def retry(box: str, row_id: str) -> Response:
    twice = request.form.get("even_twice") == "yes"
    with context().database.transaction() as session:
        done = _retry(session, box, whole(row_id) or 0, even_twice=twice)
    return _back(done, "ให้ระบบลองใหม่แล้ว")


@dead_letters.post(f"/dead-letters/<{BOXES}:box>/<row_id>/drop")
def drop(box: str, row_id: str) -> Response:
    asked = request.form.get("reason", "")
    if asked not in list(DropReason):
        abort(400)
    with context().database.transaction() as session:
        done = _drop(session, box, whole(row_id) or 0, DropReason(asked))
    return _back(done, "ทิ้งแล้ว และบันทึกเหตุผลไว้แล้ว")


def _retry(session: Session, box: str, row_id: int, *, even_twice: bool) -> bool:
    if box == "inbox":
        return rows.retry_event(session, me(), row_id)
    return rows.retry_row(session, me(), row_id, _held(), even_twice=even_twice)


def _drop(session: Session, box: str, row_id: int, reason: DropReason) -> bool:
    if box == "inbox":
        return rows.drop_event(session, me(), row_id, reason)
    return rows.drop_row(session, me(), row_id, _held(), reason)


def _held() -> timedelta:
    return timedelta(seconds=context().municipality.messages.hold_seconds)


def _back(done: bool, said: str) -> Response:
    """Redirects to the list with `said`, or, if not `done`, with the words for a row that no longer waits.

    A row that this person may not see gets these words, too.
    """
    if not done:
        note_reason("not_waiting")
    flash(said if done else "รายการนี้ไม่ค้างแล้ว", "good" if done else "warning")
    return redirect(url_for("dead_letters.show"), 303)
