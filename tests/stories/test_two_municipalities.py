"""Tests two municipalities in one worker process: neither sees, names or delays the other."""

import json
import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select, text

from bot.worker.process import run_workers
from line_simulator.residents import Resident as Phone
from staff_console.settings import ConsoleSettings
from staff_console.web import create_app as create_console
from store.database.engine import Database
from store.logs import JsonLines
from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.states import EventState
from store.operations.models import Heartbeat
from store.residents.models import Contact
from store.settings import DEMO_MUNICIPALITY
from tests.conftest import settings_for
from tests.stories.scenes import HELLO, friend, texts, times_told
from tests.town import SECRET_KEY, Town, open_town
from tests.waiting import finish, wait_until

GREETED = "ช่วยเรื่องอะไรดีคะ"
# The pools are the same whatever the databases are.
pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)


@pytest.fixture
def neighbour(sqlite_template: Path, tmp_path: Path, clock: time_machine.Traveller) -> Iterator[Town]:
    """Opens a second town with a LINE account, a database and a file of its own."""
    folder = tmp_path / "neighbour"
    (folder / "neighbour" / "services").mkdir(parents=True)
    shutil.copy(sqlite_template, folder / "town.db")
    file = folder / "neighbour.toml"
    facts = DEMO_MUNICIPALITY.read_text("utf-8").replace("ตัวอย่าง", "บ้านใกล้")
    file.write_text(facts, "utf-8")
    own = DEMO_MUNICIPALITY.parents[1] / "services" / "builtin" / "trees.toml"
    (folder / "neighbour" / "services" / "trees.toml").write_text(
        own.read_text("utf-8").replace("ตัดแต่งต้นไม้", "ตัดแต่งกิ่งไม้"), "utf-8"
    )
    settings = replace(settings_for(f"sqlite:///{folder}/town.db", folder), municipality=file)
    database = Database(settings)
    with open_town(settings, database, clock, secret="another secret", token="another-access-token") as town:
        yield town
        assert town.simulator.violations == []
    database.close()


@contextmanager
def working(*towns: Town) -> Iterator[None]:
    """Runs one worker process's threads for these towns."""
    stop = threading.Event()
    settings = [town.settings for town in towns]
    running = threading.Thread(target=run_workers, args=(settings, stop), daemon=True)
    running.start()
    try:
        yield
    finally:
        stop.set()
        finish(running, what="the worker of both")


def said_to(phone: Phone) -> str:
    return " ".join(texts(phone))


def hears(phone: Phone, words: str) -> None:
    wait_until(lambda: words in said_to(phone), what=f"an answer with {words}")


def count(town: Town, *, waiting: bool = False) -> int:
    query = select(func.count()).select_from(InboxEvent)
    with town.database.reading() as session:
        return session.scalar(query.where(InboxEvent.state == EventState.NEW) if waiting else query) or 0


def test_each_resident_is_answered_by_their_own_municipality(town: Town, neighbour: Town) -> None:
    here, there = friend(town), friend(neighbour)
    with working(town, neighbour):
        for phone, of in ((here, town), (there, neighbour)):
            phone.says("ติดต่อเรา")
            of.simulator.deliver_webhooks()
        for phone, own in ((here, "ตัวอย่าง"), (there, "บ้านใกล้")):
            hears(phone, own)
    assert "บ้านใกล้" not in said_to(here)
    assert "ตัวอย่าง" not in said_to(there)
    for of, phone in ((town, here), (neighbour, there)):
        with of.database.reading() as session:
            key = of.database.cipher.fingerprint(phone.id)
            assert list(session.scalars(select(Contact.key))) == [key]
            assert set(session.scalars(select(OutboxRow.lane))) == {key}


def test_a_thousand_events_of_one_do_not_delay_the_other(town: Town, neighbour: Town) -> None:
    here, there = friend(town), friend(neighbour)
    for number in range(1_000):
        here.says(f"ถนนเป็นหลุม {number}")
    town.simulator.deliver_webhooks()
    assert count(town, waiting=True) == 1_000
    there.says(HELLO)
    neighbour.simulator.deliver_webhooks()
    with working(town, neighbour):
        wait_until(lambda: times_told(there, GREETED) == 1, what="the neighbour's greeting")
        assert count(town, waiting=True) > 500, "the neighbour waited for the thousand"


def test_two_municipalities_need_no_more_threads_than_one(town: Town, neighbour: Town) -> None:
    used = []
    for towns in ((town,), (town, neighbour)):
        with working(*towns):
            for each in towns:
                wait_until(partial(is_alive, each), what="the worker to be up")
            names = [thread.name.rpartition(" ")[0] for thread in threading.enumerate()]
            used.append({name: names.count(name) for name in ("deliver", "work", "fetch", "mail", "job")})
    assert used[0] == used[1] == {"deliver": 4, "work": 1, "fetch": 4, "mail": 3, "job": 1}


def is_alive(town: Town) -> bool:
    with town.database.reading() as session:
        beat = session.get(Heartbeat, "worker")
        return beat is not None


def test_each_line_of_the_log_names_its_municipality(
    town: Town, neighbour: Town, caplog: pytest.LogCaptureFixture
) -> None:
    here, there = friend(town), friend(neighbour)
    caplog.clear()
    lines: list[dict[str, object]] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(JsonLines().format(record)))

    handler = Lines()
    logging.getLogger("bot").addHandler(handler)
    try:
        with working(town, neighbour):
            for phone, of in ((here, town), (there, neighbour)):
                phone.says(HELLO)
                of.simulator.deliver_webhooks()
            for phone in (here, there):
                hears(phone, GREETED)
            wait_until(
                lambda: len([each for each in lines if each["message"] == "sent"]) == 2, what="two lines"
            )
    finally:
        logging.getLogger("bot").removeHandler(handler)
    assert {each.get("municipality") for each in lines if each["message"] == "sent"} == {"demo", "neighbour"}


def test_a_database_that_is_away_stops_nobody_else_and_is_named_in_the_log(
    town: Town, neighbour: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = friend(town)
    with neighbour.database.transaction() as session:
        session.execute(text("ALTER TABLE inbox RENAME TO away"))
    with working(neighbour, town):
        wait_until(lambda: "step failed" in capsys.readouterr().err, what="the neighbour's trouble")
        phone.says(HELLO)
        town.simulator.deliver_webhooks()
        hears(phone, GREETED)
        troubles: list[str] = []

        def found() -> bool:
            lines = capsys.readouterr().err.splitlines()
            troubles.extend(line for line in lines if "step failed" in line)
            return bool(troubles)

        wait_until(found, what="more of the neighbour's trouble")
    assert {json.loads(line)["municipality"] for line in troubles} == {"neighbour"}


def test_the_figures_and_the_services_are_those_of_one_municipality(town: Town, neighbour: Town) -> None:
    assert 'municipality="neighbour"' in neighbour.web.get("/metrics").text
    assert 'municipality="demo"' not in neighbour.web.get("/metrics").text
    assert neighbour.app.services["trees"].label == "ตัดแต่งกิ่งไม้"
    assert town.app.services["trees"].label != "ตัดแต่งกิ่งไม้"
    console = create_console(ConsoleSettings(neighbour.settings.store, SECRET_KEY))
    assert "บ้านใกล้" in console.test_client().get("/sign-in").text
    console.extensions["context"].database.close()


def test_a_limit_reached_here_is_not_reached_there(town: Town, neighbour: Town) -> None:
    """Checks it with the codes that do not exist: after some of them nobody may try more for a while."""
    here, there = friend(town), friend(neighbour)
    for number in range(2, 13):
        here.says(f"{number}/2570")
        town.settle()
    there.says("12/2570")
    neighbour.settle()
    assert texts(there)[-1] != texts(here)[-1]
