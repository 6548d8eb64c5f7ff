"""The one gate before every view: nobody passes unless the table of permissions says so."""

from urllib.parse import urlsplit

from flask import Flask, abort, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from staff_console.office import office
from staff_console.permissions import PUBLIC, WITH_INITIAL_PASSWORD, may
from store.audit import write_down
from store.metrics import is_bearer
from store.sign_ins import find_signed_in

# A form that anybody may send holds a name and a password.
_MOST_OF_A_STRANGER = 64 * 1024
# Asked by pages on their own; they must not keep a forgotten browser signed in.
_ASKED_BY_THE_PAGE = frozenset({"queue.counts", "broadcasts.progress"})


def install_gate(app: Flask) -> None:
    app.before_request(let_in)


def cookie_name(is_https: bool) -> str:
    """Browsers accept the prefix only for a Secure cookie of this very host (RFC 6265bis, 4.1.3.2)."""
    return "__Host-staff" if is_https else "staff"


def let_in() -> Response | None:
    g.staff = None
    if request.endpoint in PUBLIC or _is_the_monitor():
        request.max_content_length = _MOST_OF_A_STRANGER
        return None
    cookie = request.cookies.get(cookie_name(office().settings.is_https), "")
    note_seen = request.endpoint not in _ASKED_BY_THE_PAGE
    g.staff = find_signed_in(office().database, cookie, note_seen=note_seen) if cookie else None
    if g.staff is None:
        return _to_sign_in()
    if request.url_rule is None:
        return None  # The error page of an address or method that does not exist.
    if g.staff.password_is_initial and request.endpoint not in WITH_INITIAL_PASSWORD:
        return redirect(url_for("password.ask"), 303)
    if not may(g.staff.role, request.endpoint):
        _note_refusal()
        abort(403)
    return None


def _is_the_monitor() -> bool:
    """What watches the machines reads the figures, and nothing else, with a token instead of an account."""
    header = request.headers.get("Authorization", "")
    return request.endpoint == "health.metrics" and is_bearer(header, office().settings.metrics_token)


def _to_sign_in() -> Response:
    if request.method != "GET":
        flash("หมดเวลาใช้งานแล้ว กรุณาเข้าสู่ระบบใหม่ แล้วทำรายการอีกครั้ง", "warning")
        return redirect(url_for("sign_in.ask"), 303)
    wanted = request.full_path.rstrip("?")
    return redirect(url_for("sign_in.ask", next=wanted if wanted != "/" else None), 303)


def _note_refusal() -> None:
    with office().database.transaction() as session:
        write_down(session, "refused", staff_id=g.staff.id, about=str(request.endpoint))


def safe_next(wanted: str | None) -> str | None:
    """An address inside this console, or None: a link must not lead to somebody else's page after sign-in."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/sign-")):
        return None
    if "\\" in wanted or not wanted.isprintable() or len(wanted) > 500:
        return None
    parts = urlsplit(wanted)
    return None if parts.scheme or parts.netloc else wanted
