"""Colleagues who get test messages on their own LINE: invited with a code, listed, removed."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from staff_console import broadcast_words as words
from staff_console.broadcast_parts import line
from staff_console.form_tokens import AlreadyPressed, new_form_token, press
from staff_console.office import me, office
from store.audit import write_down
from store.broadcast_models import Tester
from store.broadcasts import testers as circle
from store.clock import now

testers = Blueprint("testers", __name__)
Page = str | Response | tuple[str, int]
LONGEST_NAME = 120


@testers.get("/broadcasts/testers")
def show_all() -> str:
    return _page()


@testers.post("/broadcasts/testers")
def invite() -> Page:
    name = line("name")
    if not 1 <= len(name) <= LONGEST_NAME:
        return _page(words.REFUSALS["tester_name"], name[:LONGEST_NAME]), 400
    try:
        with office().database.transaction() as session:
            press(session, request.form.get("form_token", ""))
            tester = circle.invite(session, name, me())
            write_down(session, "invite_tester", staff_id=me().id, about=f"tester {tester.id}")
    except AlreadyPressed:
        flash("ขอรหัสไปแล้ว", "warning")
    else:
        flash(f"ให้{name}พิมพ์ {tester.code} ในแชต LINE ของเรา ภายใน 1 วัน", "good")
    return redirect(url_for("testers.show_all"), 303)


@testers.post("/broadcasts/testers/<int:tester_id>/remove")
def remove(tester_id: int) -> Page:
    with office().database.transaction() as session:
        tester = session.get(Tester, tester_id) if tester_id < 2**31 else None
        if tester is None:
            abort(404)
        circle.remove(session, tester)
        write_down(session, "remove_tester", staff_id=me().id, about=f"tester {tester_id}")
    flash("เอาออกแล้ว", "good")
    return redirect(url_for("testers.show_all"), 303)


def _own_name(session: Session, problem: str) -> str:
    """Most people test on themselves first; an empty field stays empty once something is said about it."""
    known = {tester.name for tester in circle.list_testers(session)}
    return "" if problem or me().full_name in known else me().full_name


def _page(problem: str = "", name: str = "") -> str:
    with office().database.reading() as session:
        return render_template(
            "testers.html",
            testers=circle.list_testers(session),
            now=now(),
            problem=problem,
            name=name or _own_name(session, problem),
            token=new_form_token(),
        )
