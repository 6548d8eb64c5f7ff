"""Shows the page behind a one-time link, on which the owner of an account chooses a password."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from staff_console.context import context
from staff_console.words import REFUSALS
from store.staff.account_requests import BadLink, find_by_link, set_first_password
from store.staff.passwords import BadPassword

first_password = Blueprint("first_password", __name__)
Page = str | Response | tuple[str, int]


@first_password.get("/first-password/<secret>")
def ask(secret: str) -> Page:
    """Shows the page. Opening it does not use the link up, because chat programs open links to draw a preview."""
    try:
        return _page(secret)
    except BadLink as error:
        return _gone(error)


@first_password.post("/first-password/<secret>")
def choose(secret: str) -> Page:
    code, new = request.form.get("code", ""), request.form.get("new", "")
    try:
        if new != request.form.get("again", ""):
            return _page(secret, REFUSALS["not_same"]), 400
        set_first_password(context().database, context().municipality, context().passwords, secret, code, new)
    except BadPassword as error:
        return _page(secret, REFUSALS[error.reason]), 400
    except BadLink as error:
        return _gone(error) if error.reason == "link_gone" else _wrong_code(secret)
    flash("ตั้งรหัสผ่านแล้ว กรุณาเข้าสู่ระบบด้วยรหัสผ่านใหม่", "good")
    return redirect(url_for("sign_in.ask"), 303)


def _wrong_code(secret: str) -> Page:
    try:
        return _page(secret, REFUSALS["wrong_code"]), 400
    except BadLink as error:
        return _gone(error)


def _page(secret: str, problem: str = "") -> str:
    with context().database.reading() as session:
        _, person = find_by_link(session, secret)
        return render_template("access/first_password.html", person=person, secret=secret, problem=problem)


def _gone(error: BadLink) -> tuple[str, int]:
    return render_template("access/first_password.html", person=None, problem=REFUSALS[error.reason]), 404
