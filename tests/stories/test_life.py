"""Tests how the worker stops between two steps, restarts after any end, and survives any trouble."""

import base64
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from bot.worker.pools import repeat
from bot.worker.process import run_worker
from store.clock import now
from store.database.engine import Database
from store.messaging import inbox, outbox
from store.messaging.models import InboxEvent
from store.operations.models import Heartbeat
from store.operations.readiness import Readiness
from tests.children import Child, run
from tests.conftest import KEY
from tests.stories.scenes import HELLO, calls, friend, impatient, rows, tell, times_told
from tests.town import SECRET, SECRET_KEY, TOKEN, Town
from tests.waiting import PATIENCE_SECONDS, finish, wait_until

GREETED = "ช่วยเรื่องอะไรดีคะ"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Uses the true time, because other processes know no other."""
    with time_machine.travel(datetime.fromtimestamp(time.time(), UTC), tick=True) as traveller:
        yield traveller


@contextmanager
def a_worker_process(town: Town) -> Iterator[Child]:
    environ = {
        **os.environ,
        "DATABASE_URL": town.settings.store.database_url,
        "MEDIA_URL": town.settings.store.media_url,
        "DATA_KEY": base64.b64encode(KEY).decode(),
        "SECRET_KEY": SECRET_KEY,
        "LINE_CHANNEL_SECRET": SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
        "LINE_API_URL": town.settings.line_api_url,
        "LINE_API_DATA_URL": town.settings.line_api_data_url,
    }
    with Child([sys.executable, "-m", "bot", "worker"], env=environ) as process:
        yield process


def event_states(town: Town) -> list[str]:
    with town.database.reading() as session:
        return list(session.scalars(select(InboxEvent.state).order_by(InboxEvent.id)))


def is_alive(town: Town) -> bool:
    with town.database.reading() as session:
        return session.get(Heartbeat, "worker") is not None


def test_a_worker_answers_shows_that_it_lives_and_leaves_when_asked(town: Town) -> None:
    phone, stop = friend(town), threading.Event()
    running = threading.Thread(target=run_worker, args=(town.settings, stop), daemon=True)
    running.start()
    phone.says(HELLO)
    town.simulator.deliver_webhooks()
    wait_until(lambda: times_told(phone, GREETED) == 1, what="the greeting")
    wait_until(lambda: set(event_states(town)) == {"done"}, what="the end of every event")
    wait_until(lambda: Readiness(town.database).report()[0], what="the town to be ready")
    stop.set()
    finish(running, what="the worker")
    assert times_told(phone, GREETED) == 1


def work_until_interrupted(town: Town) -> None:
    with town.database.transaction(durable=False) as session:
        claim = inbox.claim(session, most=1)
    assert claim is not None
    with town.database.transaction() as session:
        (event,) = inbox.take(session, claim.event_ids, claim.tries)
        outbox.put_reply(session, lane=event.lane, to=None, token="t", messages=[{}], heard_at=now())
        inbox.done(session, [event])
        raise KeyboardInterrupt


def test_an_event_dropped_halfway_is_as_if_it_had_never_been_touched(town: Town) -> None:
    phone = friend(town)
    phone.says(HELLO)
    town.simulator.deliver_webhooks()
    with pytest.raises(KeyboardInterrupt):
        work_until_interrupted(town)
    assert event_states(town)[-1] == "new"
    town.wait(seconds=6)
    assert times_told(phone, GREETED) == 1
    assert len(rows(town)) == 2


@pytest.mark.parametrize("store_settings", ["postgresql"], indirect=True)
def test_a_worker_killed_in_the_middle_of_an_event_is_followed_by_one_that_does_it_once(town: Town) -> None:
    phone = friend(town)
    phone.says(HELLO)
    town.simulator.deliver_webhooks()
    with a_worker_process(town) as process, town.database.transaction() as session:
        # It claims the event, writes what it can, and waits at the outbox, which is held here.
        session.execute(text("LOCK TABLE outbox IN EXCLUSIVE MODE"))
        waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'outbox'::regclass")
        wait_until(lambda: session.execute(waits).scalar_one() > 0, what="the worker to wait at the outbox")
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=PATIENCE_SECONDS)
    with a_worker_process(town):
        wait_until(lambda: times_told(phone, GREETED) == 1, what="the greeting")
        wait_until(lambda: event_states(town)[-1] == "done", what="the end of the event")
    assert len(calls(town, "reply")) == 2


def test_a_worker_process_that_is_asked_to_leave_does_so_in_order(town: Town) -> None:
    phone = friend(town)
    with a_worker_process(town) as process:
        wait_until(lambda: is_alive(town), what="the worker to show its life")
        phone.says(HELLO)
        town.simulator.deliver_webhooks()
        wait_until(lambda: times_told(phone, GREETED) == 1, what="the greeting")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
    assert [row.state for row in rows(town)] == ["sent", "sent"]


def test_a_sender_that_dies_after_line_took_the_push_does_not_tell_it_twice(town: Town) -> None:
    phone = friend(town)
    hasty = Database(town.settings.store, patience=0.3)  # gives up soon when it cannot write the outcome down
    sender = impatient(town, seconds=PATIENCE_SECONDS, database=hasty)
    tell(town, phone, "ข่าว")
    assert sender.deliver_once()  # The notice is put into words.
    town.simulator.faults.turn(api_hang_seconds=3600, count=1)
    with ThreadPoolExecutor(1) as threads:
        delivering = threads.submit(sender.deliver_once)
        wait_until(lambda: rows(town)[-1].first_tried_at is not None, what="the sender to call LINE")
        with town.database.transaction() as session:
            if not town.database.is_sqlite:
                session.execute(text("LOCK TABLE outbox IN EXCLUSIVE MODE"))
            town.simulator.faults.clear()
            assert isinstance(delivering.exception(PATIENCE_SECONDS), (SQLAlchemyError, TimeoutError))
    hasty.close()
    assert times_told(phone, "ข่าว") == 1
    town.wait(seconds=25)
    assert [call["status"] for call in calls(town, "push")] == [200, 409]
    assert times_told(phone, "ข่าว") == 1
    assert rows(town)[-1].state == "sent"


def test_trouble_never_ends_a_thread() -> None:
    stop, troubles = threading.Event(), [ValueError(), KeyError(), TimeoutError()]

    def step() -> bool:
        if troubles:
            raise troubles.pop()
        stop.set()
        return True

    repeat(step, stop, rest_after_trouble=0.001)
    assert stop.is_set()


def test_signals_that_come_in_the_middle_of_anything_hold_up_nobody() -> None:
    """Lets the main thread hold the very lock that setting the event takes."""
    code = (
        "import os, signal, threading, time\n"
        "from bot.supervision.signals import set_when_asked_to_leave\n"
        "stop = threading.Event()\n"
        "set_when_asked_to_leave(stop)\n"
        "with stop._cond:\n"
        "    for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGINT):\n"
        "        os.kill(os.getpid(), number)\n"
        "stop.wait()\n"
        "for _ in range(100):\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    time.sleep(0.001)\n"
        "print('left')\n"
    )
    done = run([sys.executable, "-c", code])
    assert (done.stdout, done.stderr) == ("left\n", "")
