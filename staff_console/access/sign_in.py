"""Signs staff in and out."""

import logging
from datetime import timedelta
from typing import Final

from flask import Blueprint, flash, make_response, redirect, request, session, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from staff_console.access.addresses import safe_next
from staff_console.access.browser_names import name_browser
from staff_console.access.cookies import session_cookie, with_cookie, without_cookie
from staff_console.access.devices import known_device, remember_device
from staff_console.access.kept_forms import show_kept, unpack
from staff_console.access.sign_in_page import sign_in_page
from staff_console.access.wrong_tries import retry_after, too_many
from staff_console.context import context, me
from store.audit.log import Subject, write_down
from store.logs import failure_fields
from store.staff import sessions, sign_ins
from store.staff.sign_ins import Browser

sign_in = Blueprint("sign_in", __name__)
log = logging.getLogger(__name__)
EXPIRED: Final = "รหัสผ่านชั่วคราวนี้หมดอายุแล้ว (ใช้ได้ 72 ชั่วโมง) กรุณาติดต่อผู้ดูแลระบบให้ขอตั้งรหัสผ่านใหม่"


@sign_in.get("/sign-in")
def ask() -> str:
    return sign_in_page(why=request.args.get("why"))


@sign_in.post("/sign-in")
def check() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    username, kept = request.form.get("username", "")[:200], unpack(request.form.get("kept", ""))
    try:
        cookie = sign_ins.sign_in(
            context().database,
            context().passwords,
            username,
            request.form.get("password", ""),
            address=request.remote_addr or "",
            device=known_device(username),
            browser=Browser(session_cookie(), name_browser(request.user_agent.string)),
        )
    except sign_ins.TooManyTries as error:
        return sign_in_page(too_many(error), username, kept=kept), 429, retry_after(error)
    except sign_ins.WrongSignIn:
        return sign_in_page("ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง", username, kept=kept), 401
    except sign_ins.PasswordExpired:
        return sign_in_page(EXPIRED, username, kept=kept), 401
    # A CSRF token that somebody planted in this browser before the sign-in must be worthless after it.
    session.clear()
    forward = redirect(safe_next(request.form.get("next")) or url_for("queue.show"), 303)
    answer = make_response(show_kept(kept)) if kept else forward
    return remember_device(with_cookie(answer, cookie), username)


@sign_in.get("/session")
def remaining() -> dict[str, str | int]:
    """Tells an open page who is signed in, how many seconds their session lasts, and the current CSRF token of forms.

    A request with `typing` in its query counts as use, so that the session does not end while somebody writes.
    """
    seconds = sessions.seconds_left(context().database, session_cookie())
    return {"who": me().id, "seconds": seconds, "token": generate_csrf()}


@sign_in.post("/sign-out")
def sign_out() -> Response:
    """Ends the session. The browser deletes its cookie even if the database cannot record that the session is over."""
    said, tone = "ออกจากระบบแล้ว", "good"
    try:
        with context().database.transaction() as transaction:
            sessions.end_session(transaction, session_cookie())
            write_down(transaction, "sign_out", staff_id=me().id, about=Subject("staff", me().id))
    except (OperationalError, TimeoutError) as error:
        log.error("the end of a session was not kept", extra=failure_fields(error))
        minutes = sessions.IDLE // timedelta(minutes=1)
        said = f"ออกจากระบบในเครื่องนี้แล้ว แต่ระบบบันทึกไม่ได้ จะสิ้นสุดเองเมื่อไม่มีการใช้งาน {minutes} นาที กรุณาแจ้งผู้ดูแลระบบ"
        tone = "warning"
    session.clear()
    flash(said, tone)
    answer = make_response(redirect(url_for("sign_in.ask"), 303))
    without_cookie(answer)
    # The browser stores what was typed and not sent; the next person at this computer must not find it.
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer
