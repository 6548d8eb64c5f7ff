"""Many requests share one commit, and one that gives up holds up nobody."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from store import inbox
from store.clock import now
from store.db import Database
from store.inbox import Arrival
from store.intake import Intake, NotKept
from store.models import InboxEvent
from tests.processes import wait_until


def an_arrival(event_id: str) -> Arrival:
    return Arrival(event_id, "somebody", now(), {"type": "message"})


def kept(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(InboxEvent.event_id)))


@contextmanager
def the_first_one_stuck(database: Database, intake: Intake) -> Iterator[ThreadPoolExecutor]:
    """Whoever writes first waits for another process that keeps the same event and does not commit yet."""
    with ThreadPoolExecutor() as requests, database.transaction() as session:
        inbox.accept(session, [an_arrival("first")])
        requests.submit(intake.keep, [an_arrival("first")])
        wait_until(lambda: intake._somebody_writes)
        yield requests


def test_all_who_wait_at_one_moment_share_one_commit(database: Database) -> None:
    intake = Intake(database, patience=10)
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)
    with the_first_one_stuck(database, intake) as requests:
        waiting = [requests.submit(intake.keep, [an_arrival(f"event {i}")]) for i in range(3)]
        wait_until(lambda: len(intake._waiting) == 3)
    assert [each.result() for each in waiting] == [None] * 3
    assert kept(database) == {"first", "event 0", "event 1", "event 2"}
    assert len(commits) == 3  # the other process, the first request, and all the others together


def test_who_gives_up_waiting_is_not_kept_and_holds_up_nobody(database: Database) -> None:
    intake = Intake(database, patience=0.05)
    with the_first_one_stuck(database, intake), pytest.raises(NotKept):
        intake.keep([an_arrival("impatient")])
    intake.keep([an_arrival("later")])
    assert kept(database) == {"first", "later"}


def test_what_the_database_refuses_is_not_kept_and_the_next_is(database: Database) -> None:
    intake = Intake(database, patience=10)
    with pytest.raises(Exception, match=r"event_id|NOT NULL|not-null"):
        intake.keep([Arrival(None, "somebody", now(), {})])  # type: ignore[arg-type]
    intake.keep([an_arrival("later")])
    assert kept(database) == {"later"}
