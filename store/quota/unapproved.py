"""Counts messages that LINE bills and we did not send: they bypass the approval of broadcasts (requirement L5)."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.clock import now
from store.municipality.calendar import Month
from store.quota.models import QuotaReading
from store.quota.usage import latest

LATELY = timedelta(days=1)
# LINE calls its count approximate: a difference this small may be inexact.
SLIP = 10


def sent_lately(session: Session) -> int:
    """Returns how many messages others sent in the day before the latest reading, for a warning that disappears again.

    Returns 0 if they are so few that LINE's count may be inexact, or if the reading is older than a day.
    `QuotaStatus.others` is the total of the month.
    """
    last = latest(session)
    if last is None or last.month != Month.of(now()).name or now() - last.at > LATELY:
        return 0
    query = select(QuotaReading).where(QuotaReading.month == last.month, QuotaReading.at <= last.at - LATELY)
    before = session.scalars(query.order_by(QuotaReading.at.desc()).limit(1)).first()
    more = _by_others(last) - (_by_others(before) if before else 0)
    return more if more > SLIP else 0


def _by_others(reading: QuotaReading) -> int:
    return max(reading.used - reading.ours, 0)
