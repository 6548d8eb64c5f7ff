"""Tests the inbox: each event once, in order for each resident, and no event blocks another resident's."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from store.clock import now
from store.database.engine import Database
from store.messaging import inbox
from store.messaging.inbox import Arrival, Claim
from store.messaging.models import InboxEvent
from store.messaging.states import Reason
from tests.shut import NOBODYS_KEY, shut


def arrival(
    event_id: str, lane: str = "a", *, seconds: float = 0, body: dict[str, Any] | None = None
) -> Arrival:
    return Arrival(event_id, lane, now() + timedelta(seconds=seconds), body or {"said": event_id})


def accept(database: Database, *arrivals: Arrival) -> int:
    """Stores the events; returns how many of them are new."""
    before = count_rows(database)
    with database.transaction() as session:
        inbox.accept(session, arrivals)
    return count_rows(database) - before


def count_rows(database: Database) -> int:
    with database.reading() as session:
        return len(session.scalars(select(InboxEvent.id)).all())


def claim(database: Database, *, most: int = 1) -> Claim | None:
    with database.transaction(durable=False) as session:
        return inbox.claim(session, most=most)


def work(database: Database, *, fail: bool = False) -> str | None:
    """Claims one event and completes it or fails; returns its id, or None when there is nothing to do."""
    claimed = claim(database)
    if claimed is None:
        return None
    with database.transaction() as session:
        events = inbox.take(session, claimed.event_ids, claimed.tries)
        for event in events:
            if fail:
                inbox.failed(event, "ValueError")
            else:
                inbox.done(session, [event])
    return events[0].event_id if events else work(database, fail=fail)


def work_all(database: Database) -> list[str]:
    done: list[str] = []
    while (event_id := work(database)) is not None:
        done.append(event_id)
    return done


def row(database: Database, event_id: str) -> InboxEvent:
    with database.reading() as session:
        return session.scalars(select(InboxEvent).where(InboxEvent.event_id == event_id)).one()


def test_an_event_seen_before_is_not_kept_again(database: Database) -> None:
    assert accept(database, arrival("1"), arrival("2"), arrival("1")) == 2
    assert accept(database, arrival("2", body={"said": "something else"}), arrival("3")) == 1
    assert row(database, "2").body == {"said": "2"}
    assert work_all(database) == ["1", "2", "3"]


def test_nothing_arrives_in_an_empty_batch(database: Database) -> None:
    assert accept(database) == 0
    assert work(database) is None


def test_an_event_that_is_done_keeps_its_id_against_replays_and_nothing_else(database: Database) -> None:
    accept(database, arrival("1"))
    work(database)
    assert (row(database, "1").state, row(database, "1").body) == ("done", None)
    assert accept(database, arrival("1")) == 0
    assert work(database) is None


def test_events_of_a_resident_are_handed_out_in_the_order_they_happened(database: Database) -> None:
    accept(database, arrival("third", seconds=3), arrival("first", seconds=1))
    accept(database, arrival("second", seconds=2))
    assert work_all(database) == ["first", "second", "third"]


def test_events_of_the_same_moment_keep_the_order_of_their_batch(database: Database) -> None:
    at = now()
    accept(database, *(Arrival(str(number), "a", at, {}) for number in range(5)))
    assert work_all(database) == ["0", "1", "2", "3", "4"]


def test_what_a_resident_said_is_sealed(database: Database) -> None:
    accept(database, arrival("1", body={"text": "ความลับของฉัน"}))
    with database.reading() as session:
        raw = session.connection().exec_driver_sql("SELECT body FROM inbox").scalar_one()
    assert "ความลับ".encode() not in bytes(raw)
    assert row(database, "1").body == {"text": "ความลับของฉัน"}


def test_a_failed_event_holds_back_its_own_resident_only(
    database: Database, clock: time_machine.Traveller
) -> None:
    accept(
        database,
        arrival("poison", "a"),
        arrival("after it", "a", seconds=1),
        arrival("other", "b", seconds=2),
    )
    assert work(database, fail=True) == "poison"
    assert work_all(database) == ["other"]
    clock.shift(inbox.pause_after(1))
    assert work_all(database) == ["poison", "after it"]


def test_after_five_tries_an_event_is_dead_and_its_resident_goes_on(
    database: Database, clock: time_machine.Traveller
) -> None:
    accept(database, arrival("poison"), arrival("after it", seconds=1))
    for tries in (1, 2, 3, 4):
        assert work(database, fail=True) == "poison"
        assert work(database) is None
        clock.shift(inbox.pause_after(tries))
    assert work(database, fail=True) == "poison"
    dead = row(database, "poison")
    assert (dead.state, dead.tries, dead.error, dead.body) == ("dead", 5, "ValueError", {"said": "poison"})
    assert work_all(database) == ["after it"]


def test_an_event_whose_worker_dies_has_had_its_try(
    database: Database, clock: time_machine.Traveller
) -> None:
    accept(database, arrival("1"))
    with pytest.raises(ZeroDivisionError):
        die_at_work(database)
    assert (row(database, "1").tries, row(database, "1").state) == (1, "new")
    assert work(database) is None
    clock.shift(inbox.pause_after(1))
    assert work_all(database) == ["1"]


def die_at_work(database: Database) -> None:
    claimed = claim(database, most=9)
    assert claimed is not None
    with database.transaction() as session:
        inbox.done(session, inbox.take(session, claimed.event_ids, claimed.tries))
        raise ZeroDivisionError


def test_an_event_that_ends_each_worker_takes_others_with_it_once_and_is_dead_after_five_tries(
    database: Database, clock: time_machine.Traveller
) -> None:
    accept(database, arrival("poison", "a"), arrival("other", "b", seconds=1))
    with pytest.raises(ZeroDivisionError):
        die_at_work(database)
    clock.shift(inbox.pause_after(1))
    for tries in (2, 3, 4, 5):
        with pytest.raises(ZeroDivisionError):
            die_at_work(database)
        work_all(database)
        assert row(database, "other").state == "done"
        clock.shift(inbox.pause_after(tries))
    assert (row(database, "poison").state, row(database, "poison").tries) == ("new", 5)
    claimed = claim(database)
    assert claimed is not None
    assert (claimed.event_ids, claimed.given_up) == ((), row(database, "poison").id)
    assert (row(database, "poison").state, row(database, "poison").body) == ("dead", {"said": "poison"})
    assert claim(database) is None


def test_what_was_claimed_again_meanwhile_belongs_to_the_later_worker(
    database: Database, clock: time_machine.Traveller
) -> None:
    accept(database, arrival("1"))
    slow = claim(database)
    clock.shift(inbox.pause_after(1))
    fast = claim(database)
    assert slow is not None
    assert fast is not None
    with database.transaction() as session:
        assert inbox.take(session, slow.event_ids, slow.tries) == []
        assert [event.event_id for event in inbox.take(session, fast.event_ids, fast.tries)] == ["1"]


def test_what_is_given_back_costs_no_try(database: Database, clock: time_machine.Traveller) -> None:
    accept(database, arrival("1"), arrival("2", "b"))
    claimed = claim(database, most=2)
    assert claimed is not None
    with database.transaction() as session:
        inbox.give_back(session, claimed.event_ids[:1], at_once=True)
        inbox.give_back(session, claimed.event_ids[1:])
    assert [row(database, event_id).tries for event_id in "12"] == [0, 0]
    assert work_all(database) == ["1"]
    clock.shift(inbox.PUT_OFF_FOR)
    assert work_all(database) == ["2"]


def test_the_backlog_tells_how_many_wait_and_how_long(
    database: Database, clock: time_machine.Traveller
) -> None:
    accept(database, arrival("1"), arrival("2", "b"))
    clock.shift(timedelta(seconds=90))
    with database.reading() as session:
        count, age = inbox.backlog(session)
    assert (count, round(age)) == (2, 90)
    work_all(database)
    with database.reading() as session:
        assert inbox.backlog(session) == (0, 0.0)


def waiting_ids(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {event.event_id: event.id for event in session.scalars(select(InboxEvent))}


def test_an_event_that_was_moved_is_put_aside_and_holds_up_nobody(database: Database) -> None:
    accept(database, arrival("1"), arrival("2", "b"))
    shut(database, "inbox.body", waiting_ids(database)["1"])
    assert work_all(database) == ["2"]
    assert (row(database, "1").state, row(database, "1").reason) == ("dead", Reason.UNDECRYPTABLE)


def test_an_event_that_needs_an_unknown_key_waits_a_day_and_costs_no_try(
    database: Database, clock: time_machine.Traveller
) -> None:
    accept(database, arrival("1"), arrival("2", "b"))
    shut(database, "inbox.body", waiting_ids(database)["1"], NOBODYS_KEY)
    assert work_all(database) == ["2"]
    for _ in range(10):
        clock.shift(timedelta(minutes=2))
        assert work_all(database) == []
    assert (row(database, "1").state, row(database, "1").tries) == ("new", 0)
    clock.shift(timedelta(days=1))
    assert work_all(database) == []
    assert row(database, "1").state == "dead"
