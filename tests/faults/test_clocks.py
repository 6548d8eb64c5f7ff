"""Tests machines whose clocks are set while web and worker run: residents are answered, and dead processes noticed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from line_simulator import Simulator
from line_simulator.residents import Resident as Phone
from line_simulator.web import serve
from store.database.engine import Database
from store.messaging.models import InboxEvent, OutboxRow
from store.operations.models import Heartbeat
from store.settings import StoreSettings
from tests.faketime import FakeClock
from tests.faults import processes
from tests.faults.grounds import Plot
from tests.faults.lives import SECRET, TOKEN
from tests.town import words_of
from tests.waiting import PATIENCE_SECONDS, wait_until

HELLO, HOUR, DAY = "สวัสดี", 3600, 86_400
# Where the clock is set to, as seconds from the true time: ahead by each amount, and back by it.
SETTINGS = (5, 0, 90, 0, HOUR, 0, 3 * DAY, 0)


@dataclass
class Town:
    simulator: Simulator
    database: Database
    web: processes.Command
    worker: processes.Command

    def is_ready(self) -> bool:
        return self._readyz().status_code == 200

    def reasons(self) -> list[str]:
        found: list[str] = self._readyz().json()["reasons"]
        return found

    def _readyz(self) -> requests.Response:
        return requests.get(f"http://127.0.0.1:{self.web.port}/readyz", timeout=PATIENCE_SECONDS)

    def beat(self) -> datetime | None:
        with self.database.reading() as session:
            return session.scalar(select(Heartbeat.at).where(Heartbeat.name == "worker"))

    def has_beaten_since(self, last: datetime | None) -> bool:
        return self.beat() != last

    def is_quiet(self) -> bool:
        with self.database.reading() as session:
            new = session.scalar(select(func.count()).where(InboxEvent.state == "new"))
            ready = session.scalar(select(func.count()).where(OutboxRow.state == "ready"))
        return not new and not ready


@contextmanager
def a_town(
    database: Database, settings: StoreSettings, folder: Path, web_clock: FakeClock, worker_clock: FakeClock
) -> Iterator[Town]:
    port, plot = processes.free_port(), Plot(settings.database_url, str(folder))
    address = f"http://127.0.0.1:{port}/line/webhook"
    simulator = Simulator(secret=SECRET, token=TOKEN, quota=None, webhook_url=address)
    with serve(simulator) as line_url:
        web = processes.web(plot, line_url, port, web_clock.environ)
        worker = processes.worker(plot, line_url, worker_clock.environ)
        try:
            for command in (web, worker):
                command.start()
            processes.wait_for(port)
            town = Town(simulator, database, web, worker)
            wait_until(town.is_ready, what="the town to be ready")
            yield town
        finally:
            simulator.faults.clear()
            for command in (web, worker):
                command.end()
            simulator.stop()


def greetings(phone: Phone) -> int:
    return sum("ช่วยเรื่องอะไรดีคะ" in " ".join(words_of(message)) for message in phone.messages)


def is_answered(town: Town, phone: Phone) -> None:
    before = greetings(phone)
    phone.says(HELLO)
    wait_until(lambda: greetings(phone) > before, what="another greeting")


def test_whatever_the_clock_is_set_to_the_worker_lives_and_answers_and_a_dead_one_is_called_dead(
    database: Database, store_settings: StoreSettings, tmp_path: Path
) -> None:
    clock = FakeClock(tmp_path / "clock")
    with a_town(database, store_settings, tmp_path, clock, clock) as town:
        phone = town.simulator.add_resident("สมศรี")
        phone.friend = True
        for seconds in SETTINGS:
            last = town.beat()
            clock.set_to(seconds)
            wait_until(partial(town.has_beaten_since, last), what="another sign of life")
            wait_until(town.is_ready, what="the town to be ready")
            is_answered(town, phone)
        # A worker killed before it has noted that LINE took the answer pushes it again, which is not free.
        wait_until(town.is_quiet, what="the last answer to be noted")
        town.worker.kill()
        clock.set_to(-90)
        assert town.reasons() == ["worker shows no sign of life"]
        town.worker.start()
        wait_until(town.is_ready, what="the town to be ready")
        is_answered(town, phone)
        wait_until(town.is_quiet, what="the town to come to rest")
    assert town.simulator.quota.used == 0, "each answer was a free reply"
    assert town.simulator.violations == []


def test_what_waited_when_the_clock_was_set_back_does_not_wait_for_the_old_time(
    database: Database, store_settings: StoreSettings, tmp_path: Path
) -> None:
    """Lets LINE fail, so that the answer is put off by a moment, which is then three days away."""
    clock = FakeClock(tmp_path / "clock")
    with a_town(database, store_settings, tmp_path, clock, clock) as town:
        phone = town.simulator.add_resident("สมศรี")
        phone.friend = True
        town.simulator.faults.turn(api_status="503")
        phone.says(HELLO)
        wait_until(lambda: len(town.simulator.log.after(0)) > 3, what="four calls and webhooks")
        clock.set_to(-3 * DAY)
        town.simulator.faults.clear()
        wait_until(lambda: greetings(phone) == 1, what="the greeting")
        wait_until(town.is_quiet, what="the town to come to rest")
    assert greetings(phone) == 1


@pytest.mark.parametrize("store_settings", ["postgresql"], indirect=True)
@pytest.mark.parametrize("ahead", [60, -60])
def test_answers_are_free_though_the_clocks_of_web_and_worker_differ_by_a_minute(
    database: Database, store_settings: StoreSettings, tmp_path: Path, ahead: int
) -> None:
    web_clock, worker_clock = FakeClock(tmp_path / "web"), FakeClock(tmp_path / "worker")
    with a_town(database, store_settings, tmp_path, web_clock, worker_clock) as town:
        web_clock.set_to(ahead)
        phones = [town.simulator.add_resident(str(number)) for number in range(10)]
        for phone in phones:
            phone.friend = True
            phone.says(HELLO)
        wait_until(lambda: [greetings(phone) for phone in phones] == [1] * 10, what="ten greetings")
        wait_until(town.is_quiet, what="the town to come to rest")
    assert [greetings(phone) for phone in phones] == [1] * 10
    assert town.simulator.quota.used == 0
