"""Tests that what was given up is sent after all once a supervisor says so, and no more often than promised."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.states import Reason, Receipt
from store.operations import dead_letters
from store.operations.dead_letters import DropReason
from store.residents.models import Resident
from store.staff.models import Staff
from tests.builders import an_officer
from tests.stories.scenes import HELLO, calls, friend, rows, tell, texts, times_told
from tests.town import Town

HELD = timedelta(hours=1)


@pytest.fixture
def supervisor(town: Town) -> Staff:
    with town.database.transaction() as session:
        return an_officer(session, town.app.municipality, role="supervisor", department=None)


def the_dead(town: Town) -> OutboxRow:
    return next(row for row in rows(town) if row.state == "dead")


def retry(town: Town, by: Staff, row: OutboxRow, *, even_twice: bool = False) -> bool:
    with town.database.transaction() as session:
        done = dead_letters.retry_row(session, by, row.id, HELD, even_twice=even_twice)
    town.settle()
    return done


def test_a_notice_that_line_refused_arrives_once(town: Town, supervisor: Staff) -> None:
    phone = friend(town)
    tell(town, phone, "ช่างไปถึงแล้ว")
    town.simulator.faults.turn(api_status="400", count=1)
    town.settle()
    dead = the_dead(town)
    assert (dead.reason, dead.receipt) == (Reason.REFUSED, Receipt.NONE)
    assert retry(town, supervisor, dead)
    assert not retry(town, supervisor, dead)
    town.wait(hours=30)
    assert times_told(phone, "ช่างไปถึงแล้ว") == 1


def test_an_answer_that_line_refused_is_pushed_with_the_same_words(town: Town, supervisor: Staff) -> None:
    phone = friend(town)
    town.simulator.faults.turn(api_status="400", count=1)
    phone.says(HELLO)
    town.settle()
    phone.says(HELLO)
    town.settle()
    assert len(texts(phone)) == 2  # An apology in its stead, and the next answer.
    assert retry(town, supervisor, the_dead(town))
    assert texts(phone)[2] == texts(phone)[1]
    assert [call["status"] for call in calls(town, "push")] == [200]


def test_what_may_have_arrived_is_told_again_only_on_purpose(town: Town, supervisor: Staff) -> None:
    phone = friend(town)
    tell(town, phone, "ช่างไปถึงแล้ว")
    town.simulator.faults.turn(api_status_after_accept=True, count=1)
    town.settle()
    town.simulator.faults.turn(api_status="500")
    for _ in range(25):
        town.wait(hours=1)
    town.simulator.faults.clear()
    assert times_told(phone, "ช่างไปถึงแล้ว") == 1
    assert not retry(town, supervisor, the_dead(town))
    assert retry(town, supervisor, the_dead(town), even_twice=True)
    assert times_told(phone, "ช่างไปถึงแล้ว") == 2
    # Each time with its own retry key, so LINE does not recognise the second message as the first.
    assert len({call["retry_key"] for call in calls(town, "push")}) == 2


def test_what_is_dropped_is_never_told(town: Town, supervisor: Staff) -> None:
    phone = friend(town)
    tell(town, phone, "ช่างไปถึงแล้ว")
    town.simulator.faults.turn(api_status="400", count=1)
    town.settle()
    with town.database.transaction() as session:
        assert dead_letters.drop_row(session, supervisor, the_dead(town).id, HELD, DropReason.TOLD_OTHERWISE)
    town.wait(hours=30)
    assert times_told(phone, "ช่างไปถึงแล้ว") == 0
    assert {row.messages for row in rows(town, "dropped")} == {None}


def test_an_event_that_failed_is_answered_once_it_can_be(town: Town, supervisor: Staff) -> None:
    phone = friend(town)
    with town.database.transaction() as session:
        session.scalars(select(Resident)).one().listening = {"for": "answer", "case": 1, "until": "broken"}
    phone.sends_place(16.4, 102.8)
    for _ in range(6):
        town.wait(minutes=1)
    with town.database.transaction() as session:
        session.scalars(select(Resident)).one().listening = None
        dead = session.scalars(select(InboxEvent).where(InboxEvent.state == "dead")).one()
        assert [each.error for each in dead_letters.unfinished_events(session)] == ["ValueError"]
        told = len(texts(phone))
        assert dead_letters.retry_event(session, supervisor, dead.id)
    town.settle()
    assert len(texts(phone)) == told + 1
