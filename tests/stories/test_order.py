"""Tests the order of work: one resident's events one after the other, different residents in parallel."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

import bot.worker.inbox_worker
from bot.worker.inbox_worker import Worker
from line_simulator.residents import Resident as Phone
from store.clock import now
from store.database.engine import Database
from store.messaging import inbox
from store.messaging.models import InboxEvent
from store.residents.models import Conversation
from tests.stories.scenes import friend, rows, tell, the_resident, times_told
from tests.town import Town
from tests.waiting import PATIENCE_SECONDS

LIGHT = "ไฟถนนหน้าบ้านดับค่ะ มืดมาก"
PLACE = "หน้าวัดโพธิ์ชัย เสาที่ 15"
ON_POSTGRESQL = pytest.mark.parametrize("store_settings", ["postgresql"], indirect=True)


@contextmanager
def claimed(database: Database) -> Iterator[InboxEvent | None]:
    """Holds an event as another worker would, until the block ends and it is done."""
    with database.transaction(durable=False) as session:
        claim = inbox.claim(session, most=1)
    with database.transaction() as session:
        events = inbox.take(session, claim.event_ids, claim.tries) if claim else []
        yield events[0] if events else None
        inbox.done(session, events)


def claim_one(database: Database) -> str | None:
    with claimed(database) as event:
        return event.event_id if event else None


def keep_event(database: Database, event_id: str, lane: str, at: datetime) -> None:
    with database.transaction() as session:
        inbox.accept(session, [inbox.Arrival(event_id, lane, at, {})])


def say_at(town: Town, phone: Phone, words: str, at: datetime) -> None:
    """Delivers now what this resident said at that time."""
    event: dict[str, Any] = {
        "type": "message",
        "message": {"type": "text", "id": "1", "text": words},
        "webhookEventId": f"{phone.id} {words}"[-60:],
        "deliveryContext": {"isRedelivery": True},
        "timestamp": int(at.timestamp() * 1000),
        "source": {"type": "user", "userId": phone.id},
        "replyToken": f"{phone.id} {at}",
        "mode": "active",
    }
    assert town.simulator.send_raw(json.dumps({"events": [event]}).encode()) == 200
    while town.worker.work_once():
        pass


def tell_late(town: Town, phone: Phone, kind: str, at: datetime) -> None:
    """Delivers once more that they followed or left at that time."""
    event = {
        "type": kind,
        "webhookEventId": f"{kind} {at.timestamp()}",
        "deliveryContext": {"isRedelivery": True},
        "timestamp": int(at.timestamp() * 1000),
        "source": {"type": "user", "userId": phone.id},
        "mode": "active",
    }
    assert town.simulator.send_raw(json.dumps({"events": [event]}).encode()) == 200
    town.settle()


def answers_of(town: Town, phone: Phone) -> dict[str, Any]:
    with town.database.reading() as session:
        resident = the_resident(session, phone)
        row = session.scalars(select(Conversation).where(Conversation.resident_id == resident.id)).first()
        return (row.answers or {}) if row else {}


def test_what_one_resident_says_quickly_is_heard_in_order(town: Town) -> None:
    phone = friend(town)
    for words in (LIGHT, "ไม่มี", PLACE, "ข้าม", "นางสมศรี ใจดี", "0812345678"):
        phone.says(words)
    assert town.simulator.deliver_webhooks(together=True) == [200]
    town.settle()
    answers = answers_of(town, phone)
    assert answers["danger"] == "no"
    assert PLACE in str(answers["place"])
    assert "0812345678" in str(answers["phone"])
    assert {row.state for row in rows(town)} == {"sent"}


def test_an_older_message_that_arrives_late_never_answers_a_newer_question(town: Town) -> None:
    phone = friend(town)
    began = now()
    say_at(town, phone, LIGHT, began + timedelta(seconds=1))
    say_at(town, phone, "ไม่มี", began + timedelta(seconds=9))
    before = answers_of(town, phone)
    say_at(town, phone, "หน้าตลาดสด ประตูสอง", began + timedelta(seconds=5))
    assert answers_of(town, phone) == before
    assert "ช้ากว่าปกติ" in str(rows(town)[-1].messages)


def test_in_whatever_order_messages_arrive_no_answer_lands_at_another_question(town: Town) -> None:
    began = now()
    flow = [(LIGHT, began), ("ไม่มี", began + timedelta(seconds=4)), (PLACE, began + timedelta(seconds=8))]
    for number, arrived in enumerate(permutations(flow)):
        phone = town.simulator.add_resident(f"คนที่ {number}")
        for words, at in arrived:
            say_at(town, phone, words, at)
        answers = answers_of(town, phone)
        assert answers.get("danger") in (None, "no"), arrived
        assert LIGHT in str(answers.get("detail", LIGHT)), arrived
        assert PLACE in str(answers.get("place", PLACE)), arrived


def test_news_of_leaving_that_comes_after_the_return_changes_nothing(town: Town) -> None:
    phone, began = friend(town), now()
    tell_late(town, phone, "follow", began + timedelta(seconds=9))
    tell(town, phone, "ก่อนข่าวเก่า")
    tell_late(town, phone, "unfollow", began + timedelta(seconds=5))
    tell(town, phone, "หลังข่าวเก่า")
    town.settle()
    assert [times_told(phone, words) for words in ("ก่อนข่าวเก่า", "หลังข่าวเก่า")] == [1, 1]
    assert rows(town, "unreachable") == []
    tell_late(town, phone, "unfollow", began + timedelta(seconds=12))
    tell(town, phone, "หลังบล็อก")
    assert rows(town)[-1].state == "unreachable"


def test_news_of_a_return_that_comes_after_the_last_leaving_changes_nothing(town: Town) -> None:
    phone, began = friend(town), now()
    tell_late(town, phone, "unfollow", began + timedelta(seconds=9))
    tell_late(town, phone, "follow", began + timedelta(seconds=5))
    tell(town, phone, "หลังบล็อก")
    assert rows(town)[-1].state == "unreachable"
    tell_late(town, phone, "follow", began + timedelta(seconds=12))
    tell(town, phone, "กลับมาแล้ว")
    town.settle()
    assert times_told(phone, "กลับมาแล้ว") == 1


@ON_POSTGRESQL
def test_no_worker_overtakes_another_for_one_resident_and_none_waits_for_another_resident(
    database: Database,
) -> None:
    began = now()
    for number, lane in enumerate(("a", "a", "b")):
        keep_event(database, f"{lane}{number}", lane, began + timedelta(seconds=number))
    with claimed(database) as first, claimed(database) as second, claimed(database) as third:
        assert [event and event.event_id for event in (first, second, third)] == ["a0", "b2", None]
    assert claim_one(database) == "a1"


@ON_POSTGRESQL
def test_an_elder_event_that_arrives_meanwhile_waits_for_the_one_under_way(database: Database) -> None:
    began = now()
    keep_event(database, "younger", "a", began)
    with ThreadPoolExecutor(1) as threads:
        with claimed(database):
            keep_event(database, "elder", "a", began - timedelta(seconds=5))
            other_worker = threads.submit(claim_one, database)
            with pytest.raises(TimeoutError):
                other_worker.result(timeout=0.3)
        assert other_worker.result(timeout=PATIENCE_SECONDS) == "elder"


def test_what_is_not_reached_in_time_is_done_in_the_next_turn(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for longest in ("LONGEST_SECONDS", "LONGEST_ON_SQLITE"):
        monkeypatch.setattr(bot.worker.inbox_worker, longest, 0.0)
    worker, phones = Worker(town.database, town.app), [friend(town, str(number)) for number in range(5)]
    for phone in phones:
        phone.says(LIGHT)
    town.simulator.deliver_webhooks()
    turns = 0
    while worker.work_once():
        turns += 1
    assert turns == len(phones)
    town.settle()
    assert [times_told(phone, "สายไฟขาด") for phone in phones] == [1] * len(phones)


def test_four_workers_at_once_give_every_resident_the_conversation_that_one_would(town: Town) -> None:
    phones = [town.simulator.add_resident(f"คนที่ {number}") for number in range(8)]
    for words in (LIGHT, "ไม่มี", PLACE, "ข้าม", "นางสมศรี ใจดี"):
        for phone in phones:
            phone.says(words)
    assert town.simulator.deliver_webhooks(together=True) == [200]

    def work(_: int) -> int:
        worker, done = Worker(town.database, town.app), 0
        while worker.work_once():
            done += 1
        return done

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(work, range(4))) <= 40
    town.settle()
    with town.database.reading() as session:
        assert set(session.scalars(select(InboxEvent.state))) == {"done"}
    assert [str(answers_of(town, phone)["place"]).count(PLACE) for phone in phones] == [1] * 8
    assert len({str(answers_of(town, phone)) for phone in phones}) == 1
    assert [len(phone.messages) for phone in phones] == [len(phones[0].messages)] * 8
