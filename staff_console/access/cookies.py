"""Reads and sets the session cookie."""

from flask import request
from werkzeug.wrappers import Response

from staff_console.context import context


def cookie_name(is_https: bool) -> str:
    """Returns the name of the session cookie.

    With https it has the prefix __Host-, which browsers accept only on a Secure cookie with path / and no Domain
    (RFC 6265bis, 4.1.3.2).
    """
    return "__Host-staff" if is_https else "staff"


def session_cookie() -> str:
    """Returns the value of the session cookie in this request; empty if there is none."""
    return request.cookies.get(cookie_name(context().settings.is_https), "")


def with_cookie(answer: Response, cookie: str) -> Response:
    """Sets the session cookie on the response and returns the response.

    The cookie has no expiry date, so the browser deletes it when it closes; the server limits the session itself.
    """
    https = context().settings.is_https
    answer.set_cookie(cookie_name(https), cookie, path="/", secure=https, httponly=True, samesite="Lax")
    return answer


def without_cookie(answer: Response) -> Response:
    """Deletes the session cookie in the browser and returns the response.

    It repeats the cookie's attributes: a browser ignores one with the prefix __Host- that is not Secure.
    """
    https = context().settings.is_https
    answer.delete_cookie(cookie_name(https), path="/", secure=https, httponly=True, samesite="Lax")
    return answer
