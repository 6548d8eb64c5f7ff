"""Reads what every form sends: whole numbers, notes, and the token that keeps a form from being carried out twice."""

import re
import secrets
import unicodedata
from typing import Final

from flask import abort, request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store.clock import now
from store.staff.models import PressedForm

LONGEST_NOTE = 2000
# Every INTEGER column can hold nine digits; ten may be too many.
WHOLE: Final = re.compile(r"[0-9]{1,9}")
_JOINER = "\u200d"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


class AlreadyPressed(Exception):
    """Says that this form was carried out before. The browser is redirected to `back`, which shows the words `said`."""

    def __init__(self, back: str, said: str) -> None:
        super().__init__(said)
        self.back = back
        self.said = said


class NoToken(ValueError):
    """Says that a form has no valid `form_token`, so it did not come from a page of this console."""


def new_form_token() -> str:
    return secrets.token_urlsafe(16)


def press(session: Session, back: str, *, said: str = "ทำรายการนี้แล้ว") -> None:
    """Records the `form_token` of this form, so that the form is carried out only once.

    Call it in the transaction that carries out the form. Raises AlreadyPressed if the token was recorded before, and
    NoToken if the form has none. `staff_console.pages.errors` handles both: after AlreadyPressed it redirects to the
    address `back` and shows the words `said` there.
    """
    token = request.form.get("form_token", "")
    if not _TOKEN.fullmatch(token):
        raise NoToken
    session.add(PressedForm(token=token, at=now()))
    try:
        session.flush()
    except IntegrityError as error:
        raise AlreadyPressed(back, said) from error


def whole(typed: str | None) -> int | None:
    """Returns the number if `typed` is one to nine Western digits, else None."""
    return int(typed) if typed and WHOLE.fullmatch(typed) else None


def whole_or_400(field: str) -> int:
    """Returns the whole number in a field that our pages always fill; answers 400 if it holds none."""
    number = whole(request.form.get(field))
    return abort(400) if number is None else number


def clean_note(typed: str) -> str:
    """Returns the text in NFC, with line feeds as line ends and without control and invisible format characters.

    Format characters could reverse the order of the text, or be all that a note contains. Those that join emoji stay.
    """
    lines = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (
        sign for sign in lines if sign in ("\n", _JOINER) or unicodedata.category(sign) not in ("Cc", "Cf")
    )
    return "".join(kept).strip().strip(_JOINER).strip()
