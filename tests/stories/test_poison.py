"""Tests that a message that hangs, kills or fills its worker harms only its own resident: all others are answered."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from bot.supervision.supervisor import Guard, Objection, WorkerLimits
from bot.supervision.watchdog import Watchdog
from store.logs import place_in_dump
from store.messaging.models import InboxEvent
from tests.children import ROOT, Child
from tests.faults.harm import HARM, words_of_harm
from tests.processes import start
from tests.stories.scenes import HELLO, times_told
from tests.town import Town
from tests.waiting import PATIENCE_SECONDS, wait_until

GREETED = "ช่วยเรื่องอะไรดีคะ"


def tries(town: Town) -> dict[str, int]:
    """Returns the number of tries of each event that is not done, by its text."""
    with town.database.reading() as session:
        events = session.scalars(select(InboxEvent).where(InboxEvent.state != "done"))
        return {(event.body or {})["message"]["text"]: event.tries for event in events}


@pytest.fixture
def poisoned_worker(town: Town, tmp_path: Path) -> Iterator[Child]:
    town.clock.move_to(datetime.fromtimestamp(time_machine.escape_hatch.time.time(), UTC))
    with start("worker", ["-m", "tests.stories.poisoned"], town, tmp_path) as worker:
        yield worker


def test_poison_of_every_kind_leaves_everybody_else_answered(
    town: Town, tmp_path: Path, poisoned_worker: Child
) -> None:
    poison = {words_of_harm(kind) for kind in HARM}
    healthy = [town.simulator.add_resident(str(number)) for number in range(3)]
    for words in poison:
        town.simulator.add_resident(words).says(words)
    for phone in healthy:
        phone.says(HELLO)
    town.simulator.deliver_webhooks(together=True)
    answered = partial(map, lambda phone: times_told(phone, GREETED) == 1, healthy)
    wait_until(lambda: all(answered()), what="the answers to everybody else")
    wait_until(lambda: all(tries(town).get(words, 0) >= 2 for words in poison), what="a second try of each")
    poisoned_worker.terminate()
    assert poisoned_worker.wait(timeout=PATIENCE_SECONDS) == 0
    log = (tmp_path / "worker.log").read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    ended = [line for line in lines if line["message"] == "the worker was ended"]
    assert {"a step takes too long", "too much memory"} <= {line["reason"] for line in ended}
    assert any("inbox_worker.py" in line.get("where", "") for line in ended)
    assert not any(words in log for words in poison)


def children(process: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def is_running(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("killed", ["supervisor", "worker"])
def test_a_worker_is_started_again_and_ends_with_its_supervisor(
    town: Town, poisoned_worker: Child, killed: str
) -> None:
    wait_until(lambda: children(poisoned_worker.pid), what="the first worker")
    (worker,) = children(poisoned_worker.pid)
    if killed == "worker":
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: children(poisoned_worker.pid) not in ([], [worker]), what="the next worker")
        (worker,) = children(poisoned_worker.pid)
    # The supervisor alone, as the system does when memory runs out.
    os.kill(poisoned_worker.pid, signal.SIGKILL)
    poisoned_worker.wait(timeout=PATIENCE_SECONDS)
    wait_until(lambda: not is_running(worker), what="the end of the worker")


def objection_to(act: Callable[[], object], limits: WorkerLimits) -> str:
    """Returns the reason why a guard objects to a process that does this in one step."""
    watchdog = Watchdog()
    child = os.fork()
    if child == 0:
        with watchdog.step("event", 7):
            act()
        os._exit(0)
    try:
        guard, found = Guard(watchdog, limits), []

        def look() -> bool:
            found.append(guard.objection(child))
            return found[-1] is not None

        wait_until(look, what="an objection")
        (objection,) = filter(None, found)
        assert objection.step is None or (objection.step.kind, objection.step.row) == ("event", 7)
        return objection.reason
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


ENDLESS = WorkerLimits(cpu_seconds=1e9, seconds=1e9, looks=10**9, memory_bytes=10**15)


def test_the_guard_objects_to_each_kind_of_harm() -> None:
    assert objection_to(HARM["hang"], replace(ENDLESS, cpu_seconds=0.1)) == "a step takes too long"
    assert objection_to(lambda: time.sleep(10_000), replace(ENDLESS, seconds=0.1)) == "a step takes too long"
    assert objection_to(HARM["memory"], replace(ENDLESS, memory_bytes=2**30)) == "too much memory"


def live_and_stand_still(watchdog: Watchdog) -> None:
    threading.Thread(target=watchdog.show_life, daemon=True).start()
    while not watchdog.signs_of_life:
        time.sleep(0.001)
    HARM["hang"]()


def test_the_guard_objects_to_who_stands_still_outside_all_steps() -> None:
    watchdog = Watchdog()
    child = os.fork()
    if child == 0:
        live_and_stand_still(watchdog)
        os._exit(0)
    try:
        guard = Guard(watchdog, replace(ENDLESS, looks=150))
        wait_until(lambda: guard.objection(child) == Objection("no sign of life", None), what="an objection")
        assert watchdog.signs_of_life == 1
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_the_guard_lets_go_on_who_shows_life() -> None:
    watchdog = Watchdog()
    threading.Thread(target=watchdog.show_life, daemon=True).start()
    guard, found = Guard(watchdog, replace(ENDLESS, looks=150)), []

    def look() -> bool:
        found.append(guard.objection(os.getpid()))
        return watchdog.signs_of_life > 5

    wait_until(look, what="several signs of life")
    assert set(found) == {None}


def test_the_guard_lets_go_on_who_works_step_by_step() -> None:
    watchdog = Watchdog()
    guard = Guard(watchdog, ENDLESS)
    with watchdog.step("event", 7):
        assert [(step.kind, step.row) for step in watchdog.under_way()] == [("event", 7)]
        assert guard.objection(os.getpid()) is None
    assert watchdog.under_way() == []


def test_the_place_where_a_thread_hangs_is_read_from_the_dump() -> None:
    dump = f"""Fatal Python error: Aborted

Current thread 0x00007f0000000001 (most recent call first):
  File "{ROOT}/bot/run.py", line 1 in keep_looking

Thread 0x00007f0000000002 (most recent call first):
  File "/usr/lib/python3.11/re.py", line 166 in match
  File "{ROOT}/store/thai.py", line 40 in folded
  File "{ROOT}/bot/work.py", line 100 in work_once
"""
    assert place_in_dump(dump, 0x7F0000000002) == "store/thai.py:40 folded"
    assert place_in_dump(dump, 0x7F0000000003) == ""
