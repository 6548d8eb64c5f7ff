"""Provides case numbers, tracking codes that cannot be guessed or misread, and counts that only grow."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.database.models import Series
from store.database.upsert import insert_into

# No I, O or Q: they are read as 1 and 0 (domain convention).
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_SIGNS = "23456789" + _LETTERS
# These series count rows that were purged, so that statistics never shrink.
_GONE_EVENTS, _GONE_REQUESTS = "gone events", "gone requests "


def next_number(session: Session, series: str) -> int:
    """Returns the next number of the series. There are no gaps: a number is committed or rolled back with its case."""
    return count_on(session, series, by=1)


def count_on(session: Session, series: str, *, by: int) -> int:
    insert = insert_into(session, Series).values(name=series, last=by)
    given = insert.on_conflict_do_update(index_elements=["name"], set_={"last": Series.last + by})
    number: int = session.execute(given.returning(Series.last)).scalar_one()
    return number


def count_gone_events(session: Session, count: int) -> None:
    count_on(session, _GONE_EVENTS, by=count)


def count_gone_requests(session: Session, sent_by: str, state: str, count: int) -> None:
    count_on(session, f"{_GONE_REQUESTS}{sent_by}/{state}", by=count)


def gone_events(session: Session) -> int:
    series = session.get(Series, _GONE_EVENTS)
    return series.last if series else 0


def gone_requests(session: Session) -> dict[tuple[str, str], int]:
    """Returns the counts of purged requests by how they were sent and how they ended."""
    gone = {}
    for series in session.scalars(select(Series).where(Series.name.startswith(_GONE_REQUESTS))):
        sent_by, _, state = series.name.removeprefix(_GONE_REQUESTS).partition("/")
        gone[sent_by, state] = series.last
    return gone


def new_tracking_code(prefix: str, fiscal_year: int) -> str:
    """Returns a code such as TX70-K7QP-94M2-8, which cannot be guessed; its last sign reveals most typing errors."""
    drawn = "".join(secrets.choice(_SIGNS) for _ in range(8))
    code = f"{prefix}{fiscal_year % 100:02d}-{drawn[:4]}-{drawn[4:]}"
    return f"{code}-{check_sign(code)}"


def check_sign(code: str) -> str:
    """Returns the check sign: a weighted sum over the signs, which most errors of reading or typing change."""
    signs = [c for c in code if c.isalnum()]
    total = sum(place * (_SIGNS + "01").find(sign) for place, sign in enumerate(signs, start=1))
    return _SIGNS[total % len(_SIGNS)]
