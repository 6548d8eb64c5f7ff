"""Case numbers: short ones for people, tracking codes that cannot be guessed or misread for everything else."""

import secrets

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.models import Series

# No I, O or Q: they are read as 1 and 0 (domain convention).
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_SIGNS = "23456789" + _LETTERS


def next_number(session: Session, series: str) -> int:
    """The next number of the series, without gaps: it commits or rolls back with the case that bears it."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(Series).values(name=series, last=1)
    given = insert.on_conflict_do_update(index_elements=["name"], set_={"last": Series.last + 1})
    number: int = session.execute(given.returning(Series.last)).scalar_one()
    return number


def new_tracking_code(prefix: str, fiscal_year: int) -> str:
    """Such as TX70-K7QP-94M2-8: unguessable, and its last sign tells most typing slips."""
    drawn = "".join(secrets.choice(_SIGNS) for _ in range(8))
    code = f"{prefix}{fiscal_year % 100:02d}-{drawn[:4]}-{drawn[4:]}"
    return f"{code}-{check_sign(code)}"


def check_sign(code: str) -> str:
    """A weighted sum over the signs: most slips of reading or typing change it."""
    signs = [c for c in code if c.isalnum()]
    total = sum(place * (_SIGNS + "01").find(sign) for place, sign in enumerate(signs, start=1))
    return _SIGNS[total % len(_SIGNS)]
