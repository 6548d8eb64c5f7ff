"""Starts and ends surge mode, decides on proposals of it, and sets the triage level of a case."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from staff_console import words
from staff_console.context import context, me
from staff_console.forms import clean_note, new_form_token, press
from store.cases import surge as surges
from store.cases.actions import lock_case
from store.cases.queue import find_case
from store.cases.surge import BadSurge
from store.cases.triage import set_triage
from store.cases.workflows import NotAllowed
from store.residents.menus import SEASONS
from store.staff.permissions import Permission
from store.workflow.approvals import Decider

surge = Blueprint("surge", __name__)
Page = str | Response | tuple[str, int]


@surge.get("/surge")
def show() -> str:
    with context().database.reading() as session:
        return _page(session)


@surge.post("/surge/start")
def start() -> Page:
    said, menu = clean_note(request.form.get("words", "")), request.form.get("menu") or None
    try:
        _require_confirmation()
        with context().database.transaction() as session:
            press(session, url_for("surge.show"))
            begun = surges.begin(session, me(), said, menu)
    except BadSurge as refused:
        return _refuse(refused, said, menu)
    if not begun.is_running:
        return _back("ยังไม่ได้เปิด ข้อความหรือเมนูนี้ต้องให้หัวหน้างานท่านอื่นยืนยัน", "warning")
    return _back("เปิดโหมดรับเหตุใหญ่แล้ว", "good")


@surge.post("/surge/<int:surge_id>/<any(confirm, withdraw):decision>")
def decide(surge_id: int, decision: str) -> Page:
    """Confirms a proposal, which starts the surge, or withdraws it.

    Only another supervisor than its author may confirm a proposal; any supervisor may withdraw it.
    """
    try:
        with context().database.transaction() as session:
            press(session, url_for("surge.show"))
            deed = surges.confirm if decision == "confirm" else surges.withdraw
            deed(session, surge_id, me())
    except BadSurge as refused:
        return _refuse(refused)
    return _back("เปิดโหมดรับเหตุใหญ่แล้ว" if decision == "confirm" else "ถอนข้อเสนอแล้ว", "good")


@surge.post("/surge/end")
def end() -> Page:
    try:
        _require_confirmation()
        with context().database.transaction() as session:
            press(session, url_for("surge.show"))
            surges.end(session, me())
    except BadSurge as refused:
        return _refuse(refused)
    return _back("ปิดโหมดรับเหตุใหญ่แล้ว", "good")


@surge.post("/cases/<int:case_id>/level")
def set_level(case_id: int) -> Response:
    """Sets the triage level of a case, and records in its timeline who set it."""
    with context().database.reading() as session:
        find_case(session, me(), case_id, Permission.CASES_SET_LEVEL)
    level = request.form.get("level", "")
    if level not in words.TRIAGE:
        abort(400)
    back = url_for("cases.show", case_id=case_id)
    with context().database.transaction() as session:
        press(session, back)
        case = lock_case(session, case_id, by=me(), permission=Permission.CASES_SET_LEVEL)
        try:
            set_triage(session, context().municipality, case, level, words.TRIAGE[level], me())
        except NotAllowed:
            abort(409)
    flash(f"ระดับ: {words.TRIAGE[level]}", "good")
    return redirect(back, 303)


def _require_confirmation() -> None:
    """Raises BadSurge unless the box is ticked: a slip of the finger must not change what all residents see."""
    if request.form.get("sure") != "yes":
        raise BadSurge("not_sure")


def _back(said: str, tone: str) -> Response:
    flash(said, tone)
    return redirect(url_for("surge.show"), 303)


def _refuse(refused: BadSurge, said: str = "", menu: str | None = None) -> Page:
    status = {
        "already_running": 409,
        "not_running": 409,
        "not_waiting": 409,
        "own_words": 403,
        "account_too_new": 403,
    }.get(refused.reason, 400)
    with context().database.reading() as session:
        return _page(session, words.SURGE_REFUSALS[refused.reason], said, menu), status


def _page(session: Session, problem: str = "", said: str = "", menu: str | None = None) -> str:
    counts = surges.open_by_triage(session, me())
    return render_template(
        "cases/surge.html",
        running=surges.find_running(session),
        counts=[(level, label, counts.get(level, 0)) for level, label in words.TRIAGE.items()],
        untold=counts.get(None, 0),
        menus=SEASONS,
        waiting=surges.find_waiting(session),
        why_not=lambda each: surges.CONFIRMATION.why_not(Decider(me()), {each.started_by_id}),
        tokens=[new_form_token() for _ in range(2)],
        phrases=surges.STANDARD_WORDS,
        longest=surges.LONGEST_WORDS,
        problem=problem,
        said=said,
        menu=menu,
        form_token=new_form_token(),
    )
