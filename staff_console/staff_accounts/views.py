"""Serves the pages on which admins manage staff accounts.

Closing or unlocking an account takes effect at once; everything else is a request that another person confirms.
"""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from staff_console import words
from staff_console.context import context, me
from store.staff import account_requests as requests
from store.staff import accounts
from store.staff.accounts import BadAccount, NewStaff
from store.staff.models import Staff
from store.staff.sign_ins import is_locked

people = Blueprint("people", __name__)
Page = str | Response | tuple[str, int]


@people.get("/staff")
def show_all() -> str:
    return _list_page()


@people.post("/staff")
def add() -> Page:
    """Requests a new account, which is opened when another person confirms the request."""
    new = NewStaff(
        username=request.form.get("username", ""),
        full_name=request.form.get("full_name", ""),
        role=request.form.get("role", ""),
        department=request.form.get("department") or None,
    )
    try:
        with context().database.transaction() as session:
            cipher = context().database.cipher
            code = requests.ask_to_open(session, context().municipality, cipher, new, by=me())
    except BadAccount as error:
        return _list_page(words.REFUSALS[error.reason], new), 400
    return _code_page(code, new.full_name.strip())


@people.get("/staff/<int:staff_id>")
def show(staff_id: int) -> str:
    return _person_page(staff_id)


@people.post("/staff/<int:staff_id>/role")
def change_role(staff_id: int) -> Page:
    role, department = request.form.get("role", ""), request.form.get("department") or None
    return _change(
        staff_id,
        "ส่งคำขอแล้ว บทบาทเปลี่ยนเมื่อมีผู้ยืนยัน",
        lambda session, person: requests.ask_for_role(
            session, context().municipality, person, role, department, by=me()
        ),
    )


@people.post("/staff/<int:staff_id>/password")
def reset_password(staff_id: int) -> Page:
    """Requests a password reset. The old password stays valid until another person confirms the request."""
    try:
        with context().database.transaction() as session:
            person = _person(session, staff_id)
            code = requests.ask_for_reset(session, context().database.cipher, person, by=me())
    except BadAccount as error:
        return _person_page(staff_id, words.REFUSALS[error.reason]), 400
    return _code_page(code, person.full_name)


@people.post("/staff/<int:staff_id>/unlock")
def unlock(staff_id: int) -> Page:
    cipher = context().database.cipher
    return _change(
        staff_id,
        "ปลดล็อกแล้ว ผู้ใช้เข้าสู่ระบบได้ทันที",
        lambda session, person: accounts.unlock_account(session, cipher, person, by=me()),
    )


@people.post("/staff/<int:staff_id>/close")
def close(staff_id: int) -> Page:
    return _change(
        staff_id,
        "ปิดบัญชีแล้ว",
        lambda session, person: accounts.close_account(session, person, by=me()),
    )


@people.post("/staff/<int:staff_id>/reopen")
def reopen(staff_id: int) -> Page:
    return _change(
        staff_id,
        "ส่งคำขอแล้ว บัญชีเปิดเมื่อมีผู้ยืนยัน",
        lambda session, person: requests.ask_to_reopen(session, person, by=me()),
    )


def _change(staff_id: int, done: str, change: Callable[[Session, Staff], None]) -> Page:
    """Calls `change` with the account, and redirects to its page with `done`, or shows there why it was refused."""
    try:
        with context().database.transaction() as session:
            change(session, _person(session, staff_id))
    except BadAccount as error:
        return _person_page(staff_id, words.REFUSALS[error.reason]), 400
    flash(done, "good")
    return redirect(url_for("people.show", staff_id=staff_id), 303)


def _person(session: Session, staff_id: int) -> Staff:
    return session.get(Staff, staff_id) or abort(404)


def _code_page(code: str, full_name: str) -> str:
    """Returns the page with the code for the owner. It cannot be shown again, because only a hash of it is stored."""
    return render_template(
        "staff_accounts/account_code.html", code=f"{code[:4]} {code[4:]}", full_name=full_name
    )


def _list_page(problem: str = "", new: NewStaff | None = None) -> str:
    with context().database.reading() as session:
        return render_template(
            "staff_accounts/list.html",
            people=accounts.list_staff(session),
            waiting=len(requests.list_waiting(session)),
            roles=words.ROLES,
            departments=context().municipality.departments,
            problem=problem,
            new=new,
        )


def _person_page(staff_id: int, problem: str = "") -> str:
    with context().database.reading() as session:
        person = _person(session, staff_id)
        return render_template(
            "staff_accounts/person.html",
            person=person,
            locked=is_locked(session, context().database.cipher, person),
            asked=[each for each in requests.list_waiting(session) if each.staff_id == staff_id],
            kinds=words.ACCOUNT_REQUESTS,
            left=accounts.approvers(session, without=person),
            roles=words.ROLES,
            departments=context().municipality.departments,
            problem=problem,
        )
