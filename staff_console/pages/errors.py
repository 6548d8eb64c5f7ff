"""Shows the error pages, which say what happened and what to do now. They also work without the database."""

import errno
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app, flash, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as PageNotFound
from werkzeug.wrappers import Response

from staff_console.access.kept_forms import keep, show_kept
from staff_console.access.permissions import may
from staff_console.access.rate_limits import retry_after, said
from staff_console.forms import AlreadyPressed, NoToken
from store.database.encryption import CannotDecrypt
from store.errors import NotFound
from store.files.decoding import DecoderUnavailable
from store.files.storage import StorageUnavailable
from store.logs import failure_fields
from store.staff.rate_limits import LimitReached

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ErrorWords:
    happened: str
    now: str


WORDS: Final = {
    400: ErrorWords("แบบฟอร์มนี้ใช้ไม่ได้แล้ว", "กรุณากลับไปหน้าเดิม โหลดหน้าใหม่ แล้วลองอีกครั้ง"),
    403: ErrorWords("บัญชีของท่านไม่มีสิทธิ์ทำรายการนี้", "หากจำเป็นต้องใช้ กรุณาแจ้งหัวหน้างานหรือผู้ดูแลระบบ"),
    404: ErrorWords("ไม่พบหน้าหรือเรื่องนี้", "ที่อยู่อาจพิมพ์ผิด หรือเป็นเรื่องของหน่วยงานอื่น กรุณาค้นด้วยเลขเรื่องจากหน้ารายการ"),
    405: ErrorWords("เปิดหน้านี้โดยตรงไม่ได้", "กรุณากลับไปหน้าแรก แล้วเปิดหน้าที่ต้องการจากเมนู"),
    409: ErrorWords("ทำรายการนี้ไม่ได้แล้ว", "ข้อมูลเปลี่ยนไปก่อนหน้านี้ กรุณาโหลดหน้าใหม่แล้วลองอีกครั้ง"),
    413: ErrorWords("ไฟล์ที่แนบใหญ่เกินไป ยังไม่มีการบันทึกใด ๆ", "รูปรวมกันต้องไม่เกิน 40 MB กรุณากลับไปหน้าเดิม แล้วแนบให้น้อยลง"),
    429: ErrorWords("มีการใช้งานถี่เกินไป", "กรุณารอ 1 นาทีแล้วลองใหม่"),
    500: ErrorWords("ระบบขัดข้อง", "เราบันทึกเหตุขัดข้องไว้แล้ว รอสักครู่แล้วลองใหม่ หากยังไม่ได้ให้แจ้งผู้ดูแล"),
    503: ErrorWords("ระบบยังไม่พร้อมใช้งาน", "ฐานข้อมูลไม่ตอบสนอง กรุณารอสักครู่แล้วลองใหม่ ยังไม่มีการบันทึกใด ๆ"),
}  # fmt: skip

# Admins see no cases, so their page must not send them to the list of cases.
NOT_FOUND_BY_ADMINS: Final = ErrorWords("ไม่พบหน้านี้", "ที่อยู่อาจพิมพ์ผิด กรุณากลับไปหน้าแรก แล้วเปิดหน้าที่ต้องการจากเมนู")
# The disk is full, its quota is used up, the file is too large for it, or it is read-only.
NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
FULL: Final = ErrorWords(
    "บันทึกไฟล์ไม่ได้ เพราะที่เก็บข้อมูลเต็ม ยังไม่มีการบันทึกใด ๆ",
    "ยังเปิดอ่านเรื่องได้ตามปกติ กรุณาแจ้งผู้ดูแลระบบให้เพิ่มที่ว่าง แล้วส่งใหม่อีกครั้ง",
)
UNKEEPABLE: Final = ErrorWords(
    "มีอักขระที่ระบบเก็บไม่ได้ปนมา ยังไม่มีการบันทึกใด ๆ",
    "มักติดมากับข้อความที่คัดลอกมาจากโปรแกรมอื่น กรุณากลับไปหน้าเดิม ลบส่วนนั้นหรือพิมพ์ใหม่ แล้วส่งอีกครั้ง",
)
_TELL_ADMIN: Final = "รายการอื่นยังใช้ได้ตามปกติ กรุณาแจ้งผู้ดูแลระบบให้ตรวจด้วยคำสั่ง python -m bot doctor"
CLOSED: Final = ErrorWords("ข้อมูลที่เข้ารหัสไว้ของรายการนี้เปิดอ่านไม่ได้", _TELL_ADMIN)
CLOSED_AND_UNCHANGED: Final = ErrorWords(f"{CLOSED.happened} ยังไม่มีการบันทึกใด ๆ", _TELL_ADMIN)
DAMAGED_FILE: Final = ErrorWords(
    "ไฟล์นี้เสียหายหรือเปิดไม่ได้", "ขอให้ผู้แจ้งส่งใหม่ หรือแจ้งผู้ดูแลระบบให้นำไฟล์กลับมาจากข้อมูลสำรอง"
)


def install_errors(app: Flask) -> None:
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(NotFound, show_not_found)
    app.register_error_handler(CSRFError, show_unusable_form)
    app.register_error_handler(NoToken, show_no_token)
    app.register_error_handler(AlreadyPressed, show_already_pressed)
    app.register_error_handler(OperationalError, show_database_down)
    app.register_error_handler(LimitReached, show_limit)
    app.register_error_handler(TimeoutError, show_database_down)
    app.register_error_handler(DecoderUnavailable, show_database_down)
    app.register_error_handler(StorageUnavailable, show_database_down)
    app.register_error_handler(OSError, show_no_room)
    app.register_error_handler(CannotDecrypt, show_closed)
    app.register_error_handler(Exception, show_failure)


def show_not_found(_error: NotFound) -> Response | tuple[str, int, dict[str, str]]:
    return show_http_error(PageNotFound())


def error_page(code: int, words: ErrorWords | None = None) -> tuple[str, int]:
    g.setdefault("staff", None)
    return render_template("pages/error.html", code=code, words=words or WORDS.get(code, WORDS[400])), code


def show_http_error(error: HTTPException) -> Response | tuple[str, int, dict[str, str]]:
    if error.code is None or error.code < 400:
        return error.get_response()
    if isinstance(error, MethodNotAllowed) and (page := _page_above()):
        return redirect(page, 303)
    sees_no_case = g.get("staff") is not None and not may(g.staff.role, "cases.show")
    words = NOT_FOUND_BY_ADMINS if error.code == 404 and sees_no_case else None
    body, code = error_page(error.code, words)
    allow = dict(error.get_headers()).get("Allow")
    return body, code, {"Allow": allow} if allow else {}


def _page_above() -> str | None:
    """Returns the nearest page above an address that accepts only POST, for GET and HEAD requests; else None."""
    adapter, parts = current_app.create_url_adapter(request), request.path.split("/")
    while adapter and request.method in {"GET", "HEAD"} and len(parts) > 1:
        parts.pop()
        with suppress(HTTPException):
            endpoint, values = adapter.match("/".join(parts) or "/", method="GET")
            return url_for(endpoint, **values)
    return None


def show_unusable_form(_error: CSRFError) -> tuple[str, int]:
    """Shows what was typed, with a button to send it again, if the CSRF token of the form is missing or not valid.

    It is not valid, for example, after a new sign-in in another tab. Shows an error page if the form cannot be kept.
    """
    kept = keep()
    return (show_kept(kept), 400) if kept else error_page(400)


def show_no_token(_error: NoToken) -> tuple[str, int]:
    """Shows an error page. The form is not offered again, because it would again be without `form_token`."""
    return error_page(400)


def show_already_pressed(error: AlreadyPressed) -> Response:
    flash(error.said, "warning")
    return redirect(error.back, 303)


def show_database_down(error: Exception) -> tuple[str, int]:
    # The message of a database error can hold what people typed, so only its class is logged.
    log.error(
        "database or storage unavailable", extra={"endpoint": request.endpoint, **failure_fields(error)}
    )
    return error_page(503)


def show_limit(error: LimitReached) -> tuple[str, int, dict[str, str]]:
    words = ErrorWords(said(error), "ครั้งนี้ยังไม่มีการส่งหรือบันทึกใด ๆ กดย้อนกลับเพื่อไปหน้าเดิม ข้อมูลที่พิมพ์ไว้ยังอยู่")
    body, code = error_page(429, words)
    return body, code, retry_after(error)


def show_no_room(error: OSError) -> tuple[str, int]:
    """Shows that the storage is full or read-only; for any other OSError, shows the page of a failure."""
    if error.errno not in NO_ROOM:
        return show_failure(error)
    log.error("no room for a file", extra={"endpoint": request.endpoint, **failure_fields(error)})
    return error_page(503, FULL)


def show_closed(error: CannotDecrypt) -> tuple[str, int]:
    log.error("a value cannot be decrypted", extra={"endpoint": request.endpoint, **failure_fields(error)})
    if request.blueprint == "files":
        return error_page(500, DAMAGED_FILE)
    return error_page(500, CLOSED if request.method == "GET" else CLOSED_AND_UNCHANGED)


def show_failure(error: Exception) -> tuple[str, int]:
    log.error("failure", extra={"endpoint": request.endpoint, **failure_fields(error)})
    return error_page(500)
