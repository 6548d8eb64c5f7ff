"""Recognises browsers in which an account has signed in before, by a signed cookie.

Strangers who try passwords of an account must not lock its owner out of a browser that the owner has used before. The
cookie alone signs nobody in. "Device cookies" in
https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html describes the method.
"""

import secrets
from typing import Any, Final

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from staff_console.context import context
from store.staff.sign_ins import username_of

KNOWN_FOR_SECONDS: Final = 180 * 24 * 60 * 60
# Several officers share a computer.
MAX_ACCOUNTS = 20


def known_device(username: str) -> str:
    """Returns the random id of this browser if the account has signed in with it before, else an empty string."""
    device, accounts = _read()
    return device if _account(username) in accounts else ""


def remember_device(answer: Response, username: str) -> Response:
    """Sets the cookie that records this account as one that has signed in here, and returns the response."""
    device, accounts = _read()
    accounts = [_account(username), *(each for each in accounts if each != _account(username))]
    value = _signer().dumps([device or secrets.token_urlsafe(16), accounts[:MAX_ACCOUNTS]])
    https = context().settings.is_https
    answer.set_cookie(
        _cookie_name(), value, KNOWN_FOR_SECONDS, path="/", secure=https, httponly=True, samesite="Lax"
    )
    return answer


def _read() -> tuple[str, list[str]]:
    try:
        read: Any = _signer().loads(request.cookies.get(_cookie_name(), ""), max_age=KNOWN_FOR_SECONDS)
    except BadSignature:
        return "", []
    device, accounts = read
    return device, accounts


def _account(username: str) -> str:
    """Returns a keyed hash of the username, so that the cookie does not show who signs in here."""
    return context().database.cipher.fingerprint(f"device of {username_of(username)}")[:16]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="device")


def _cookie_name() -> str:
    return "__Host-device" if context().settings.is_https else "device"
