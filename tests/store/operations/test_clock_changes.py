"""Tests that nothing waits for the old time to come again when the machine's clock is set, ahead or back."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from store.broadcasts import approval, testers
from store.broadcasts.approval import BroadcastDraft
from store.broadcasts.models import Chunk, Mailing
from store.broadcasts.transitions import digest_of
from store.clock import ClockWatch, is_within, now
from store.database import periodic
from store.database.engine import Database
from store.database.models import PeriodicSlot
from store.files.lifecycle import claim_wanted, put_off, want
from store.files.models import File
from store.messaging import inbox, outbox, requests
from store.messaging.inbox import Arrival
from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.outcomes import LAST_TRY_AFTER
from store.messaging.states import SentBy
from store.municipality.profile import Municipality
from store.operations import heartbeats
from store.operations.clock_changes import NOTHING, move_times
from store.quota import usage
from store.quota.models import QuotaReading
from store.residents.residents import keep_words, kept_words
from store.staff.sessions import IDLE, begin_session, find_signed_in
from store.staff.sign_ins import sign_in
from tests.builders import PASSWORD, QUICK_PASSWORDS, a_resident, an_officer

JUMPS = [sign * by for by in (timedelta(seconds=5), timedelta(seconds=90), timedelta(hours=1), timedelta(days=3))
         for sign in (1, -1)]  # fmt: skip
BACK = timedelta(days=-3)
DRAFT = BroadcastDraft(
    title="น้ำหยุดไหล",
    category="announcement",
    purpose="ให้ประชาชนสำรองน้ำ",
    content={"parts": [{"kind": "words", "text": "พรุ่งนี้น้ำหยุดไหลค่ะ"}]},
    audience={"who": "everyone"},
    topic="water",
)


def jump(database: Database, clock: time_machine.Traveller, by: timedelta) -> None:
    clock.shift(by)
    move_times(database, by, right_until=now())


@pytest.fixture
def stopped(clock: time_machine.Traveller) -> time_machine.Traveller:
    """Returns a clock that only moves when it is set, so that times can be compared."""
    clock.move_to(now(), tick=False)
    return clock


def fill(database: Database, municipality: Municipality) -> None:
    """Creates one row of each kind that waits."""
    with database.transaction() as session:
        resident = a_resident(session)
        inbox.accept(session, [Arrival("event", "somebody", now(), {})])
        session.flush()
        assert inbox.claim(session, most=1) is not None
        news = outbox.put_notice(session, resident, "case_message", {}, hold_seconds=1200)
        outbox.put_reply(session, lane="somebody", to="U1", token="t", messages=[], heard_at=now())
        session.flush()
        requests.freeze([news], by=SentBy.PUSH, body="{}", again_in=timedelta(seconds=20))
        want(
            session, resident, kind="photo", line_message_id="1", name="", album=None, for_conversation=False
        )
        file = claim_wanted(session)
        assert file is not None
        put_off(file)
        author, boss = (an_officer(session, municipality, role="supervisor", department=None) for _ in "ab")
        broadcast = approval.write_draft(session, DRAFT, author)
        approval.submit(session, broadcast, author)
        approval.approve(session, broadcast, boss, read_digest=digest_of(session, broadcast))


DUE = (InboxEvent.next_try_at, OutboxRow.next_try_at, File.next_try_at, Chunk.next_try_at, Mailing.due_at)
PAST = (InboxEvent.arrived_at, OutboxRow.reply_until, OutboxRow.first_tried_at)


def waits(database: Database) -> dict[str, list[timedelta]]:
    """Returns by column how long it is until each stored time, or (negative) since; what is overdue is due now."""
    found = {}
    with database.reading() as session:
        for column in (*DUE, *PAST):
            times = session.scalars(select(column).where(column.is_not(None)).order_by(column))
            found[str(column)] = [
                max(at - now(), timedelta(0)) if column in DUE else at - now()
                for at in times
                if at is not None
            ]
    assert all(found.values()), "there is one of each"
    return found


@pytest.mark.parametrize("by", JUMPS, ids=lambda by: f"{by.total_seconds():+.0f}s")
def test_what_waits_is_due_as_soon_as_if_nobody_had_set_the_clock(
    database: Database, municipality: Municipality, stopped: time_machine.Traveller, by: timedelta
) -> None:
    """Checks that only what was postponed for longer than the clock was set ahead is due earlier."""

    def due_in(column: str, wait: timedelta) -> timedelta:
        return wait - by if column in map(str, DUE) and NOTHING < by < wait else wait

    fill(database, municipality)
    before = waits(database)
    jump(database, stopped, by)
    assert waits(database) == {
        column: [due_in(column, wait) for wait in found] for column, found in before.items()
    }


def test_what_was_dated_after_the_jump_keeps_its_time(
    database: Database, stopped: time_machine.Traveller
) -> None:
    stopped.shift(timedelta(days=3))
    set_at = now()
    stopped.shift(timedelta(seconds=1))
    with database.transaction() as session:
        inbox.accept(session, [Arrival("event", "somebody", now(), {})])
        outbox.put_reply(session, lane="somebody", to="U1", token="t", messages=[], heard_at=now())
    move_times(database, timedelta(days=3), right_until=set_at)
    with database.reading() as session:
        assert session.scalars(select(OutboxRow.next_try_at)).one() == now()
        assert session.scalars(select(InboxEvent.arrived_at)).one() == now()
        assert session.scalars(select(OutboxRow.reply_until)).one() == now() + outbox.REPLY_WITHIN


def test_a_retry_key_is_not_used_for_longer_than_line_knows_it_though_the_clock_was_set_back(
    database: Database, stopped: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        news = outbox.put_notice(session, a_resident(session), "case_message", {})
        session.flush()
        requests.freeze([news], by=SentBy.PUSH, body="{}", again_in=timedelta(seconds=20))
    stopped.shift(timedelta(hours=22))
    jump(database, stopped, BACK)
    stopped.shift(timedelta(hours=2))
    with database.reading() as session:
        first = session.scalars(select(OutboxRow.first_tried_at)).one()
    assert first is not None
    assert now() - first > LAST_TRY_AFTER


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=3)])
def test_jobs_of_the_clock_go_on_after_a_set_back(
    database: Database, clock: time_machine.Traveller, back: timedelta
) -> None:
    hour = timedelta(hours=1)
    for _ in range(4):
        periodic.once(database, "tidy up", hour)
        clock.shift(hour)
    jump(database, clock, -back - hour)
    clock.shift(hour)
    assert periodic.once(database, "tidy up", hour)
    with database.reading() as session:
        assert session.scalars(select(PeriodicSlot.slot).where(PeriodicSlot.slot > now())).all() == []


@pytest.mark.parametrize("back", [timedelta(seconds=90), timedelta(hours=1), timedelta(days=3)])
def test_a_beat_from_the_future_is_no_sign_of_life(
    database: Database, clock: time_machine.Traveller, back: timedelta
) -> None:
    with database.transaction() as session:
        heartbeats.beat(session, "worker")
    clock.shift(-back)
    with database.transaction() as session:
        assert not heartbeats.is_alive(session, "worker")
        heartbeats.beat(session, "worker")
        assert heartbeats.is_alive(session, "worker")


def test_a_clock_that_is_set_is_noticed_once_and_one_that_runs_is_not(clock: time_machine.Traveller) -> None:
    watch = ClockWatch()
    assert watch.look() == timedelta(0)
    for by in JUMPS:
        clock.shift(by)
        assert abs(watch.look() - by) < ClockWatch.LEAST
        assert watch.look() == timedelta(0)


def test_a_clock_that_creeps_away_is_noticed_in_the_end(clock: time_machine.Traveller) -> None:
    watch, noticed = ClockWatch(), timedelta(0)
    for _ in range(30):
        clock.shift(timedelta(milliseconds=-100))
        noticed += watch.look()
    assert timedelta(seconds=-3) - ClockWatch.LEAST < noticed <= -ClockWatch.LEAST


def test_a_span_is_over_before_it_began(clock: time_machine.Traveller) -> None:
    began = now()
    assert is_within(began, timedelta(minutes=1))
    clock.shift(timedelta(seconds=-5))
    assert not is_within(began, timedelta(minutes=1))


def test_a_session_does_not_live_for_days_because_the_clock_was_set_back(
    database: Database, municipality: Municipality, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        cookie = begin_session(session, an_officer(session, municipality))
    clock.shift(timedelta(seconds=-90))
    assert find_signed_in(database, cookie) is not None
    clock.shift(-IDLE)
    assert find_signed_in(database, cookie) is None


def test_nobody_is_locked_out_for_days_because_the_clock_was_set_back(
    database: Database, municipality: Municipality, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        an_officer(session, municipality, username="somchai")
    for _ in range(6):
        with pytest.raises(ValueError):  # noqa: PT011 - wrong at first, then too many
            sign_in(database, QUICK_PASSWORDS, "somchai", "ไม่ใช่รหัสผ่านของเขา", address="192.0.2.1")
    clock.shift(BACK)
    assert sign_in(database, QUICK_PASSWORDS, "somchai", PASSWORD, address="192.0.2.1")


def test_a_code_and_words_kept_for_a_moment_do_not_last_for_days(
    database: Database, municipality: Municipality, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        resident = a_resident(session)
        code = testers.invite(session, an_officer(session, municipality)).code or ""
        keep_words(resident, "น้ำไม่ไหล", None)
        clock.shift(BACK)
        assert kept_words(resident) == ("", None)
        assert testers.link(session, resident, code) is None


def test_lines_word_that_the_month_is_used_up_is_not_believed_for_days(
    database: Database, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        usage.note_reading(session, most=300, used=300)
        assert usage.gone_until(session) is not None
        clock.shift(BACK)
        assert usage.gone_until(session) is None
        usage.note_reading(session, most=15_000, used=300)
        assert (
            usage.latest(session)
            is session.scalars(select(QuotaReading).order_by(QuotaReading.id.desc()).limit(1)).first()
        )
