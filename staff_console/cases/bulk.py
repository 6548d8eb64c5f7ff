"""Sends one message to the residents of several cases, after a page that asks for confirmation.

One person may reach five residents within 24 hours this way; a message beyond that waits until another supervisor
releases it. A resident of several of the cases gets the message once. The result names the cases without a message.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from staff_console import words
from staff_console.access.audit_log import note_reason
from staff_console.access.rate_limits import CASES_TOLD, count, retry_after, said
from staff_console.cases.forms import LONGEST_BULK_NOTE
from staff_console.cases.view_model import why_unreachable
from staff_console.context import context, me
from staff_console.forms import clean_note, new_form_token, press, whole
from store.cases import bulk as messages
from store.cases.actions import lock_case
from store.cases.bulk import BulkRefused
from store.cases.models import BulkMessage, Case
from store.cases.queue import PER_PAGE, find_cases
from store.cases.repeated_messages import told_the_same
from store.cases.surge import may_tell_many
from store.errors import NotFound
from store.staff.permissions import Permission
from store.staff.rate_limits import LimitReached
from store.workflow.approvals import Decider

bulk = Blueprint("bulk", __name__)
Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@dataclass(frozen=True)
class BulkOutcome:
    """Lists the cases whose resident was sent the message (`told`), and the others.

    The status of `refused` cases no longer allows a message. The residents of `unreachable` cases cannot get messages;
    each of these cases has the reason in words.
    """

    told: list[Case]
    refused: list[Case]
    unreachable: list[tuple[Case, str]]

    @property
    def residents(self) -> int:
        return len({case.resident_id for case in self.told})


@bulk.post("/cases/tell")
def tell() -> Page:
    """Shows the message and its cases for confirmation; when that is confirmed, sends the message or stores it.

    A stored message waits until another supervisor releases or refuses it.
    """
    note, ids = clean_note(request.form.get("note", "")), _asked_ids()
    with context().database.reading() as session:
        if not may_tell_many(session, me()):
            abort(403)
        if problem := _problem(note, ids):
            return render_template(
                "cases/bulk.html", outcome=None, note=note, problem=words.REFUSALS[problem]
            ), 400
        if request.form.get("do") != "send":
            return _ask_again(session, note, ids)
    try:
        return _tell(note, ids)
    except LimitReached as error:
        page = render_template("cases/bulk.html", outcome=None, note=note, problem=said(error))
        return page, 429, retry_after(error)


def _ask_again(session: Session, note: str, ids: list[int]) -> str:
    cases = _visible(session, ids)
    return render_template(
        "cases/bulk_confirm.html",
        note=note,
        cases=cases,
        residents=len({case.resident_id for case in cases}),
        alone=_goes_at_once(session, cases, note),
        most_alone=messages.MAX_ALONE,
        token=request.form.get("form_token") or new_form_token(),
    )


def _tell(note: str, ids: list[int]) -> Page:
    with context().database.transaction() as session:
        press(session, url_for("queue.show"))
        cases = [lock_case(session, case.id, by=me()) for case in _visible(session, ids)]
        unreachable = _unreachable(cases)
        without = [case for case, _ in unreachable]
        reachable = [case for case in cases if case not in without]
        messages.hold(session, me())
        if not _goes_at_once(session, cases, note):
            asked = messages.ask(session, me(), cases, note)
            flash("ยังไม่ได้ส่ง รอหัวหน้างานท่านอื่นอ่านและส่ง", "warning")
            return redirect(url_for("bulk.show", message_id=asked.id), 303)
        refused = messages.send_alone(session, context().municipality, me(), reachable, note)
        outcome = BulkOutcome([case for case in reachable if case not in refused], refused, unreachable)
        count(session, CASES_TOLD, times=len(outcome.told))
    return render_template("cases/bulk.html", outcome=outcome, note=note, problem="")


@bulk.get("/cases/tell/<int:message_id>")
def show(message_id: int) -> str:
    with context().database.reading() as session:
        return _page(session, messages.find(session, me(), message_id))


@bulk.post("/cases/tell/<int:message_id>/release")
def release(message_id: int) -> Page:
    """Sends a waiting message. The supervisor must have read these very words and may see all its cases."""
    try:
        with context().database.transaction() as session:
            message = messages.lock(session, message_id, by=me(), permission=Permission.BULK_RELEASE)
            press(session, url_for("bulk.show", message_id=message_id))
            note, outcome = message.note or "", _release(session, message)
    except BulkRefused as refused:
        return _refused(message_id, refused)
    return render_template("cases/bulk.html", outcome=outcome, note=note, problem="")


def _release(session: Session, message: BulkMessage) -> BulkOutcome:
    cases = messages.lock_cases(session, message, by=me())
    unreachable = _unreachable(cases)
    without = [case for case, _ in unreachable]
    refused = messages.release(
        session,
        context().municipality,
        message,
        me(),
        cases,
        read_digest=request.form.get("digest", ""),
        unreachable=without,
    )
    told = [case for case in cases if case not in refused and case not in without]
    return BulkOutcome(told, refused, unreachable)


@bulk.post("/cases/tell/<int:message_id>/refuse")
def refuse(message_id: int) -> Page:
    try:
        with context().database.transaction() as session:
            message = messages.lock(session, message_id, by=me(), permission=Permission.BULK_REFUSE)
            press(session, url_for("bulk.show", message_id=message_id))
            if message.author_id != me().id:
                messages.lock_cases(session, message, by=me())
            messages.refuse(session, message, me())
    except BulkRefused as refused:
        return _refused(message_id, refused)
    return _back(message_id, "ไม่ส่งข้อความนี้แล้ว")


def _refused(message_id: int, refused: BulkRefused) -> tuple[str, int]:
    note_reason(refused.reason)
    status = (
        403 if refused.reason in ("own_message", "account_too_new", "not_your_role", "unseen_cases") else 409
    )
    with context().database.reading() as session:
        message = messages.find(session, me(), message_id)
        return _page(session, message, words.REFUSALS[refused.reason]), status


def _back(message_id: int, said_: str) -> Response:
    flash(said_, "warning")
    return redirect(url_for("bulk.show", message_id=message_id), 303)


def _page(session: Session, message: BulkMessage, problem: str = "") -> str:
    """Returns the page of the message.

    Only its author and people who may see all its cases read its words. A supervisor who may see them all decides on
    it, but never its author.
    """
    seen = find_cases(session, me(), message.cases)
    waits, is_own = message.state == "waiting" and not message.lapsed, me().id == message.author_id
    sees_all = len(seen) == len(message.cases)
    why_not = messages.RELEASE.why_not(Decider(me()), {message.author_id})
    may_decide, decides_later = waits and sees_all and not why_not, why_not == messages.RELEASE.too_new
    return render_template(
        "cases/bulk_message.html",
        message=message,
        waits=waits,
        cases=seen,
        unseen=len(message.cases) - len(seen),
        may_release=may_decide,
        decides_later=waits and sees_all and decides_later,
        may_read=is_own or sees_all,
        may_refuse=(waits and is_own) or may_decide,
        digest=messages.digest_of(message),
        problem=problem or (words.REFUSALS["lapsed"] if message.lapsed else ""),
        tokens=(new_form_token(), new_form_token()),
    )


def _goes_at_once(session: Session, cases: Sequence[Case], note: str) -> bool:
    """Says whether this person may send the note without a release. Residents who cannot get messages do not count."""
    reachable = [case for case in cases if not why_unreachable(case.resident)]
    told = told_the_same(session, context().municipality, me(), note)
    return messages.fits_alone(session, me(), reachable, told)


def _unreachable(cases: Sequence[Case]) -> list[tuple[Case, str]]:
    """Returns the cases whose resident cannot get messages, each with the reason in words."""
    return [(case, why) for case in cases if (why := why_unreachable(case.resident))]


def _visible(session: Session, ids: Sequence[int]) -> list[Case]:
    """Returns those of the cases that this person may see; raises NotFound if it is none of them."""
    if not (cases := find_cases(session, me(), ids)):
        raise NotFound
    return cases


def _asked_ids() -> list[int]:
    """Returns the ids of the picked cases, ascending, because cases are locked in this order everywhere."""
    asked = [whole(one) for one in request.form.getlist("case")]
    ids = {one for one in asked if one is not None}
    if None in asked or len(asked) > PER_PAGE:
        abort(400)
    return sorted(ids)


def _problem(note: str, ids: list[int]) -> str:
    if not ids:
        return "nothing_picked"
    if not note:
        return "note_missing"
    return "note_long_for_many" if len(note) > LONGEST_BULK_NOTE else ""
