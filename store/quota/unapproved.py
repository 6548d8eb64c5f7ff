"""Messages that LINE counts and we did not send: somebody goes past the approval of broadcasts (requirement L5)."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.clock import now
from store.municipality.calendar import Month
from store.quota.models import QuotaReading
from store.quota.usage import latest

LATELY = timedelta(days=1)
# LINE calls its count approximate: so few may be a slip of it.
SLIP = 10


def sent_lately(session: Session) -> int:
    """How many more of them there are than a day ago, for a sign that goes away again; the month's stand in `money`."""
    last = latest(session)
    if last is None or last.month != Month.of(now()).name or now() - last.at > LATELY:
        return 0
    query = select(QuotaReading).where(QuotaReading.month == last.month, QuotaReading.at <= last.at - LATELY)
    before = session.scalars(query.order_by(QuotaReading.at.desc()).limit(1)).first()
    more = _by_others(last) - (_by_others(before) if before else 0)
    return more if more > SLIP else 0


def _by_others(reading: QuotaReading) -> int:
    return max(reading.used - reading.ours, 0)
