"""How much one resident may ask of the town at once: new cases, photos, guesses at codes.

Counted from the rows there are, in the transaction that would add another: nothing is kept twice, and two processes
cannot both let the last one in, because the events of one resident are worked on one after the other. A row that
lies ahead by more than clocks differ is from a clock that has been set back since, and counts for nothing.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.cases.models import Case
from store.clock import CLOCKS_DIFFER, now
from store.files.models import File
from store.municipality.profile import Limits
from store.residents.models import Resident

SHORT, DAY, HOUR = timedelta(minutes=10), timedelta(days=1), timedelta(hours=1)


def next_case_at(session: Session, resident: Resident, limits: Limits) -> datetime | None:
    """When this resident may open another case; None for now."""
    windows = ((limits.cases_in_ten_minutes, SHORT), (limits.cases_a_day, DAY))
    waits = [_free_again(session, resident, most, window) for most, window in windows]
    return max((at for at in waits if at is not None), default=None)


def _free_again(session: Session, resident: Resident, most: int, window: timedelta) -> datetime | None:
    """When the eldest of the last `most` cases is older than this."""
    query = (
        select(Case.entered_at)
        .where(Case.resident_id == resident.id, Case.entered_at.between(*_last(window)))
        .order_by(Case.id.desc())
        .offset(most - 1)
        .limit(1)
    )
    eldest = session.scalars(query).first()
    return eldest + window if eldest is not None else None


def may_send_file(session: Session, resident: Resident, limits: Limits) -> bool:
    """Each photo or document is fetched from LINE, decoded and kept."""
    query = select(func.count()).where(File.resident_id == resident.id, File.created_at.between(*_last(HOUR)))
    return session.execute(query).scalar_one() < limits.files_an_hour


def may_guess(resident: Resident, limits: Limits) -> bool:
    """Whether another code is looked up for them, after so many wrong ones."""
    return not _is_recent(resident.wrong_codes_since) or resident.wrong_codes < limits.wrong_codes


def note_wrong_code(resident: Resident) -> None:
    if not _is_recent(resident.wrong_codes_since):
        resident.wrong_codes, resident.wrong_codes_since = 0, now()
    resident.wrong_codes += 1


def _is_recent(began: datetime | None) -> bool:
    return began is not None and now() - SHORT < began <= now() + CLOCKS_DIFFER


def _last(window: timedelta) -> tuple[datetime, datetime]:
    return now() - window, now() + CLOCKS_DIFFER
