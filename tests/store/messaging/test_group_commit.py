"""Tests that many requests share one commit, and that one that times out does not block the others."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from store.clock import now
from store.database.engine import Database
from store.messaging import inbox
from store.messaging.group_commit import GroupCommit, NotCommitted
from store.messaging.inbox import Arrival
from store.messaging.models import InboxEvent
from store.settings import StoreSettings
from tests.waiting import PATIENCE_SECONDS, wait_until


def an_arrival(event_id: str) -> Arrival:
    return Arrival(event_id, "somebody", now(), {"type": "message"})


def kept(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(InboxEvent.event_id)))


def waiting_in(intake: GroupCommit) -> set[str]:
    return {arrival.event_id for ticket in intake._waiting for arrival in ticket.arrivals}


@contextmanager
def the_first_one_stuck(database: Database, intake: GroupCommit) -> Iterator[ThreadPoolExecutor]:
    """Makes the first writer wait for another process that stores the same event and does not commit yet."""
    with ThreadPoolExecutor() as requests, database.transaction() as session:
        inbox.accept(session, [an_arrival("first")])
        requests.submit(intake.keep, [an_arrival("first")])
        wait_until(lambda: intake._somebody_writes, what="the first request to write")
        yield requests


def test_all_who_wait_at_one_moment_share_one_commit(database: Database) -> None:
    intake = GroupCommit(database, patience=PATIENCE_SECONDS)
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)
    with the_first_one_stuck(database, intake) as requests:
        waiting = [requests.submit(intake.keep, [an_arrival(f"event {i}")]) for i in range(3)]
        wait_until(
            lambda: {f"event {i}" for i in range(3)} <= waiting_in(intake), what="three requests to wait"
        )
    assert [each.result(PATIENCE_SECONDS) for each in waiting] == [None] * 3
    assert kept(database) == {"first", "event 0", "event 1", "event 2"}
    # The other process, the first request, and all the others together; on SQLite, where the first has not begun
    # while another process writes, they go with it.
    assert len(commits) == (2 if database.is_sqlite else 3)


def test_who_gives_up_waiting_is_not_kept_and_holds_up_nobody(database: Database) -> None:
    intake = GroupCommit(database, patience=0.05)
    with the_first_one_stuck(database, intake), pytest.raises(NotCommitted):
        intake.keep([an_arrival("impatient")])
    intake.keep([an_arrival("later")])
    assert kept(database) == {"first", "later"}


def test_a_writer_whom_the_database_does_not_let_begin_holds_up_nobody(store_settings: StoreSettings) -> None:
    hasty = Database(store_settings, patience=0.05)
    intake = GroupCommit(hasty, patience=PATIENCE_SECONDS)
    with hasty.transaction() as session:
        inbox.accept(session, [an_arrival("first")])
        with pytest.raises((TimeoutError, OperationalError)):
            intake.keep([an_arrival("first")])
    intake.keep([an_arrival("later")])
    assert "later" in kept(hasty)
    hasty.close()


def test_what_the_database_refuses_is_not_kept_and_the_next_is(database: Database) -> None:
    intake = GroupCommit(database, patience=PATIENCE_SECONDS)
    with pytest.raises(Exception, match=r"event_id|NOT NULL|not-null"):
        intake.keep([Arrival(None, "somebody", now(), {})])  # type: ignore[arg-type]
    intake.keep([an_arrival("later")])
    assert kept(database) == {"later"}
