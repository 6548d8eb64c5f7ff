"""Shows the page of a case, and carries out the forms on it."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from staff_console import words
from staff_console.access.audit_log import note_view
from staff_console.access.rate_limits import UNMASKS, count
from staff_console.cases.forms import (
    ActionInput,
    BadForm,
    check_form,
    forms_for,
    may_assign,
    read_form,
)
from staff_console.cases.unmasking import unmask_for_a_while, unmasked_until
from staff_console.cases.view_model import show_case, why_unreachable
from staff_console.context import context, me
from staff_console.forms import new_form_token, press
from store.audit.log import Subject, write_down
from store.cases.actions import Actor, StaleCase, lock_case
from store.cases.actions import act as act_on
from store.cases.actions import assign as assign_to
from store.cases.assignment import colleagues_for
from store.cases.models import Case
from store.cases.queue import find_case
from store.cases.repeated_messages import reach_too_many
from store.cases.surge import may_sort
from store.cases.workflows import ACTION_ROWS, Action, NotAllowed, Who, workflow_of
from store.files.lifecycle import FileNotAccepted, uploaded
from store.files.models import File
from store.staff.permissions import Permission

cases = Blueprint("cases", __name__)
Page = str | Response | tuple[str, int]


@cases.get("/cases/<int:case_id>")
def show(case_id: int) -> str:
    with context().database.reading() as session:
        page = _page(session, find_case(session, me(), case_id))
    note_view(Subject("case", case_id))
    return page


@cases.post("/cases/<int:case_id>/unmask")
def unmask(case_id: int) -> Response:
    """Shows the case's phone and ID numbers in this browser for five minutes, and notes that in the audit log."""
    with context().database.transaction() as session:
        case = find_case(session, me(), case_id, Permission.CASES_UNMASK)
        count(session, UNMASKS)
        write_down(session, "unmask", staff_id=me().id, about=Subject("case", case.id))
    unmask_for_a_while(case_id)
    return redirect(url_for("cases.show", case_id=case_id), 303)


@cases.post("/cases/<int:case_id>/<action>")
def act(case_id: int, action: str) -> Page:
    asked = _read(case_id, action)
    try:
        check_form(asked)
        with _photos(asked) as photos:
            trouble = _do(case_id, asked, photos)
    except (BadForm, FileNotAccepted) as error:
        return _mend(case_id, asked, error.reason)
    except (StaleCase, NotAllowed):
        return _conflict(case_id, asked)
    # The reason is shown because staff who believe that the resident got a message do not phone them.
    flash(f"{ACTION_ROWS[asked.action].done} {trouble}".strip(), "warning" if trouble else "good")
    return redirect(url_for("cases.show", case_id=case_id, done=asked.action), 303)


def _read(case_id: int, action: str) -> ActionInput:
    """Returns the submitted form.

    Answers 404 if this person may not see the case or the action does not exist, 403 if their role may do the action in
    no status, and 400 if a number in the form is not valid.
    """
    with context().database.reading() as session:
        case = find_case(session, me(), case_id, Permission.CASES_ACT)
        workflow = workflow_of(case)
        if action not in workflow.action_rows:
            abort(404)
        if not workflow.may_ever(action, me().role):
            abort(403)
        return read_form(case, action)


@contextmanager
def _photos(asked: ActionInput) -> Iterator[list[File]]:
    """Cleans and stores the photos of the form, and yields their rows. If the action fails, deletes the photos."""
    stored: list[File] = []
    try:
        for photo in asked.photos:
            stored.append(uploaded(context().media, photo.read(), staff_id=me().id))
        yield stored
    except BaseException:
        for file in stored:
            context().media.destroy(file.token)
        raise


def _do(case_id: int, asked: ActionInput, photos: list[File]) -> str:
    """Carries out the action. Returns in words why its notice cannot reach the resident; empty if it can.

    It is also empty for an action without a notice. Raises BadForm, StaleCase or NotAllowed if the action is refused.
    """
    by = Actor(Who(me().role), me().id)
    with context().database.transaction() as session:
        press(session, url_for("cases.show", case_id=case_id))
        case = lock_case(session, case_id, by=me(), seen_version=asked.seen_version)
        if asked.action == Action.ASSIGN:
            _assign(session, case, asked.assignee, by)
            return ""
        if reach_too_many(session, context().municipality, me(), case, asked.action, asked.words()):
            raise BadForm("same_words")
        session.add_all(photos)
        session.flush()
        tokens = [photo.token for photo in photos]
        act_on(session, context().municipality, case, asked.action, by, note=asked.words(), files=tokens)
        return why_unreachable(case.resident) if asked.tells else ""


def _assign(session: Session, case: Case, assignee: int | None, by: Actor) -> None:
    known = {person.id: person for person in colleagues_for(session, case)}
    if assignee is not None and assignee not in known:
        raise BadForm("assignee_unknown")
    person = None if assignee is None else known[assignee]
    assign_to(session, context().municipality, case, person, by)


def _mend(case_id: int, asked: ActionInput, reason: str) -> Page:
    """Returns the page of the case with the form as typed and the `reason` in words, with status 400."""
    with context().database.reading() as session:
        page = _page(session, find_case(session, me(), case_id), problem=words.REFUSALS[reason], asked=asked)
    note_view(Subject("case", case_id))
    return page, 400


def _conflict(case_id: int, asked: ActionInput) -> Page:
    """Returns a page, with status 409, that shows the case as it is now and the form as typed."""
    with context().database.reading() as session:
        shown = show_case(session, find_case(session, me(), case_id), unmasked=False)
        page = render_template(
            "cases/conflict.html", shown=shown, asked=asked, label=words.EVENTS[asked.action]
        )
        return page, 409


def _page(session: Session, case: Case, *, problem: str = "", asked: ActionInput | None = None) -> str:
    until = unmasked_until(case.id)
    return render_template(
        "cases/page.html",
        shown=show_case(session, case, unmasked=until is not None),
        forms=forms_for(case, me()),
        may_assign=may_assign(case, me()),
        levels=words.TRIAGE if may_sort(session, case) else {},
        colleagues=colleagues_for(session, case),
        assign_token=new_form_token(),
        level_token=new_form_token(),
        unmasked_until=until,
        problem=problem,
        asked=asked,
    )
