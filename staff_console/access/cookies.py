"""Reads the session cookie that a browser sent, and sets it in an answer."""

from flask import request
from werkzeug.wrappers import Response

from staff_console.context import context


def cookie_name(is_https: bool) -> str:
    """Returns the cookie's name. Browsers take `__Host-` only from this host over https (RFC 6265bis, 4.1.3.2)."""
    return "__Host-staff" if is_https else "staff"


def session_cookie() -> str:
    return request.cookies.get(cookie_name(context().settings.is_https), "")


def with_cookie(answer: Response, cookie: str) -> Response:
    """Adds the session cookie to the answer. Browsers delete it when they are closed; the server ends it earlier."""
    https = context().settings.is_https
    answer.set_cookie(cookie_name(https), cookie, path="/", secure=https, httponly=True, samesite="Lax")
    return answer
