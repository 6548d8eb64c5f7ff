"""Tests that a message that no key decrypts becomes a dead letter, and that all others are delivered."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from store.cases.models import CaseEvent
from store.cases.workflows import Action
from store.messaging.inbox import backlog
from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.outbox import put_reply
from store.messaging.states import Reason, Receipt
from store.operations.data_keys import open_database
from store.operations.dead_letters import DropReason, drop_row, retry_row, unfinished_messages
from store.operations.reencryption import reencrypt
from store.residents.models import Contact, Conversation, Resident
from tests.builders import a_resident, an_officer, line_of
from tests.conftest import KEY
from tests.shut import NO_SEALED_VALUES, NOBODYS_KEY, shut, spoil
from tests.stories.scenes import a_case_of, friend, officer, rows, tell, texts, times_told
from tests.town import Town

NEW_KEY = b"a newer key that has 32 bytes..."
HELD = timedelta(minutes=5)


def news_for(town: Town, *names: str) -> list[int]:
    """Puts one notice for each of them, which waits to be sent."""
    for name in names:
        tell(town, friend(town, name), f"ข่าวของ{name}")
    return [row.id for row in rows(town, "ready")]


def test_a_notice_that_no_key_opens_is_dead_and_everybody_else_is_told(town: Town) -> None:
    first, *_ = news_for(town, "สมศรี", "สมชาย", "สมหมาย")
    shut(town.database, "outbox.details", first)
    town.wait(minutes=5)
    told = [times_told(phone, "ข่าวของ") for phone in town.simulator.residents.values()]
    assert sorted(told) == [0, 1, 1]
    (dead,) = rows(town, "dead")
    assert (dead.id, dead.reason, dead.receipt) == (first, Reason.UNDECRYPTABLE, Receipt.NONE)


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("value", NO_SEALED_VALUES)
@pytest.mark.parametrize("column", ["details", "to", "messages"])
def test_what_is_no_sealed_value_holds_up_nobody(town: Town, column: str, value: Any) -> None:
    first, *_ = news_for(town, "สมศรี", "สมชาย", "สมหมาย")
    spoil(town.database, f"outbox.{column}", first, value)
    town.wait(minutes=5)
    told = [times_told(phone, "ข่าวของ") for phone in town.simulator.residents.values()]
    assert sorted(told) == [0, 1, 1]
    assert [row.id for row in rows(town, "dead")] == [first]


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("value", NO_SEALED_VALUES)
def test_an_event_that_is_no_sealed_value_is_dead_and_everybody_else_is_answered(
    town: Town, value: Any
) -> None:
    phones = [friend(town, name) for name in ("สมศรี", "สมชาย")]
    for phone in phones:
        phone.says("เบอร์ฉุกเฉิน")
    town.simulator.deliver_webhooks()
    with town.database.reading() as session:
        first = session.scalars(select(InboxEvent.id).where(InboxEvent.state == "new")).first()
    assert first is not None
    spoil(town.database, "inbox.body", first, value)
    town.settle()
    assert sorted(times_told(phone, "1669") for phone in phones) == [0, 1]
    with town.database.reading() as session:
        assert session.get_one(InboxEvent, first).state == "dead"


def test_an_answer_that_no_key_opens_holds_up_nobody_and_its_resident_is_told_the_next(town: Town) -> None:
    phone = friend(town)
    with town.database.transaction() as session:
        resident = a_resident(session, line_user_id=phone.id)
        row = put_reply(
            session, lane=line_of(resident).key, to=phone.id, token="t", messages=[{"type": "text", "text": "ค่ะ"}],
            heard_at=resident.created_at,
        )  # fmt: skip
        session.flush()
        answer = row.id
    shut(town.database, "outbox.messages", answer)
    tell(town, phone, "ข่าว")
    town.wait(minutes=5)
    assert times_told(phone, "ข่าว") == 1
    assert [row.id for row in rows(town, "dead")] == [answer]


def test_what_travelled_with_it_and_may_have_been_taken_is_decided_by_staff(town: Town) -> None:
    phone = friend(town)
    tell(town, phone, "หนึ่ง", "สอง")
    town.simulator.faults.turn(api_reset=True)
    town.clock.shift(timedelta(minutes=5))
    while town.sender.deliver_once():
        pass
    town.simulator.faults.clear()
    lead = next(row for row in rows(town, "ready") if row.lead_id is None)
    shut(town.database, "outbox.body", lead.id)
    town.wait(minutes=20)
    assert {row.reason for row in rows(town, "dead")} == {Reason.UNDECRYPTABLE}
    assert len(rows(town, "dead")) == 2
    with town.database.transaction() as session:
        assert all(
            row.may_be_taken
            for row in unfinished_messages(
                session, an_officer(session, town.app.municipality, role="supervisor"), HELD
            )
        )


def test_staff_see_it_may_not_retry_it_and_can_drop_it(town: Town) -> None:
    first, *_ = news_for(town, "สมศรี", "สมชาย")
    shut(town.database, "outbox.details", first)
    town.wait(minutes=5)
    with town.database.transaction() as session:
        person = an_officer(session, town.app.municipality, role="supervisor")
        (shown,) = unfinished_messages(session, person, HELD)
        assert (shown.id, shown.is_dead, shown.can_retry) == (first, True, False)
        assert not retry_row(session, person, first, HELD)
        assert drop_row(session, person, first, HELD, DropReason.DEFECTIVE)
    with town.database.reading() as session:
        assert session.scalars(select(OutboxRow.state).where(OutboxRow.id == first)).one() == "dropped"


def work(town: Town) -> None:
    while town.worker.work_once() or town.sender.deliver_once():
        pass


def states(town: Town) -> set[str]:
    with town.database.reading() as session:
        return {*session.scalars(select(InboxEvent.state)), *session.scalars(select(OutboxRow.state))}


def test_a_worker_with_an_older_data_key_gives_up_nothing_and_one_with_the_newer_goes_on(town: Town) -> None:
    """Encrypts one event with the new key. The other is from an older process, but its resident has the new key."""
    before, after, waits = friend(town, "สมศรี"), friend(town, "สมชาย"), friend(town, "สมหมาย")
    with town.database.transaction() as session:
        a_resident(session, line_user_id=after.id)
    heard = len(texts(before)), len(texts(after))
    tell(town, waits, "ข่าว")
    before.says("ไฟถนนดับ")
    town.simulator.deliver_webhooks()
    store = replace(town.settings.store, data_keys=(NEW_KEY, KEY))
    settings = replace(town.settings, store=store)
    with (
        closing(open_database(store)) as database,
        closing(Town(settings, database, town.simulator, town.clock)) as newer,
    ):
        reencrypt(database, newer.app.media)
        after.says("ไฟถนนดับ")
        town.simulator.deliver_webhooks()
        for _ in range(10):
            town.clock.shift(timedelta(minutes=2))
            work(town)
        assert (len(texts(before)), len(texts(after)), times_told(waits, "ข่าว")) == (*heard, 0)
        assert "dead" not in states(town)
        town.clock.shift(timedelta(minutes=2))
        work(newer)
    assert len(texts(before)) > heard[0]
    assert len(texts(after)) > heard[1]
    assert times_told(waits, "ข่าว") == 1
    assert not states(town) & {"new", "ready", "dead"}


def test_what_needs_a_key_for_its_resident_is_dead_after_a_day_too_and_makes_nobody_unready(
    town: Town,
) -> None:
    phone = friend(town)
    with town.database.reading() as session:
        row_id = session.scalars(select(Resident.id)).one()
    shut(town.database, "resident.person", row_id, NOBODYS_KEY)
    phone.says("ไฟถนนดับค่ะ")
    town.simulator.deliver_webhooks()
    for _ in range(23):
        work(town)
        town.clock.shift(timedelta(hours=1))
    assert "new" in states(town)
    with town.database.reading() as session:
        assert backlog(session)[0] == 0
    for _ in range(3):
        town.clock.shift(timedelta(hours=1))
        work(town)
    assert "new" not in states(town)
    assert "dead" in states(town)


def test_of_a_request_nothing_is_forgotten_that_another_key_opens(town: Town) -> None:
    phone = friend(town)
    phone.says("ไฟถนนดับค่ะ")
    town.settle()
    with town.database.reading() as session:
        before = session.scalars(select(Conversation)).one()
        row_id, answers = before.id, before.answers or {}
    shut(town.database, "conversation.said_in", row_id)
    phone.says("ไม่มี")
    town.settle()
    with town.database.reading() as session:
        row = session.get_one(Conversation, row_id)
        assert row.ended_as is None
        assert (row.answers or {}).items() >= answers.items()


@pytest.mark.parametrize("about", ["case.answers", "case.summary", "case_event.note"])
def test_a_case_of_which_something_never_opens_keeps_nobody_from_theirs(town: Town, about: str) -> None:
    phone = friend(town)
    case_id = a_case_of(town, phone)
    with town.database.reading() as session:
        event_id = session.scalars(select(CaseEvent.id).where(CaseEvent.case_id == case_id)).first() or 0
    shut(town.database, about, event_id if about.startswith("case_event") else case_id)
    phone.says("ติดตามเรื่อง")
    town.settle()
    phone.unsends(phone.says("ไฟถนนดับค่ะ"))
    town.settle()
    assert not states(town) & {"new", "dead"}
    assert "ระบบขัดข้อง" not in "".join(texts(phone))


def test_what_needs_a_key_that_never_comes_is_dead_after_a_day_and_holds_up_nobody(town: Town) -> None:
    first, *_ = news_for(town, "สมศรี", "สมชาย")
    shut(town.database, "outbox.details", first, NOBODYS_KEY)
    for _ in range(23):
        town.clock.shift(timedelta(hours=1))
        work(town)
    assert [row.id for row in rows(town, "ready")] == [first]
    assert sum(times_told(phone, "ข่าวของ") for phone in town.simulator.residents.values()) == 1
    for _ in range(2):
        town.clock.shift(timedelta(hours=1))
        work(town)
    assert [row.id for row in rows(town, "dead")] == [first]


@pytest.mark.parametrize(
    "about", ["resident.person", "resident.listening", "contact.address", "conversation.answers"]
)
def test_a_resident_of_whom_something_never_opens_is_still_served(town: Town, about: str) -> None:
    phone = friend(town)
    phone.says("ไฟถนนดับค่ะ")
    town.settle()
    with town.database.reading() as session:
        of_one = {"conversation": Conversation.id, "resident": Resident.id, "contact": Contact.id}
        row_id = session.scalars(select(of_one[about.split(".", maxsplit=1)[0]])).one()
    shut(town.database, about, row_id)
    before = len(texts(phone))
    phone.says("ไฟถนนดับค่ะ")
    town.settle()
    assert len(texts(phone)) > before
    assert "ระบบขัดข้อง" not in texts(phone)[-1]
    assert not states(town) & {"new", "ready", "dead"}
    officer(town, a_case_of(town, phone), Action.TELL, "ข่าวของคุณ")
    town.wait(minutes=5)
    assert times_told(phone, "ข่าวของคุณ") == 1
