"""Tests what happens while LINE's API accepts every call and answers none, and its webhooks go on."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import requests
from sqlalchemy import func, select

from line_simulator import Simulator
from line_simulator.residents import Resident as Phone
from line_simulator.web import serve
from store.database.engine import Database
from store.messaging.models import InboxEvent, OutboxRow
from store.settings import StoreSettings
from tests.faults import processes
from tests.faults.grounds import Plot
from tests.faults.lives import SECRET, TOKEN
from tests.town import words_of
from tests.waiting import PATIENCE_SECONDS, wait_until

RESIDENTS, EARLY_BIRDS, EVENTS_A_SECOND = 50, 10, 100
SAID = ("ไฟถนนหน้าบ้านดับค่ะ มืดมาก", "ไม่มี", "หน้าวัดโพธิ์ชัย เสาที่ 15")
HUNG_CALLS, GIVES_UP_AFTER_SECONDS = 150, 0.1
# How much longer an acknowledgement may take while LINE hangs than while it is well. A web process that waited for
# LINE before it acknowledges would wait as long as the worker does for each call: more than ten times as long.
MAX_TIMES_LONGER = 8
# Bounds that a thread, connection or buffer left behind by each hung call would break.
MAX_THREADS, MAX_FILES_MORE, MAX_MB_MORE = 90, 90, 30
_STAMP = re.compile(r" ⟦[^⟧]*⟧")


@dataclass
class Town:
    simulator: Simulator
    worker: processes.Command
    acks: list[tuple[int, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Needs:
    """Holds how much of each resource the worker process uses at one moment."""

    threads: int
    files: int
    megabytes: float

    @classmethod
    def of(cls, process: processes.Command) -> "Needs":
        proc = Path(f"/proc/{process.pid}")
        status = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines())
        return cls(
            threads=int(status["Threads"]),
            files=len(list((proc / "fd").iterdir())),
            megabytes=int(status["VmRSS"].split()[0]) / 1024,
        )


@contextmanager
def a_town(plot: Plot) -> Iterator[Town]:
    port = processes.free_port()

    def knock(body: bytes, headers: dict[str, str]) -> int:
        started = time.perf_counter()
        answer = requests.post(
            f"http://127.0.0.1:{port}/line/webhook", data=body, headers=headers, timeout=PATIENCE_SECONDS
        )
        town.acks.append((answer.status_code, time.perf_counter() - started))
        return answer.status_code

    simulator = Simulator(secret=SECRET, token=TOKEN, quota=None, deliver=knock)
    with serve(simulator) as line_url:
        web = processes.web(plot, line_url, port)
        town = Town(
            simulator,
            processes.Command(plot, line_url, "tests.faults.impatient", str(GIVES_UP_AFTER_SECONDS)),
        )
        try:
            for command in (web, town.worker):
                command.start()
            processes.wait_for(port)
            yield town
        finally:
            simulator.faults.clear()
            for command in (web, town.worker):
                command.end()


def talk(phones: list[Phone]) -> None:
    """Lets every resident say the same, each sentence some time after the one before."""
    for words in SAID:
        for phone in phones:
            phone.says(words)
            time.sleep(1 / EVENTS_A_SECOND)


def texts(phone: Phone) -> list[str]:
    return [_STAMP.sub("", " ".join(words_of(message))) for message in phone.messages]


def is_quiet(database: Database, events: int) -> bool:
    with database.reading() as session:
        done = session.scalar(select(func.count()).where(InboxEvent.state == "done"))
        waiting = session.scalar(select(func.count()).where(OutboxRow.state == "ready"))
    return done == events and waiting == 0


def tries(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.coalesce(func.sum(OutboxRow.tries), 0))) or 0


def live_while_line_hangs(town: Town, database: Database, phones: list[Phone]) -> tuple[int, Needs, Needs]:
    """Returns how many calls hung, and what the worker used at the beginning and at the end."""
    before, early = tries(database), Needs.of(town.worker)
    town.simulator.faults.turn(api_hang_seconds=3600)
    talk(phones)
    wait_until(lambda: tries(database) - before >= HUNG_CALLS, what=f"{HUNG_CALLS} calls that hang")
    late = Needs.of(town.worker)
    town.simulator.faults.clear()
    return tries(database) - before, early, late


def test_while_line_hangs_webhooks_are_acknowledged_and_once_it_heals_all_is_told_in_order_and_once(
    database: Database, store_settings: StoreSettings, tmp_path: Path
) -> None:
    """Shows in a short time what an hour would show: answers pile up, and hundreds of calls hang.

    This worker gives a call up after a tenth of a second where ours waits ten. What an hour does to reply tokens, which
    live for a minute, tests/stories/test_delivery.py shows with a clock that jumps.
    """
    with a_town(Plot(store_settings.database_url, str(tmp_path))) as town:
        early_birds = [town.simulator.add_resident(f"มาก่อน {number}") for number in range(EARLY_BIRDS)]
        phones = [town.simulator.add_resident(f"คนที่ {number}") for number in range(RESIDENTS)]
        for phone in (*early_birds, *phones):
            phone.friend = True
        talk(early_birds)
        wait_until(lambda: is_quiet(database, EARLY_BIRDS * len(SAID)), what="the town to come to rest")
        acks_before = list(town.acks)
        town.acks.clear()
        hung, early, late = live_while_line_hangs(town, database, phones)
        acks = list(town.acks)
        all_said = (RESIDENTS + EARLY_BIRDS) * len(SAID)
        wait_until(lambda: is_quiet(database, all_said), what="the town to come to rest")
    assert hung >= HUNG_CALLS
    assert {status for status, _ in acks} == {200}
    well, ill = (median(seconds for _, seconds in each) for each in (acks_before, acks))
    assert ill < MAX_TIMES_LONGER * well
    assert late.threads <= MAX_THREADS
    assert late.files - early.files <= MAX_FILES_MORE
    assert late.megabytes - early.megabytes < MAX_MB_MORE
    assert len(texts(early_birds[0])) > len(SAID)
    assert [texts(phone) for phone in phones] == [texts(early_birds[0])] * RESIDENTS
    assert town.simulator.violations == []
