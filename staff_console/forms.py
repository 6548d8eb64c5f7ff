"""One-time tokens of forms: a double click, a reload or a second tab carries a form out once."""

import re
import secrets

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store.clock import now
from store.staff.models import PressedForm

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


class AlreadyPressed(ValueError):
    """This very form was carried out before."""


class NoToken(ValueError):
    """The form did not come from one of our pages."""


def new_form_token() -> str:
    return secrets.token_urlsafe(16)


def press(session: Session, token: str) -> None:
    """Marks the form as carried out, in the same transaction; the same token again is AlreadyPressed."""
    if not _TOKEN.fullmatch(token):
        raise NoToken
    session.add(PressedForm(token=token, at=now()))
    try:
        session.flush()
    except IntegrityError as error:
        raise AlreadyPressed from error
