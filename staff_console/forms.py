"""Reads what every form sends: whole numbers, notes, and the token by which a form counts once."""

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
# Nine digits fit every INTEGER column; ten may not.
WHOLE: Final = re.compile(r"[0-9]{1,9}")
_JOINER = "\u200d"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


class AlreadyPressed(Exception):
    """Says that this very form was carried out before. Its sender is led to the page `back`, which shows `said`."""

    def __init__(self, back: str, said: str) -> None:
        super().__init__(said)
        self.back = back
        self.said = said


class NoToken(ValueError):
    """Says that the form did not come from one of our pages."""


def new_form_token() -> str:
    return secrets.token_urlsafe(16)


def press(session: Session, back: str, *, said: str = "ทำรายการนี้แล้ว") -> None:
    """Marks the form as carried out, in the transaction of what it does, so that it counts once.

    A form that was carried out before raises AlreadyPressed, which `staff_console.pages.errors` answers for all views:
    it leads to the address `back` and shows `said` there. A form without a token raises NoToken.
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
    """Returns the whole number that was typed in Western digits; None for anything else, and beyond nine digits."""
    return int(typed) if typed and WHOLE.fullmatch(typed) else None


def whole_or_400(field: str) -> int:
    """Returns the whole number in a field of the form that our pages always fill; answers 400 if there is none."""
    number = whole(request.form.get(field))
    return abort(400) if number is None else number


def clean_note(typed: str) -> str:
    """Returns the text with uniform line ends, composed letters (NFC) and no control or invisible format characters.

    Format characters may reverse what is read, or be all that a note holds. Those that join emoji stay.
    """
    lines = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (
        sign for sign in lines if sign in ("\n", _JOINER) or unicodedata.category(sign) not in ("Cc", "Cf")
    )
    return "".join(kept).strip().strip(_JOINER).strip()
