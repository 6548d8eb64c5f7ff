"""Tests a used-up month: notices wait or go along for free, answers go on, and staff are informed."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.line.account_api import LineAccount
from bot.line.delivery import Sender
from bot.line.messaging_api import LineClient
from bot.line.quota_poller import QuotaPoller
from line_simulator.residents import Resident as Phone
from store.cases.workflows import Action
from store.clock import BANGKOK
from store.municipality.profile import Plan
from store.quota import usage
from store.quota.models import QuotaReading
from tests.processes import start
from tests.stories.press import URGENT, approve, crowd, progress
from tests.stories.scenes import HELLO, a_case_of, calls, friend, officer, tell, texts, times_told
from tests.stories.test_delivery import GREETED, put_answer
from tests.town import TOKEN, Town
from tests.waiting import PATIENCE_SECONDS, wait_until

ASKED = "/v2/bot/message/quota"
PLAN = Plan(messages=100, reserve=0)


@pytest.fixture
def meter(town: Town) -> Iterator[QuotaPoller]:
    """Yields what the worker reads LINE's count with; the town's sender asks it for a reading when LINE refuses."""
    address = town.settings.line_api_url
    account = LineAccount(address, TOKEN, read_seconds=0.5)
    meter = QuotaPoller(town.database, account)
    line = LineClient(address, address, TOKEN)
    town.sender = Sender(town.database, town.app, town.settings, line, quota_is_gone=meter.want)
    yield meter
    account.close()


def readings(town: Town) -> int:
    with town.database.reading() as session:
        return session.execute(select(func.count()).select_from(QuotaReading)).scalar_one()


def used_up(town: Town, meter: QuotaPoller, count: int = 3) -> list[Phone]:
    """Uses up the month's messages; LINE has said so, and each of these residents has a notice waiting."""
    phones = [friend(town, str(number)) for number in range(count)]
    town.simulator.quota.set(limit=100, used=100)
    meter.read()
    for phone in phones:
        tell(town, phone, "ข่าว")
    town.settle()
    return phones


def the_hours_pass(town: Town, meter: QuotaPoller, hours: int) -> None:
    for _ in range(hours):
        meter.read()
        town.wait(hours=1)


def news_of(phones: list[Phone]) -> list[int]:
    return [times_told(phone, "ข่าว") for phone in phones]


def test_once_line_says_that_all_are_used_no_push_is_tried_and_answers_go_on(
    town: Town, meter: QuotaPoller
) -> None:
    phones = used_up(town, meter)
    the_hours_pass(town, meter, 30)
    assert calls(town, "push") == []
    phones[0].says(HELLO)
    town.settle()
    assert times_told(phones[0], GREETED) == 1


def test_what_waits_rides_on_the_next_free_answer_and_is_told_once(town: Town, meter: QuotaPoller) -> None:
    phones = used_up(town, meter)
    phones[1].says(HELLO)
    town.settle()
    assert news_of(phones) == [0, 1, 0]
    the_hours_pass(town, meter, 3)
    town.simulator.quota.set(limit=200, used=100)
    the_hours_pass(town, meter, 2)
    assert news_of(phones) == [1, 1, 1]
    assert town.simulator.quota.used == 102


def test_a_larger_plan_lets_flow_what_waits_as_soon_as_it_is_read(town: Town, meter: QuotaPoller) -> None:
    phones = used_up(town, meter)
    town.simulator.quota.set(limit=35_000, used=100)
    town.wait(minutes=5)
    assert news_of(phones) == [0, 0, 0]
    meter.read()
    town.settle()
    assert news_of(phones) == [1, 1, 1]


def test_when_the_month_turns_what_waits_flows_without_a_new_reading(town: Town, meter: QuotaPoller) -> None:
    phones = used_up(town, meter)
    town.clock.move_to(datetime(2026, 11, 30, 23, 30, tzinfo=BANGKOK))
    town.simulator.quota.set(limit=100, used=100)
    meter.read()
    town.settle()
    assert calls(town, "push") == []
    town.simulator.quota.set(limit=100, used=0)
    town.wait(minutes=29)
    assert news_of(phones) == [0, 0, 0]
    town.wait(minutes=2)
    assert news_of(phones) == [1, 1, 1]


def test_a_receipt_that_waits_stops_no_later_answer_and_rides_along(town: Town, meter: QuotaPoller) -> None:
    phone = used_up(town, meter, 1)[0]
    put_answer(town, phone.id, "เรื่องที่ 0009/2570", must_arrive=True, late=True)
    town.settle()
    assert texts(phone) == []
    phone.says(HELLO)
    town.settle()
    seen = texts(phone)
    assert [times_told(phone, words) for words in ("ข่าว", "เรื่องที่ 0009/2570", GREETED)] == [1, 1, 1]
    assert GREETED in seen[-1]
    assert calls(town, "push") == []


def test_no_readings_for_long_and_one_push_an_hour_asks(town: Town, meter: QuotaPoller) -> None:
    phones = used_up(town, meter)
    for _ in range(8):
        town.wait(minutes=45)
    assert 2 <= len(calls(town, "push")) <= 5
    town.simulator.quota.set(limit=200, used=100)
    town.wait(minutes=61)
    assert news_of(phones) == [1, 1, 1]


def test_a_push_that_may_have_arrived_asks_even_then_and_is_told_once(town: Town, meter: QuotaPoller) -> None:
    phone = friend(town)
    town.simulator.faults.turn(api_reset=True, count=1)
    tell(town, phone, "ข่าวเดียว")
    town.settle()
    town.simulator.quota.set(limit=100, used=100)
    meter.read()
    town.wait(minutes=5)
    assert [call["status"] for call in calls(town, "push")][-1] == 409
    assert times_told(phone, "ข่าวเดียว") == 1


def test_line_is_asked_at_once_when_it_refuses_but_not_twice_in_ten_minutes(
    town: Town, meter: QuotaPoller
) -> None:
    phones = [friend(town, str(number)) for number in range(2)]
    meter.read_if_wanted()
    assert readings(town) == 0
    town.simulator.quota.set(limit=100, used=100)
    tell(town, phones[0], "ข่าว")
    town.settle()
    meter.read_if_wanted()
    assert readings(town) == 1
    meter.want()
    for minutes, count in ((4, 1), (5, 1), (2, 2), (11, 2)):
        town.clock.shift(timedelta(minutes=minutes))
        meter.read_if_wanted()
        assert readings(town) == count


@pytest.mark.parametrize("fault", [{"api_status": "500"}, {"api_status": "401"}, {"api_hang_seconds": 1}])
def test_when_line_does_not_tell_the_old_reading_stands_and_the_log_says_so(
    town: Town, meter: QuotaPoller, caplog: pytest.LogCaptureFixture, fault: dict[str, object]
) -> None:
    town.simulator.quota.set(limit=100, used=42)

    def has_read() -> bool:
        meter.read()
        return readings(town) == 1

    # On a busy machine the first answer may come too late as well.
    wait_until(has_read, what="a reading")
    caplog.clear()
    town.simulator.faults.turn(**fault)
    meter.read()
    warnings = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert warnings == ["LINE did not tell the month's messages"]
    with town.database.reading() as session:
        assert usage.quota_status(session, PLAN).used == 42
    assert readings(town) == 1


def test_what_we_send_is_ours_and_what_others_send_shows(town: Town, meter: QuotaPoller) -> None:
    phone = friend(town)
    tell(town, phone, "ข่าว")
    town.settle()
    meter.read()
    with town.database.reading() as session:
        month = usage.quota_status(session, PLAN)
    assert (month.used, month.ours.push, month.others) == (1, 1, 0)
    town.simulator.quota.bill(7)
    tell(town, phone, "อีกข่าว")
    town.settle()
    meter.read()
    with town.database.reading() as session:
        month = usage.quota_status(session, PLAN)
    assert (month.used, month.ours.push, month.others) == (9, 2, 7)


def test_a_whole_life_of_news_without_quota_costs_nothing_and_is_told_in_order(
    town: Town, meter: QuotaPoller
) -> None:
    phone = used_up(town, meter, 1)[0]
    case_id = a_case_of(town, phone)
    for action, note in ((Action.START, ""), (Action.TELL, "พรุ่งนี้เข้าไป"), (Action.FINISH, "เปลี่ยนหลอดแล้ว")):
        officer(town, case_id, action, note)
        the_hours_pass(town, meter, 5)
    phone.says(HELLO)
    town.settle()
    seen = " ".join(texts(phone))
    assert seen.index("พรุ่งนี้เข้าไป") < seen.index("เปลี่ยนหลอดแล้ว") < seen.index(GREETED)
    assert town.simulator.quota.used == 100


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
def test_the_worker_reads_soon_after_its_start(town: Town, tmp_path: Path) -> None:
    town.simulator.quota.set(limit=100, used=42)
    with start("worker", ["-m", "bot", "worker"], town, tmp_path) as worker:
        wait_until(lambda: readings(town) == 1, what="the worker to read the quota")
        worker.terminate()
        assert worker.wait(timeout=PATIENCE_SECONDS) == 0
    assert [entry["path"] for entry in town.simulator.log.after(0) if entry["path"].startswith(ASKED)] == [
        ASKED,
        f"{ASKED}/consumption",
    ]


def test_friends_whom_only_line_knows_are_ours_too_and_what_others_send_still_shows(
    town: Town, meter: QuotaPoller
) -> None:
    """Lets a broadcast reach friends who never wrote to us; LINE tells how many on the day after."""
    known = crowd(town, 2)
    town.simulator.add_resident("คนที่ไม่เคยทัก").friend = True
    broadcast = approve(town, audience={"who": "friends"}, **URGENT)
    town.settle()
    meter.read()
    assert (progress(town, broadcast).told, sent_by_others(town)) == (len(known), 0)
    town.wait(hours=24)
    meter.read()
    assert (progress(town, broadcast).told, sent_by_others(town)) == (3, 0)
    town.simulator.quota.bill(7)
    meter.read()
    assert sent_by_others(town) == 7


def sent_by_others(town: Town) -> int:
    with town.database.reading() as session:
        return usage.quota_status(session, PLAN).others
