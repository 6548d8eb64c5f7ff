"""Tests a full or unreachable database: only what is stored is acknowledged, and work resumes by itself."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from bot.worker.inbox_worker import Worker
from store.database.engine import Database
from store.messaging import inbox
from store.messaging.inbox import MAX_TRIES
from store.settings import StoreSettings
from tests.stories.scenes import HELLO, friend, times_told
from tests.stories.test_webhook import an_event, body_of, inbox_states, post
from tests.town import Town

GREETED = "ช่วยเรื่องอะไรดีคะ"


@contextmanager
def full(database: Database) -> Iterator[None]:
    """Forbids SQLite another page, as on a full disk; free space within the file is soon used up."""

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    pages = 1  # SQLite takes the present size for anything less.
    event.listen(database.engine, "checkout", limit)
    yield
    pages = 2**30
    with database.reading() as session:
        session.execute(text("SELECT 1"))
    event.remove(database.engine, "checkout", limit)


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
def test_while_the_disk_is_full_nothing_is_acknowledged(town: Town) -> None:
    body = body_of(an_event("large", message={"type": "text", "id": "1", "text": "ก" * 100_000}))
    with full(town.web.application.extensions["webhook"].database):
        assert post(town, body) == 503
    assert inbox_states(town) == {}
    assert post(town, body) == 200
    town.settle()
    assert inbox_states(town) == {"large": "done"}


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
def test_what_was_acknowledged_before_is_done_once_when_the_disk_has_room_again_however_long_that_takes(
    town: Town,
) -> None:
    phones = [friend(town, str(number)) for number in range(8)]
    for phone in phones:
        phone.says(f"ไฟถนนดับ {'มืด' * 1000}")
    town.simulator.deliver_webhooks()
    with full(town.database):
        for _ in range(20):
            town.clock.shift(timedelta(minutes=1))
            with suppress(OperationalError):
                town.worker.work_once()
    assert "new" in inbox_states(town).values()
    town.wait(minutes=1)
    assert set(inbox_states(town).values()) == {"done"}
    assert [times_told(phone, "สายไฟขาด") for phone in phones] == [1] * len(phones)


@pytest.mark.parametrize("store_settings", ["postgresql"], indirect=True)
def test_a_table_that_is_locked_for_long_costs_no_event_its_tries(
    town: Town, store_settings: StoreSettings
) -> None:
    phone, hasty = friend(town), Database(store_settings, patience=0.1)
    phone.says(HELLO)
    town.simulator.deliver_webhooks()
    with town.database.transaction() as session:
        session.execute(text("LOCK TABLE conversation IN ACCESS EXCLUSIVE MODE"))
        for _ in range(MAX_TRIES + 1):
            assert Worker(hasty, town.app).work_once()
            town.clock.shift(timedelta(minutes=1))
    hasty.close()
    town.settle()
    assert set(inbox_states(town).values()) == {"done"}
    assert times_told(phone, GREETED) == 1


def cut_all_connections(settings: StoreSettings) -> None:
    surgeon = Database(settings)
    with surgeon.reading() as session:
        mine = "pid <> pg_backend_pid() AND datname = current_database()"
        session.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}"))
    surgeon.close()


def work_until_the_failover(database: Database, settings: StoreSettings) -> None:
    with database.transaction(durable=False) as session:
        claim = inbox.claim(session, most=9)
    assert claim is not None
    with database.transaction() as session:
        inbox.done(session, inbox.take(session, claim.event_ids, claim.tries))
        cut_all_connections(settings)


@pytest.mark.parametrize("store_settings", ["postgresql"], indirect=True)
def test_after_a_failover_in_the_middle_everything_is_done_once(
    town: Town, store_settings: StoreSettings
) -> None:
    phone = friend(town)
    phone.says(HELLO)
    town.simulator.deliver_webhooks()
    with pytest.raises(OperationalError):
        work_until_the_failover(town.database, store_settings)
    cut_all_connections(store_settings)
    assert post(town, body_of(an_event("after"))) == 200
    town.wait(seconds=6)
    assert inbox_states(town)["after"] == "done"
    assert times_told(phone, GREETED) == 1
