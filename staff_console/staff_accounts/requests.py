"""Serves the page on which another admin or a supervisor confirms or refuses an admin's request about an account."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from staff_console import words
from staff_console.access.audit_log import note_reason
from staff_console.context import context, me
from store.staff import account_requests as requests
from store.staff.accounts import BadAccount
from store.staff.models import AccountRequest

account_requests = Blueprint("account_requests", __name__)
Page = str | Response | tuple[str, int]


@account_requests.get("/account-requests")
def show_all() -> str:
    return _page()


@account_requests.post("/account-requests/<int:request_id>/confirm")
def confirm(request_id: int) -> Page:
    """Carries out the request.

    If the owner must set a password, the response shows the link for it to the person who confirmed; it is not shown
    again.
    """
    try:
        with context().database.transaction() as session:
            asked = _asked(session, request_id)
            secret = requests.confirm(session, context().municipality, context().passwords, asked, by=me())
    except BadAccount as error:
        note_reason(error.reason)
        return _page(words.REFUSALS[error.reason]), 400
    if secret is not None:
        return render_template("staff_accounts/account_link.html", asked=asked, address=_address(secret))
    flash("ยืนยันแล้ว มีผลทันที", "good")
    return redirect(url_for("account_requests.show_all"), 303)


@account_requests.post("/account-requests/<int:request_id>/refuse")
def refuse(request_id: int) -> Page:
    try:
        with context().database.transaction() as session:
            requests.refuse(session, _asked(session, request_id), by=me())
    except BadAccount as error:
        note_reason(error.reason)
        return _page(words.REFUSALS[error.reason]), 400
    flash("ยกเลิกคำขอแล้ว", "good")
    return redirect(url_for("account_requests.show_all"), 303)


def _asked(session: Session, request_id: int) -> AccountRequest:
    return requests.lock(session, request_id) or abort(404)


def _address(secret: str) -> str:
    """Returns the full address of the link. It uses CONSOLE_URL if set, because the Host header can be forged."""
    path = url_for("first_password.ask", secret=secret)
    return (
        f"{context().settings.console_url}{path}"
        if context().settings.console_url
        else url_for("first_password.ask", secret=secret, _external=True)
    )


def _page(problem: str = "") -> str:
    with context().database.reading() as session:
        waiting = [
            (asked, requests.confirmers(session, asked), requests.namesakes(session, asked))
            for asked in requests.list_waiting(session)
        ]
        return render_template(
            "staff_accounts/account_requests.html",
            waiting=waiting,
            kinds=words.ACCOUNT_REQUESTS,
            problem=problem,
        )
