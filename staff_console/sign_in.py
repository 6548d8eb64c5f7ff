"""Signing in and out."""

import logging
import math
from datetime import timedelta

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, session, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from staff_console.devices import known_device, remember_device
from staff_console.gate import cookie_name, safe_next
from staff_console.office import me, office
from store import sign_ins
from store.audit import write_down
from store.logs import failure_fields

sign_in = Blueprint("sign_in", __name__)
log = logging.getLogger(__name__)


@sign_in.get("/sign-in")
def ask() -> str:
    return _page()


@sign_in.post("/sign-in")
def check() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    username = request.form.get("username", "")[:200]
    try:
        cookie = sign_ins.sign_in(
            office().database,
            office().passwords,
            username,
            request.form.get("password", ""),
            address=request.remote_addr or "",
            device=known_device(username),
        )
    except sign_ins.TooManyTries as error:
        return _page(too_many(error), username), 429, retry_after(error)
    except sign_ins.WrongSignIn:
        return _page("ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง", username), 401
    # A token that somebody planted before the sign-in must not be worth anything after it.
    session.clear()
    answer = redirect(safe_next(request.form.get("next")) or url_for("queue.show"), 303)
    return remember_device(with_cookie(answer, cookie), username)


@sign_in.post("/sign-out")
def sign_out() -> Response:
    """This browser forgets the session in any case, also where the database cannot write down that it is over."""
    said, tone = "ออกจากระบบแล้ว", "good"
    try:
        with office().database.transaction() as transaction:
            sign_ins.end_session(transaction, request.cookies[cookie_name(office().settings.is_https)])
            write_down(transaction, "sign_out", staff_id=me().id)
    except (OperationalError, TimeoutError) as error:
        log.error("the end of a session was not kept", extra=failure_fields(error))
        minutes = sign_ins.IDLE // timedelta(minutes=1)
        said = f"ออกจากระบบในเครื่องนี้แล้ว แต่ระบบบันทึกไม่ได้ จะสิ้นสุดเองเมื่อไม่มีการใช้งาน {minutes} นาที กรุณาแจ้งผู้ดูแลระบบ"
        tone = "warning"
    session.clear()
    flash(said, tone)
    answer = make_response(redirect(url_for("sign_in.ask"), 303))
    answer.delete_cookie(cookie_name(office().settings.is_https), path="/")
    # What was typed and not sent lies in the browser; the next person at this desk must not find it.
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def too_many(error: sign_ins.TooManyTries) -> str:
    if error.seconds is None:
        return "ใส่รหัสผ่านผิดติดต่อกันหลายครั้งเกินไป ระบบจึงล็อกไว้ กรุณาติดต่อผู้ดูแลระบบให้ปลดล็อก"
    return f"ลองหลายครั้งเกินไป กรุณารอ {math.ceil(error.seconds / 60)} นาทีแล้วลองใหม่"


def retry_after(error: sign_ins.TooManyTries) -> dict[str, str]:
    return {} if error.seconds is None else {"Retry-After": str(error.seconds)}


def with_cookie(answer: Response, cookie: str) -> Response:
    """Hands out the cookie of a session. It ends with the browser; the server ends it earlier."""
    https = office().settings.is_https
    answer.set_cookie(cookie_name(https), cookie, path="/", secure=https, httponly=True, samesite="Lax")
    return answer


def _page(problem: str = "", username: str = "") -> str:
    g.staff = None
    wanted = safe_next(request.values.get("next")) or ""
    return render_template("sign_in.html", problem=problem, username=username, next=wanted)
