"""Sends one message to the residents of several cases: each hears it once, and cases not told are named."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from staff_console import words
from staff_console.case_forms import clean_note
from staff_console.case_page import why_unreachable
from staff_console.form_tokens import AlreadyPressed, press
from staff_console.limits import CASES_TOLD, count, retry_after, said
from staff_console.office import me, office
from store.audit import write_down
from store.cases import Actor, lock_case, tell_many
from store.limits import LimitReached
from store.models import Case
from store.search import PER_PAGE, find_case
from store.staff import Role
from store.statuses import Who
from store.surge import find_running

bulk = Blueprint("bulk", __name__)
Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]
# With the numbers of a whole page of cases it still fits a card: no resident reads half a message.
LONGEST_NOTE = 1000


@dataclass(frozen=True)
class Outcome:
    """The cases that were told, those whose status does not allow it any more, and those whose resident no message
    reaches, each with the reason in words."""

    told: list[Case]
    refused: list[Case]
    unreachable: list[tuple[Case, str]]
    residents: int


def may_tell_many(session: Session) -> bool:
    """Says whether this person may: supervisors always, officers while a surge runs."""
    return me().role == Role.SUPERVISOR or find_running(session) is not None


@bulk.post("/cases/tell")
def tell() -> Page:
    note, ids = clean_note(request.form.get("note", "")), _asked_ids()
    with office().database.reading() as session:
        if not may_tell_many(session):
            abort(403)
    if problem := _problem(note, ids):
        return render_template("bulk.html", outcome=None, note=note, problem=words.REFUSALS[problem]), 400
    try:
        with office().database.transaction() as session:
            press(session, request.form.get("form_token", ""))
            outcome = _tell_each(session, ids, note)
            count(session, CASES_TOLD, times=len(outcome.told))
    except AlreadyPressed:
        flash("ทำรายการนี้แล้ว", "warning")
        return redirect(url_for("queue.show"), 303)
    except LimitReached as error:
        page = render_template("bulk.html", outcome=None, note=note, problem=said(error))
        return page, 429, retry_after(error)
    return render_template("bulk.html", outcome=outcome, note=note, problem="")


def _asked_ids() -> list[int]:
    """In the order in which cases are locked everywhere."""
    asked = request.form.getlist("case")
    if not all(one.isascii() and one.isdigit() and len(one) < 10 for one in asked) or len(asked) > PER_PAGE:
        abort(400)
    return sorted({int(one) for one in asked})


def _problem(note: str, ids: list[int]) -> str:
    if not ids:
        return "nothing_picked"
    if not note:
        return "note_missing"
    return "note_long_for_many" if len(note) > LONGEST_NOTE else ""


def _tell_each(session: Session, ids: list[int], note: str) -> Outcome:
    """A case that this person may not see is left out like one that does not exist: its number is not told either."""
    cases = [lock_case(session, case_id) for case_id in ids if find_case(session, me(), case_id) is not None]
    unreachable = [(case, why) for case in cases if (why := why_unreachable(case.resident))]
    reachable = [case for case in cases if not why_unreachable(case.resident)]
    by = Actor(Who(me().role), me().id)
    refused = tell_many(session, office().municipality, reachable, by, note)
    told = [case for case in reachable if case not in refused]
    write_down(session, "tell_many", staff_id=me().id, about=f"{len(told)} cases")
    return Outcome(told, refused, unreachable, residents=len({case.resident_id for case in told}))
