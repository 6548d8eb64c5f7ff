"""Checks every request before its view runs, and refuses what the table of permissions does not allow."""

from typing import Final

from flask import Flask, abort, g, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from staff_console.access.audit_log import install_audit_log
from staff_console.access.cookies import session_cookie
from staff_console.access.kept_forms import KeptForm, keep, path_of_referrer
from staff_console.access.permissions import PUBLIC, WITH_INITIAL_PASSWORD, may
from staff_console.access.sign_in_page import sign_in_page
from staff_console.context import context
from store.operations.metrics import is_bearer
from store.settings import is_this_machine
from store.staff.sessions import find_signed_in, is_known, why_ended

# Forms that need no session, such as that of the sign-in page, hold little more than a name and a password.
_MAX_OF_A_STRANGER = 64 * 1024
# A form of a case may carry photos: they are read but not kept.
MAX_OF_A_KEPT_FORM = 40 * 1024 * 1024
NOT_WITHOUT_HTTPS: Final = (
    "ระบบนี้ยังไม่ได้ตั้งค่า https จึงเปิดได้เฉพาะในเครื่องแม่ข่าย ผู้ดูแลเครื่องต้องตั้ง CONSOLE_URL=https://… ก่อน\n"
    "The console serves other machines only by https: set CONSOLE_URL.\n"
)
# Scripts in open pages request these without the user; such requests must not prolong the session.
_ASKED_BY_THE_PAGE = frozenset({"queue.counts", "broadcasts.progress", "jobs.progress", "sign_in.remaining"})


def install_gate(app: Flask) -> None:
    """Lets the gate run before every request; what it and the views refuse is written into the audit log."""
    app.before_request(let_in)
    install_audit_log(app)


def let_in() -> Response | None:
    """Sets `g.staff` and returns None if the request may go on to its view, else the response to send instead.

    `g.staff` is None on public pages. A signed-in person whose role may not use the endpoint gets 403.
    """
    g.staff = None
    if _comes_unencrypted() and request.blueprint != "health":
        return make_response(NOT_WITHOUT_HTTPS, 503, {"Content-Type": "text/plain; charset=utf-8"})
    if request.endpoint in PUBLIC or _is_the_monitor():
        request.max_content_length = _MAX_OF_A_STRANGER
        return None
    cookie = session_cookie()
    by_itself = request.endpoint in _ASKED_BY_THE_PAGE and "typing" not in request.args
    g.staff = find_signed_in(context().database, cookie, note_seen=not by_itself) if cookie else None
    if g.staff is None:
        return _to_sign_in()
    if request.url_rule is None:
        return None  # The error page of an address or method that does not exist.
    if g.staff.password_is_initial and request.endpoint not in WITH_INITIAL_PASSWORD:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
        return redirect(url_for("password.ask", next=wanted if wanted not in ("", "/") else None), 303)
    if not may(g.staff.role, request.endpoint):
        abort(403)
    return None


def _comes_unencrypted() -> bool:
    """Says whether the request comes from another machine although CONSOLE_URL is not https.

    The address of the connection counts, not the one that a proxy reports.
    """
    if context().settings.is_https:
        return False
    proxied = request.environ.get("werkzeug.proxy_fix.orig", {})
    peer = proxied.get("REMOTE_ADDR") or request.environ.get("REMOTE_ADDR") or "127.0.0.1"
    return not is_this_machine(peer)


def _is_the_monitor() -> bool:
    """Says whether this is a request for /metrics with METRICS_TOKEN, which needs no account."""
    header = request.headers.get("Authorization", "")
    return request.endpoint == "health.metrics" and is_bearer(header, context().settings.metrics_token)


def _to_sign_in() -> Response:
    """Returns the sign-in page with the submitted form in it if that can be kept, else a redirect to the sign-in page.

    The page says why the session is over, and leads back to the page that was wanted.
    """
    wanted = request.full_path.rstrip("?")
    if request.method != "GET":
        if kept := _kept():
            return make_response(sign_in_page(kept=kept, why=_why()), 401)
        wanted = path_of_referrer()
    return redirect(url_for("sign_in.ask", next=wanted if wanted not in ("", "/") else None, why=_why()), 303)


def _kept() -> KeptForm | None:
    """Returns the submitted form if it can be kept, else None. Without a session cookie it does not read the form.

    If no session with that cookie is stored, the cookie may be made up: a form of more than 64 kB is then not kept.
    """
    if not session_cookie():
        return None
    known = is_known(context().database, session_cookie())
    request.max_content_length = MAX_OF_A_KEPT_FORM if known else _MAX_OF_A_STRANGER
    return keep()


def _why() -> str | None:
    """Returns why the session is over, as a value of SessionEnded; None for a browser without a session cookie."""
    return why_ended(context().database, session_cookie()) if session_cookie() else None
