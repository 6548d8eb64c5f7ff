"""Reads the cookie of a session, as the browser sent it, and hands it out."""

from flask import request
from werkzeug.wrappers import Response

from staff_console.context import context


def cookie_name(is_https: bool) -> str:
    """Browsers accept the prefix only for a Secure cookie of this very host (RFC 6265bis, 4.1.3.2)."""
    return "__Host-staff" if is_https else "staff"


def session_cookie() -> str:
    return request.cookies.get(cookie_name(context().settings.is_https), "")


def with_cookie(answer: Response, cookie: str) -> Response:
    """Hands out the cookie of a session. It ends with the browser; the server ends it earlier."""
    https = context().settings.is_https
    answer.set_cookie(cookie_name(https), cookie, path="/", secure=https, httponly=True, samesite="Lax")
    return answer
