"""Tests two web and two worker processes on one PostgreSQL: each resident is answered in order, each event once."""

import itertools
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from line_simulator import Simulator
from line_simulator.residents import Resident as Phone
from line_simulator.web import serve
from store.cases.models import Case, CaseEvent
from store.cases.workflows import Action
from store.database.engine import Database
from store.messaging.models import InboxEvent, OutboxRow
from store.municipality.profile import Municipality
from store.residents.residents import listen
from store.settings import StoreSettings
from tests.builders import a_case, a_resident
from tests.faults import processes
from tests.faults.grounds import Plot
from tests.faults.lives import SECRET, TOKEN
from tests.waiting import PATIENCE_SECONDS, wait_until

RESIDENTS, MESSAGES, WEBS, WORKERS = 8, 12, 2, 2
SAID = [f"เล่าเพิ่ม ข้อ {number}" for number in range(1, MESSAGES + 1)]
OURS, WITHOUT_LANES = ("bot", "worker"), ("tests.faults.without_lanes",)
ON_POSTGRESQL = pytest.mark.parametrize("store_settings", ["postgresql"], indirect=True)
_STAMP = re.compile(r"⟦r!?:(\w+):0⟧")


@dataclass
class Town:
    """Holds the town; `delivered` are the reply tokens of each resident's events, in the order of what they said."""

    simulator: Simulator
    delivered: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


@contextmanager
def a_town(plot: Plot, work: tuple[str, ...]) -> Iterator[Town]:
    """Yields a town in which LINE calls both web processes in turn, with one resident's events one after the other."""
    ports = [processes.free_port() for _ in range(WEBS)]
    doors = itertools.cycle(f"http://127.0.0.1:{port}/line/webhook" for port in ports)

    def knock(body: bytes, headers: dict[str, str]) -> int:
        for event in json.loads(body)["events"]:
            town.delivered[event["source"]["userId"]].append(event["replyToken"])
        return requests.post(next(doors), data=body, headers=headers, timeout=PATIENCE_SECONDS).status_code

    town = Town(Simulator(secret=SECRET, token=TOKEN, quota=None, deliver=knock))
    with serve(town.simulator) as line_url:
        commands = [processes.web(plot, line_url, port) for port in ports]
        commands += [processes.Command(plot, line_url, *work) for _ in range(WORKERS)]
        for command in commands:
            command.start()
        try:
            for port in ports:
                processes.wait_for(port)
            yield town
        finally:
            for command in commands:
                command.end()


def move_in(simulator: Simulator, database: Database, municipality: Municipality) -> list[Phone]:
    """Adds residents with a case each, so that whatever they write now belongs to it."""
    phones = [simulator.add_resident(f"คนที่ {number}") for number in range(RESIDENTS)]
    with database.transaction() as session:
        for phone in phones:
            phone.friend = True
            resident = a_resident(session, line_user_id=phone.id)
            listen(resident, "more", a_case(session, municipality, resident=resident).id)
    return phones


def write_all_at_once(phones: list[Phone]) -> None:
    for words in SAID:
        for phone in phones:
            phone.says(words)
        time.sleep(0.002)  # LINE's clock counts milliseconds.


def events_by_end(database: Database) -> Counter[str]:
    """Returns how many events are in which state."""
    counted = select(InboxEvent.state, func.count())
    with database.reading() as session:
        rows = session.execute(counted.group_by(InboxEvent.state)).all()
    return Counter({state: count for state, count in rows})  # noqa: C416 - rows are no tuples to a type checker


def is_over(database: Database) -> bool:
    ends = events_by_end(database)
    with database.reading() as session:
        waiting = session.scalar(select(func.count()).where(OutboxRow.state == "ready"))
    is_done = ends.total() == RESIDENTS * MESSAGES and not ends["new"]
    return is_done and not waiting


def notes_of(database: Database, phone: Phone) -> list[str]:
    """Returns what they said, in the order in which it came to their case."""
    with database.reading() as session:
        resident = a_resident(session, line_user_id=phone.id)
        query = select(CaseEvent).join(Case).where(Case.resident_id == resident.id)
        added = session.scalars(query.where(CaseEvent.action == Action.ADD).order_by(CaseEvent.id))
        return [event.note for event in added]


def answers_to(phone: Phone) -> list[str]:
    """Returns the reply tokens of the answers on their screens."""
    return [token for message in phone.messages for token in _STAMP.findall(str(message))]


@ON_POSTGRESQL
def test_each_resident_is_heard_in_order_and_each_event_once(
    database: Database, store_settings: StoreSettings, municipality: Municipality, tmp_path: Path
) -> None:
    with a_town(Plot(store_settings.database_url, str(tmp_path)), OURS) as town:
        phones = move_in(town.simulator, database, municipality)
        write_all_at_once(phones)
        wait_until(lambda: is_over(database), what="the end of every event and message")
    assert events_by_end(database) == {"done": RESIDENTS * MESSAGES}
    assert [notes_of(database, phone) for phone in phones] == [SAID] * RESIDENTS
    assert {phone.id: answers_to(phone) for phone in phones} == town.delivered
    assert town.simulator.violations == []


@ON_POSTGRESQL
def test_without_lanes_the_order_is_lost_and_this_is_noticed(
    database: Database, store_settings: StoreSettings, municipality: Municipality, tmp_path: Path
) -> None:
    with a_town(Plot(store_settings.database_url, str(tmp_path)), WITHOUT_LANES) as town:
        phones = move_in(town.simulator, database, municipality)
        write_all_at_once(phones)
        wait_until(lambda: is_over(database), what="the end of every event and message")
    assert [notes_of(database, phone) for phone in phones] != [SAID] * RESIDENTS
