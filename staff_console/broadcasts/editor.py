"""Shows the editor of a broadcast: a form whose buttons add, move and remove parts, and save it as a draft."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from staff_console.broadcasts import reach_and_cost, wording
from staff_console.broadcasts.audience import look_up, status_of
from staff_console.broadcasts.forms import (
    UNFINISHED,
    Typed,
    blank,
    check,
    correction_of,
    draft_of,
    form_words,
    read_typed,
    typed_of,
)
from staff_console.broadcasts.parts import NoSuchPart, Problems, change, take_pictures
from staff_console.broadcasts.preview_messages import figures_of_form, phone_of_form
from staff_console.broadcasts.view_model import may_edit, refuse_page
from staff_console.context import context, me
from staff_console.forms import new_form_token, press, whole, whole_or_400
from store.broadcasts import approval, control
from store.broadcasts.models import Broadcast
from store.broadcasts.transitions import ActRefused
from store.residents.menus import SEASONS

editor = Blueprint("editor", __name__)
Page = str | Response | tuple[str, int]
SAVING = frozenset({"save", "submit"})


@editor.get("/broadcasts/new")
def ask() -> str:
    with context().database.reading() as session:
        typed = blank()
        if "corrects" in request.args:
            typed = correction_of(_sent(session, request.args["corrects"]))
        return _page(session, typed, None)


@editor.post("/broadcasts/new")
def write() -> Page:
    typed = read_typed()
    if typed.corrects_id is not None:
        with context().database.reading() as session:
            _sent(session, str(typed.corrects_id))
    return _answer(typed, None, lambda session: approval.write_draft(session, draft_of(typed), me()))


@editor.get("/broadcasts/<int:broadcast_id>/edit")
def ask_again(broadcast_id: int) -> Page:
    with context().database.reading() as session:
        broadcast = approval.find(session, me(), broadcast_id)
        if not may_edit(session, broadcast, me()):
            return _closed(session, broadcast)
        return _page(session, typed_of(broadcast), broadcast)


@editor.post("/broadcasts/<int:broadcast_id>/edit")
def change_it(broadcast_id: int) -> Page:
    typed = read_typed()
    seen = whole_or_400("seen_version")
    with context().database.reading() as session:
        broadcast = approval.find(session, me(), broadcast_id)
    typed.corrects_id = broadcast.corrects_id

    def save(session: Session) -> Broadcast:
        held = approval.lock(session, broadcast_id, by=me(), seen_version=seen)
        approval.edit(session, held, draft_of(typed), me())
        return held

    return _answer(typed, broadcast, save)


def _sent(session: Session, typed: str) -> Broadcast:
    """Returns the broadcast that a new one corrects; answers 404 if it does not exist.

    Answers 409 if LINE has received nothing of it, because then it can be edited instead.
    """
    broadcast = approval.find(session, me(), whole(typed) or abort(404))
    if not control.begun(session, broadcast):
        abort(409)
    return broadcast


def _answer(typed: Typed, broadcast: Broadcast | None, save: Callable[[Session], Broadcast]) -> Page:
    """Does what the pressed button says: saves the broadcast, or changes its parts and shows the form again."""
    do = request.form.get("do", "look")
    problems = take_pictures("message", typed.message) | take_pictures("closing", typed.closing)
    if do in SAVING:
        return _save(typed, broadcast, save, problems)
    try:
        _change(typed, do)
    except NoSuchPart:
        abort(400)
    with context().database.reading() as session:
        found = look_up(session, typed.audience)
        problems |= {name: word for name, word in found.items() if word not in UNFINISHED}
        return _page(session, typed, broadcast, problems), status_of(problems)


def _change(typed: Typed, do: str) -> None:
    """Carries out a button such as message.parts.1.up on the parts of the form; raises NoSuchPart if there is none."""
    prefix, *steps = do.split(".")
    match prefix:
        case "message":
            change(typed.message, steps)
        case "closing":
            change(typed.closing, steps)
        case "look":
            return
        case _:
            raise NoSuchPart(do)


def _save(
    typed: Typed, broadcast: Broadcast | None, save: Callable[[Session], Broadcast], problems: Problems
) -> Page:
    with context().database.reading() as session:
        problems = check(session, typed) | problems
        if problems:
            return _page(session, typed, broadcast, problems), status_of(problems)
    try:
        with context().database.transaction() as session:
            press(session, url_for("broadcasts.show_all"))
            saved = save(session)
            if request.form["do"] == "submit":
                approval.submit(session, saved, me())
    except ActRefused as error:
        return _refuse(typed, broadcast, error)
    flash("ส่งขออนุมัติแล้ว" if request.form["do"] == "submit" else "บันทึกร่างแล้ว", "good")
    return redirect(url_for("broadcasts.show", broadcast_id=saved.id), 303)


def _refuse(typed: Typed, broadcast: Broadcast | None, error: ActRefused) -> Page:
    with context().database.reading() as session:
        now = approval.find(session, me(), broadcast.id) if broadcast else None
        if now is not None and not may_edit(session, now, me()):
            return _closed(session, now)
        problems = {wording.FIELDS_OF_REFUSALS.get(error.reason, "form"): error.reason}
        if now is None or error.reason != "stale":
            return _page(session, typed, now, problems), 400
        # The form now carries the newest version: who saves it again has read that somebody else made a change.
        return _page(session, typed, now, problems, seen_version=now.version), 409


def _closed(session: Session, broadcast: Broadcast) -> Page:
    begun = control.begun(session, broadcast)
    return refuse_page(session, broadcast, "already_going_out" if begun else "wrong_status"), 409


def _page(
    session: Session,
    typed: Typed,
    broadcast: Broadcast | None,
    problems: Problems | None = None,
    *,
    seen_version: int | None = None,
) -> str:
    """Returns the page of the editor.

    Whichever buttons are pressed, the form carries the version of the broadcast that was opened first, unless
    `seen_version` gives another.
    """
    found = figures_of_form(session, typed)
    if broadcast is not None and seen_version is None:
        seen_version = int(request.form.get("seen_version", broadcast.version))
    return render_template(
        "broadcasts/editor.html",
        typed=typed,
        broadcast=broadcast,
        seen_version=seen_version,
        corrects=session.get(Broadcast, typed.corrects_id) if typed.corrects_id else None,
        problems=problems or {},
        said=wording.said,
        token=request.form.get("form_token") or new_form_token(),
        menus=SEASONS,
        phone_shown=phone_of_form(session, typed),
        figures=reach_and_cost.rows(found) if found else [],
        warning=reach_and_cost.warning(found) if found else "",
        **form_words(session),
    )
