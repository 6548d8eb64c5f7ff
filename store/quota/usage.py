"""Compares LINE's count of the month's messages with ours: what they cost, what is left, and how the month will end.

LINE bills a push by request and a multicast by recipient, and never a reply.
https://developers.line.biz/en/docs/messaging-api/pricing/
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from store.broadcasts.models import Chunk, ChunkState
from store.clock import in_bangkok, now
from store.messaging import outbox
from store.messaging.models import OutboxRow
from store.messaging.states import MessageState, Reason, SentBy
from store.municipality.calendar import Month
from store.municipality.profile import Plan
from store.quota.models import QuotaReading

DAY = timedelta(days=1)
# LINE counts days in Japan's time and does not say when its month begins. What we sent in the two hours between both
# midnights counts as ours in the old month and in the new one: it must never look as if others had sent it.
JAPAN_IS_AHEAD = timedelta(hours=2)
# LINE is asked every hour; an older reading no longer prevents sending.
BELIEVED_FOR = timedelta(hours=2)


@dataclass(frozen=True)
class Billed:
    """Counts what LINE bills: pushes by request, broadcasts by the recipients of their requests."""

    push: int = 0
    multicast: int = 0

    @property
    def total(self) -> int:
        return self.push + self.multicast


def billed_between(session: Session, start: datetime, end: datetime) -> Billed:
    """Counts the billed messages that were sent from `start` until before `end`."""
    told = select(func.sum(Chunk.told)).where(Chunk.state == ChunkState.SENT)
    return Billed(
        session.execute(_sent(SentBy.PUSH, start, end)).scalar_one(),
        session.execute(told.where(Chunk.sent_at >= start, Chunk.sent_at < end)).scalar_one() or 0,
    )


def replies_between(session: Session, start: datetime, end: datetime) -> int:
    """Counts the replies that were sent from `start` until before `end`.

    They have no index, because every reply would have to update it, so only rows created since a day before `start` are
    looked at.
    """
    newer = OutboxRow.id > _last_before(session, start - DAY)
    return session.execute(_sent(SentBy.REPLY, start, end).where(newer)).scalar_one()


def _sent(by: str, start: datetime, end: datetime) -> Select[int]:
    of_way = (OutboxRow.state == MessageState.SENT, OutboxRow.sent_by == by)
    return select(func.count()).where(*of_way, OutboxRow.sent_at >= start, OutboxRow.sent_at < end)


def _last_before(session: Session, at: datetime) -> int:
    """Returns the id of the last row created before `at`, or 0, by binary search: ids grow with time."""
    low, high = 0, session.execute(select(func.max(OutboxRow.id))).scalar() or 0
    while low < high:
        middle = (low + high) // 2
        after = select(OutboxRow.created_at).where(OutboxRow.id > middle).order_by(OutboxRow.id).limit(1)
        created_at = session.execute(after).scalar()
        low, high = (middle + 1, high) if created_at is not None and created_at < at else (low, middle)
    return low


def note_reading(session: Session, *, most: int | None, used: int, all_counted: bool = True) -> QuotaReading:
    """Stores LINE's latest reading; if messages are left, rows that waited for quota become due.

    Our own messages are counted now, after LINE was asked, so that none of them looks as if others had sent it. While
    we do not know how many friends a broadcast reached (not `all_counted`), everything counts as ours.
    """
    at = now()
    month = Month.of(at)
    ours = billed_between(session, month.starts - JAPAN_IS_AHEAD, at).total
    ours = ours if all_counted else max(ours, used)
    reading = QuotaReading(at=at, month=month.name, most=most, used=used, ours=ours)
    session.add(reading)
    if not says_gone(reading):
        outbox.end_wait_for_quota(session)
    return reading


def latest(session: Session) -> QuotaReading | None:
    return session.scalars(select(QuotaReading).order_by(QuotaReading.id.desc()).limit(1)).first()


def says_gone(reading: QuotaReading) -> bool:
    return reading.most is not None and reading.used >= reading.most


def gone_until(session: Session) -> datetime | None:
    """Returns until when no push is tried, because LINE reported that this month's messages are used up, or None.

    A reading is believed for two hours, but not beyond the end of its month.
    """
    reading = latest(session)
    if reading is None or not says_gone(reading):
        return None
    until = min(reading.at + BELIEVED_FOR, Month.of(reading.at).ends)
    # A reading from before the clock was set back is not believed for longer.
    return until if now() < until and until - now() <= BELIEVED_FOR else None


@dataclass(frozen=True)
class QuotaStatus:
    """Describes the messages of the month so far. `most` is the limit, or None where the plan has none.

    `read_at` is None before LINE's first reading. `used` is LINE's count plus what we have sent since. `others` is what
    LINE counted and we did not send: somebody sends by hand from LINE's manager, or by another system. `has_dropped`
    says that the limit was higher before; `dropped_from` is that limit, or None if there was none.
    """

    at: datetime
    read_at: datetime | None
    most: int | None
    used: int
    ours: Billed
    others: int
    reserve: int
    forecast: int
    runs_out_on: date | None
    has_dropped: bool
    dropped_from: int | None

    @property
    def left(self) -> int | None:
        return None if self.most is None else max(self.most - self.used, 0)

    @property
    def is_gone(self) -> bool:
        return self.left == 0

    @property
    def is_short(self) -> bool:
        """Says whether at this pace the messages are used up before the month ends."""
        return self.most is not None and self.forecast > self.most

    @property
    def days_left(self) -> int:
        """Counts the days that are left of this month, today included."""
        return (self.month.ends.date() - in_bangkok(self.at).date()).days

    @property
    def month(self) -> Month:
        return Month.of(self.at)


def quota_status(session: Session, plan: Plan, *, reading: QuotaReading | None = None) -> QuotaStatus:
    """Describes the month as it stands now, by the latest reading, or by a given one that is not stored."""
    at, reading = now(), reading or latest(session)
    ours = billed_between(session, Month.of(at).starts, at)
    unread = billed_between(session, reading.at, at).total if reading else 0
    before = earlier_limits(session, at)
    return weigh(plan, reading, ours, at=at, unread=unread, before=before)


def earlier_limits(session: Session, at: datetime) -> tuple[int | None, ...]:
    """Returns every limit that LINE reported in this month and the one before, each once; None stands for no limit."""
    since = Month.of(at).before.starts
    return tuple(session.scalars(select(QuotaReading.most).where(QuotaReading.at >= since).distinct()))


def weigh(
    plan: Plan,
    reading: QuotaReading | None,
    ours: Billed,
    *,
    at: datetime,
    unread: int = 0,
    before: Sequence[int | None] = (),
) -> QuotaStatus:
    """Computes the status from the latest reading, what we sent this month (`ours`), and the earlier limits (`before`).

    `unread` is what we sent since the reading. Without a reading the limit is that of the plan in the municipality's
    file. Without one of this month, `used` is what we sent.
    """
    known = reading if reading is not None and reading.month == Month.of(at).name else None
    most = reading.most if reading is not None else plan.messages
    used = known.used + unread if known is not None else ours.total
    forecast, runs_out_on = _forecast(at, used=used, broadcast=ours.multicast, most=most)
    has_dropped, dropped_from = _drop(reading.most, (plan.messages, *before)) if reading else (False, None)
    return QuotaStatus(
        at=at,
        read_at=reading.at if reading else None,
        most=most,
        used=used,
        ours=ours,
        others=max(known.used - known.ours, 0) if known is not None else 0,
        reserve=plan.reserve,
        forecast=forecast,
        runs_out_on=runs_out_on,
        has_dropped=has_dropped,
        dropped_from=dropped_from,
    )


def _forecast(at: datetime, *, used: int, broadcast: int, most: int | None) -> tuple[int, date | None]:
    """Returns the month's total at the present pace, and the day on which the limit is reached.

    The day is None if there is no limit, if it is reached already, or if it is not reached this month. Broadcasts that
    were sent are in the total but not in the pace. Less than one day counts as one.
    """
    month = Month.of(at)
    a_day = max(used - broadcast, 0) / max((at - month.starts) / DAY, 1)
    forecast = used + round(a_day * ((month.ends - at) / DAY))
    if most is None or used >= most or forecast <= most:
        return forecast, None
    return forecast, in_bangkok(at + DAY * ((most - used) / a_day)).date()


def _drop(most: int | None, before: Sequence[int | None]) -> tuple[bool, int | None]:
    """Returns whether the limit `most` is lower than one of `before`, and the highest of these, or None for no limit.

    LINE does not announce that it lowers a limit.
    """
    if most is None:
        return False, None
    highest = max((limit for limit in before if limit is not None), default=0)
    if None in before:
        return True, None
    return highest > most, highest if highest > most else None


def may_send(session: Session, plan: Plan, count: int, *, urgent: bool) -> int:
    """Returns how many of `count` billed messages may be sent now. Unless `urgent`, the plan's reserve is left over.

    Messages that LINE has not confirmed yet do not count as used. To set n such messages apart, pass `count` + n and
    subtract n from the result.
    """
    left = quota_status(session, plan).left
    if left is None:
        return count
    return max(min(count, left if urgent else left - plan.reserve), 0)


def count_waiting(session: Session) -> int:
    """Counts the messages that wait for quota: LINE refused them for lack of it, or counts none left."""
    query = select(func.count()).where(
        OutboxRow.state == MessageState.READY, OutboxRow.reason == Reason.NO_QUOTA
    )
    return session.execute(query).scalar_one()


class Alarm(StrEnum):
    GONE = "gone"
    DROPPED = "dropped"


def find_alarms(session: Session, plan: Plan) -> tuple[Alarm, ...]:
    """Returns the alarms that every page shows to staff, by LINE's last reading; it is cheap enough for every page."""
    reading, at = latest(session), now()
    if reading is None:
        return ()
    has_dropped, _ = _drop(reading.most, (plan.messages, *earlier_limits(session, at)))
    is_gone = says_gone(reading) and reading.month == Month.of(at).name
    return (Alarm.DROPPED,) * has_dropped + (Alarm.GONE,) * is_gone


@dataclass(frozen=True)
class PastMonth:
    """Describes how a month ended, by the last reading before LINE may have begun to count the next."""

    month: Month
    most: int | None
    used: int
    others: int


def past_months(session: Session, count: int) -> list[PastMonth]:
    """Returns the last `count` months before this one, newest first; a month without a reading is left out."""
    month, found = Month.of(now()), list[PastMonth]()
    for _ in range(count):
        month = month.before
        within = (QuotaReading.at >= month.starts, QuotaReading.at < month.ends - JAPAN_IS_AHEAD)
        last = select(QuotaReading).where(*within).order_by(QuotaReading.at.desc()).limit(1)
        if reading := session.scalars(last).first():
            found.append(PastMonth(month, reading.most, reading.used, max(reading.used - reading.ours, 0)))
    return found


def baht_of_month(plan: Plan, used: int) -> Decimal:
    """Returns the plan's monthly price plus what is charged for messages beyond those that it includes."""
    beyond = max(used - plan.messages, 0) * _exact(plan.extra_baht or 0)
    return _satang(_exact(plan.monthly_baht) + beyond)


def baht_of(plan: Plan, count: int) -> Decimal:
    """Returns the price of `count` messages that the plan includes, in baht; 0 on a free plan."""
    each = _exact(plan.monthly_baht) / plan.messages if plan.messages else Decimal(0)
    return _satang(each * count)


def extra_baht(plan: Plan, used: int, count: int) -> Decimal:
    """Returns what `count` more messages cost on top, in baht, in a month that has used `used` messages."""
    return baht_of_month(plan, used + count) - baht_of_month(plan, used)


def _exact(baht: float) -> Decimal:
    """Returns the exact decimal of the typed amount: 0.1 is ten satang."""
    return Decimal(str(baht))


def _satang(baht: Decimal) -> Decimal:
    return baht.quantize(Decimal("0.01"), ROUND_HALF_UP)
