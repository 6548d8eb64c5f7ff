"""Renders the sign-in page, which says why a session ended and carries the form that was submitted after that."""

from typing import Final

from flask import g, render_template, request

from staff_console.access.addresses import safe_next
from staff_console.access.kept_forms import KeptForm
from store.staff.sessions import SessionEnded

WHY_OVER: Final[dict[str, str]] = {
    SessionEnded.IDLE: "ไม่ได้ใช้งาน 30 นาที ระบบจึงออกจากระบบให้เพื่อความปลอดภัย เข้าสู่ระบบแล้วจะกลับไปหน้าเดิม",
    SessionEnded.TOO_LONG: "เข้าใช้ต่อเนื่องครบ 12 ชั่วโมง ระบบจึงออกจากระบบให้ เข้าสู่ระบบแล้วจะกลับไปหน้าเดิม",
    SessionEnded.ENDED: "การเข้าใช้ครั้งก่อนสิ้นสุดแล้ว เพราะออกจากระบบ เปลี่ยนรหัสผ่าน หรือบทบาทของท่านเปลี่ยน กรุณาเข้าสู่ระบบอีกครั้ง",
}


def sign_in_page(
    problem: str = "", username: str = "", *, kept: KeptForm | None = None, why: str | None = None
) -> str:
    """Returns the page. `kept` is a form to send again after signing in, `why` a value of SessionEnded or None."""
    g.staff = None
    wanted = safe_next(kept.back if kept else request.values.get("next")) or ""
    return render_template(
        "access/sign_in.html",
        problem=problem,
        username=username,
        next=wanted,
        why=WHY_OVER.get(why or "", ""),
        kept=kept,
    )
