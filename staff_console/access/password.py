"""Lets a person change their own password."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from staff_console.access.addresses import safe_next
from staff_console.access.browser_names import name_browser
from staff_console.access.cookies import with_cookie
from staff_console.access.wrong_tries import retry_after, too_many
from staff_console.context import context, me
from staff_console.words import REFUSALS
from store.staff.accounts import change_own_password
from store.staff.models import Staff
from store.staff.passwords import BadPassword, normal
from store.staff.sessions import begin_session
from store.staff.sign_ins import TooManyTries, WrongSignIn, check_own_password

password = Blueprint("password", __name__)


@password.get("/password")
def ask() -> str:
    return _page()


@password.post("/password")
def change() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Changes the password, ends all sessions of this person, and begins a new one in this browser."""
    if request.form.get("new", "") != request.form.get("again", ""):
        return _refused("not_same")
    try:
        _check_current()
    except TooManyTries as error:
        return _page(too_many(error)), 429, retry_after(error)
    except WrongSignIn:
        return _refused("wrong_password")
    if normal(request.form["new"]) == normal(request.form["current"]):
        # A password from a backup, or one that somebody else chose, must be replaced by a different one.
        return _refused("as_before")
    try:
        with context().database.transaction() as session:
            cookie = _change(session, request.form["new"])
    except BadPassword as error:
        return _refused(error.reason)
    flash("เปลี่ยนรหัสผ่านแล้ว อุปกรณ์อื่นที่เข้าสู่ระบบไว้ถูกออกจากระบบทั้งหมด", "good")
    return with_cookie(redirect(safe_next(request.form.get("next")) or url_for("queue.show"), 303), cookie)


def _check_current() -> None:
    current, address = request.form.get("current", ""), request.remote_addr or ""
    check_own_password(context().database, context().passwords, me(), current, address=address)


def _change(session: Session, new: str) -> str:
    person = session.get_one(Staff, me().id)
    change_own_password(session, context().municipality, context().passwords, person, new)
    return begin_session(session, person, name_browser(request.user_agent.string))


def _refused(reason: str) -> tuple[str, int]:
    return _page(REFUSALS[reason]), 400


def _page(problem: str = "") -> str:
    return render_template(
        "access/password.html", problem=problem, next=safe_next(request.values.get("next")) or ""
    )
