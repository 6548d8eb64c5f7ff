"""Tests the month's messages in the database: what is counted, which reading counts, and who may still send."""

import uuid
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.broadcasts.models import Broadcast, Chunk, ChunkState, Mailing, MailingPart
from store.clock import BANGKOK, now
from store.database.engine import Database
from store.messaging import outbox, requests
from store.messaging.models import OutboxRow
from store.messaging.states import MessageState, SentBy
from store.municipality.calendar import Month
from store.municipality.profile import Municipality, Plan
from store.quota.models import QuotaReading
from store.quota.usage import (
    Alarm,
    Billed,
    billed_between,
    count_waiting,
    find_alarms,
    gone_until,
    latest,
    may_send,
    note_reading,
    past_months,
    quota_status,
    replies_between,
)
from tests.builders import a_resident, an_officer

pytestmark = pytest.mark.usefixtures("clock")
PLAN = Plan(messages=300, reserve=60)
NOVEMBER = Month(2026, 11)


def sent(
    session: Session, at: datetime, *, by: SentBy = SentBy.PUSH, state: MessageState = MessageState.SENT
) -> OutboxRow:
    resident = a_resident(session)
    row = outbox.put_notice(session, resident, "case_message", {})
    row.sent_by = by
    row.state = state
    row.sent_at = at if state == MessageState.SENT else None
    session.flush()
    return row


def told(
    session: Session,
    municipality: Municipality,
    at: datetime,
    count: int,
    state: ChunkState = ChunkState.SENT,
) -> None:
    """Creates a sent chunk of a broadcast with so many recipients."""
    author = an_officer(session, municipality)
    broadcast = Broadcast(
        title="น้ำไม่ไหล",
        category="news",
        purpose="แจ้ง",
        content={},
        audience={},
        author=author,
        editor=author,
        created_at=at,
    )
    session.add(broadcast)
    session.flush()
    mailing = Mailing(broadcast_id=broadcast.id, part=MailingPart.MESSAGE, due_at=at)
    session.add(mailing)
    session.flush()
    chunk = Chunk(mailing_id=mailing.id, retry_key=str(uuid.uuid4()), state=state, told=count)
    chunk.next_try_at = chunk.sent_at = at
    session.add(chunk)
    session.flush()


def read(database: Database, *, most: int | None = 300, used: int = 0) -> None:
    with database.transaction() as session:
        note_reading(session, most=most, used=used)


def go_to(
    clock: time_machine.Traveller, day: int, hour: int = 0, minute: int = 0, *, month: int = 11
) -> None:
    clock.move_to(datetime(2026, month, day, hour, minute, tzinfo=BANGKOK))


def test_pushes_and_told_residents_are_billed_and_nothing_else(
    database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        for by in (SentBy.PUSH, SentBy.PUSH, SentBy.REPLY):
            sent(session, now(), by=by)
        sent(session, now(), state=MessageState.DEAD)
        told(session, municipality, now(), 480)
        told(session, municipality, now(), 500, ChunkState.CANCELLED)
    with database.reading() as session:
        assert billed_between(session, NOVEMBER.starts, NOVEMBER.ends) == Billed(push=2, multicast=480)
        assert replies_between(session, NOVEMBER.starts, NOVEMBER.ends) == 1


def test_what_travels_in_anothers_request_is_not_billed_again(database: Database) -> None:
    with database.transaction() as session:
        resident = a_resident(session)
        rows = [outbox.put_notice(session, resident, "case_message", {}) for _ in range(3)]
        session.flush()
        requests.freeze(rows, by=SentBy.PUSH, body="{}", again_in=timedelta(seconds=20))
        requests.end(session, rows[0].id, MessageState.SENT)
    with database.reading() as session:
        assert billed_between(session, NOVEMBER.starts, NOVEMBER.ends) == Billed(push=1)


def test_a_message_belongs_to_the_month_of_bangkok(database: Database, municipality: Municipality) -> None:
    with database.transaction() as session:
        for at in (NOVEMBER.starts - timedelta(seconds=1), NOVEMBER.starts):
            sent(session, at)
            told(session, municipality, at, 10)
    with database.reading() as session:
        assert billed_between(session, NOVEMBER.starts, NOVEMBER.ends) == Billed(push=1, multicast=10)


def test_replies_are_counted_among_rows_of_many_months(
    database: Database, clock: time_machine.Traveller
) -> None:
    for month in (6, 8, 9, 11, 11, 11, 12):
        go_to(clock, 15, month=month)
        with database.transaction() as session:
            sent(session, now(), by=SentBy.REPLY)
    with database.transaction() as session:
        session.delete(session.get_one(OutboxRow, 2))
    with database.reading() as session:
        for asked, count in ((Month(2026, 5), 0), (Month(2026, 6), 1), (NOVEMBER, 3), (NOVEMBER.after, 1)):
            assert replies_between(session, asked.starts, asked.ends) == count


def test_what_we_sent_since_the_last_reading_is_already_counted(database: Database) -> None:
    read(database, used=100)
    with database.transaction() as session:
        sent(session, now())
    with database.reading() as session:
        month = quota_status(session, PLAN)
    assert (month.used, month.left, month.others) == (101, 199, 100)


def test_what_was_sent_between_both_midnights_is_never_taken_for_somebody_elses(
    database: Database, clock: time_machine.Traveller
) -> None:
    """Checks 22.30 in Bangkok, when it is the next month in Japan and LINE may count so."""
    with database.transaction() as session:
        sent(session, datetime(2026, 11, 30, 22, 30, tzinfo=BANGKOK))
    go_to(clock, 1, 9, month=12)
    read(database, used=1)
    with database.reading() as session:
        assert quota_status(session, PLAN).others == 0


def test_messages_that_are_gone_hold_back_pushes_for_two_hours_or_until_the_month_ends(
    database: Database, clock: time_machine.Traveller
) -> None:
    go_to(clock, 20, 10)
    read(database, used=300)
    with database.reading() as session:
        until = gone_until(session)
    assert until is not None
    assert timedelta(hours=1, minutes=59) < until - now() <= timedelta(hours=2)
    go_to(clock, 20, 12, 1)
    with database.reading() as session:
        assert gone_until(session) is None
    go_to(clock, 30, 23)
    read(database, used=300)
    with database.reading() as session:
        assert gone_until(session) == NOVEMBER.ends


@pytest.mark.parametrize(("most", "used"), [(300, 299), (None, 90_000)])
def test_a_newer_reading_with_messages_left_ends_the_wait(
    database: Database, most: int | None, used: int
) -> None:
    read(database, used=300)
    with database.transaction() as session:
        waiting = outbox.put_notice(session, a_resident(session), "case_message", {})
        held = outbox.put_notice(session, a_resident(session), "case_message", {}, hold_seconds=3600)
        outbox.wait_for_quota([waiting], now() + timedelta(hours=2))
    with database.reading() as session:
        assert count_waiting(session) == 1
    read(database, most=most, used=used)
    with database.reading() as session:
        assert gone_until(session) is None
        due = session.scalars(select(OutboxRow.id).where(OutboxRow.next_try_at <= now())).all()
    assert due == [waiting.id]
    assert held.id not in due


def test_broadcasts_leave_the_reserve_unless_they_are_urgent(database: Database) -> None:
    read(database, used=200)
    with database.reading() as session:
        assert may_send(session, PLAN, 30, urgent=False) == 30
        assert may_send(session, PLAN, 500, urgent=False) == 40
        assert may_send(session, PLAN, 500, urgent=True) == 100
    read(database, used=280)
    with database.reading() as session:
        assert may_send(session, PLAN, 500, urgent=False) == 0
        assert may_send(session, PLAN, 500, urgent=True) == 20


def test_each_chunk_that_went_out_leaves_less_for_the_next(
    database: Database, municipality: Municipality
) -> None:
    read(database, used=0)
    with database.transaction() as session:
        told(session, municipality, now(), 200)
    with database.reading() as session:
        assert may_send(session, PLAN, 500, urgent=False) == 40


def test_without_a_limit_broadcasts_go_to_everybody_and_without_a_reading_the_plan_is_the_limit(
    database: Database,
) -> None:
    with database.reading() as session:
        assert may_send(session, PLAN, 500, urgent=True) == 300
    read(database, most=None, used=90_000)
    with database.reading() as session:
        assert may_send(session, PLAN, 500, urgent=False) == 500


def test_a_plan_that_fell_back_is_remembered_into_the_next_month_and_no_longer(
    database: Database, clock: time_machine.Traveller
) -> None:
    read(database, most=35_000, used=10)
    go_to(clock, 5, month=12)
    read(database, most=300, used=10)
    with database.reading() as session:
        month = quota_status(session, PLAN)
        assert (month.has_dropped, month.dropped_from) == (True, 35_000)
        assert find_alarms(session, PLAN) == (Alarm.DROPPED,)
    clock.move_to(datetime(2027, 1, 5, tzinfo=BANGKOK))
    read(database, most=300, used=10)
    with database.reading() as session:
        assert not quota_status(session, PLAN).has_dropped
        assert find_alarms(session, PLAN) == ()


def test_the_alarms_are_those_of_the_last_reading(database: Database, clock: time_machine.Traveller) -> None:
    with database.reading() as session:
        assert find_alarms(session, PLAN) == ()
    read(database, most=200, used=200)
    with database.reading() as session:
        assert find_alarms(session, PLAN) == (Alarm.DROPPED, Alarm.GONE)
    go_to(clock, 1, 0, 5, month=12)
    with database.reading() as session:
        assert find_alarms(session, PLAN) == (Alarm.DROPPED,)


def test_a_past_month_is_told_by_its_last_reading_before_line_may_count_the_next(
    database: Database, clock: time_machine.Traveller
) -> None:
    for day, hour, used in ((3, 9, 40), (30, 21, 280), (30, 23, 1)):
        go_to(clock, day, hour)
        read(database, used=used)
    go_to(clock, 1, 9, month=12)
    read(database, used=7)
    with database.reading() as session:
        past = past_months(session, 12)
        newest = latest(session)
    assert [(each.month, each.most, each.used, each.others) for each in past] == [(NOVEMBER, 300, 280, 280)]
    assert isinstance(newest, QuotaReading)
    assert (newest.month, newest.used) == ("2026-12", 7)
