"""Tests that polling sees what any process wrote and what became due by the clock alone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from store.clock import now
from store.database.engine import Database
from store.database.polling import LOOK_ANYWAY_AFTER, NOTHING, DueWork, Poller
from store.messaging import inbox, outbox
from store.messaging.inbox import Arrival
from store.settings import StoreSettings


@pytest.fixture
def poller(database: Database) -> Iterator[Poller]:
    opened = Poller(database)
    yield opened
    opened.close()


def test_what_another_process_wrote_is_seen_at_the_next_look(
    poller: Poller, store_settings: StoreSettings
) -> None:
    assert poller.look() == NOTHING
    another = Database(store_settings)
    with another.transaction() as session:
        inbox.accept(session, [Arrival("event", "somebody", now(), {})])
    another.close()
    assert poller.look() == DueWork(events=True, messages=False, files=False)


def test_what_the_clock_alone_makes_due_is_seen_soon(
    poller: Poller, database: Database, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        row = outbox.put_reply(session, lane="somebody", to="U1", token="t", messages=[], heard_at=now())
        row.next_try_at = now() + timedelta(minutes=1)
    assert poller.look() == NOTHING
    clock.shift(timedelta(minutes=1) + LOOK_ANYWAY_AFTER)
    assert poller.look() == DueWork(events=False, messages=True, files=False)
