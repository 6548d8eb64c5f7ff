"""Limits how much one resident may ask of the town at once: new cases, photos, guesses at codes.

The limits are counted from the existing rows, in the transaction that would add another. No counter is kept, and two
processes cannot both pass the last one, because the events of one resident are processed one after the other. A row
further ahead than clocks differ was written before the clock was set back, and is not counted.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.cases.models import Case
from store.clock import CLOCKS_DIFFER, now
from store.files.models import File
from store.municipality.profile import RequestLimits
from store.residents.models import Resident

SHORT, DAY, HOUR = timedelta(minutes=10), timedelta(days=1), timedelta(hours=1)


def next_case_at(session: Session, resident: Resident, limits: RequestLimits) -> datetime | None:
    """Returns when this resident may open another case; None if now."""
    windows = ((limits.cases_in_ten_minutes, SHORT), (limits.cases_a_day, DAY))
    waits = [_free_again(session, resident, most, window) for most, window in windows]
    return max((at for at in waits if at is not None), default=None)


def _free_again(session: Session, resident: Resident, most: int, window: timedelta) -> datetime | None:
    """Returns when the oldest of the last `most` cases leaves this window; None if there are fewer."""
    query = (
        select(Case.entered_at)
        .where(Case.resident_id == resident.id, Case.entered_at.between(*_last(window)))
        .order_by(Case.id.desc())
        .offset(most - 1)
        .limit(1)
    )
    oldest = session.scalars(query).first()
    return oldest + window if oldest is not None else None


def may_send_file(session: Session, resident: Resident, limits: RequestLimits) -> bool:
    """Says whether the resident may send another file, because each is fetched from LINE, decoded and stored."""
    query = select(func.count()).where(File.resident_id == resident.id, File.created_at.between(*_last(HOUR)))
    return session.execute(query).scalar_one() < limits.files_an_hour


def may_guess(resident: Resident, limits: RequestLimits) -> bool:
    """Says whether the resident may try another code, or has typed too many wrong ones."""
    return not _is_recent(resident.wrong_codes_since) or resident.wrong_codes < limits.wrong_codes


def note_wrong_code(resident: Resident) -> None:
    if not _is_recent(resident.wrong_codes_since):
        resident.wrong_codes, resident.wrong_codes_since = 0, now()
    resident.wrong_codes += 1


def _is_recent(began: datetime | None) -> bool:
    return began is not None and now() - SHORT < began <= now() + CLOCKS_DIFFER


def _last(window: timedelta) -> tuple[datetime, datetime]:
    return now() - window, now() + CLOCKS_DIFFER
