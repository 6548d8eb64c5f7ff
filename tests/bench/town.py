"""Provides what a benchmark works with: towns on fresh databases, peers, loads for them, and the results."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select

from store.cases.models import Case
from store.database.engine import Database
from store.messaging.models import InboxEvent, OutboxRow
from tests.bench import load, turns
from tests.bench.report import percentile
from tests.bench.servers import Line, Server, Town, a_town, environment, procfile_line, started
from tests.children import run
from tests.faults.grounds import Grounds, Plot
from tests.faults.lives import store_settings

# How many seconds a run may take beyond those it was ordered for.
GRACE_SECONDS = 60.0


@dataclass(frozen=True)
class Acks:
    """Holds latencies in milliseconds; `due` is when each acknowledged event was due, by the clock of all processes."""

    rate: float
    p99: float
    slowest: float
    refused: int
    due: dict[str, float]


@dataclass(frozen=True)
class Turns:
    rate: float
    requests: int
    unanswered: int
    p99: float


@dataclass(frozen=True)
class Bench:
    """Opens towns and peers. `grounds` are places for towns by database; `seconds` is the length of a round of load."""

    line: Line
    grounds: dict[str, Grounds]
    rounds: int
    seconds: float

    @contextmanager
    def town(self, kind: str, *, workers: int = 1) -> Iterator[Town]:
        self.line.behave()
        with self.grounds[kind].plot() as plot, a_town(plot, self.line, workers=workers) as town:
            yield town

    def peer(self, app: str) -> AbstractContextManager[Server]:
        """Yields a bot by others, served as ours is."""
        command = procfile_line("web").replace("deploy.web:", f"tests.bench.peers.{app}:")
        return started(command, environment(self.line))

    def load(self, server: Server, *, seconds: float | None = None, **order: Any) -> Acks:
        wanted = load.Order(server.port, seconds or self.seconds, **order)
        answer = _run("tests.bench.load", asdict(wanted), wanted.warm_up + wanted.seconds)
        return Acks(
            rate=len(answer["due"]) / wanted.seconds,
            p99=1000 * percentile(answer["latencies"], 99),
            slowest=1000 * max(answer["latencies"], default=0.0),
            refused=len(answer["latencies"]) - len(answer["due"]),
            due=answer["due"],
        )

    def take_turns(self, town: Town, *, warm_up: float, seconds: float, residents: int = 48) -> Turns:
        wanted = turns.Order(
            town.web.port, self.line.port, residents=residents, warm_up=warm_up, seconds=seconds
        )
        answer = _run("tests.bench.turns", asdict(wanted), warm_up + seconds)
        return Turns(
            rate=answer["turns"] / seconds,
            requests=answer["requests"],
            unanswered=answer["unanswered"],
            p99=1000 * percentile(answer["latencies"], 99),
        )


def _run(module: str, order: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Runs the load in a process of its own, which must not share an interpreter with what it is sent to."""
    command = [sys.executable, "-m", module, json.dumps(order)]
    done = run(command, seconds=seconds + GRACE_SECONDS)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@dataclass(frozen=True)
class Books:
    """Holds what a town's database says: events and messages that wait, and cases."""

    waiting: int
    cases: int


def read_books(plot: Plot) -> Books:
    database = Database(store_settings(plot.database_url, plot.folder))
    try:
        with database.reading() as session:
            count = select(func.count())
            events = session.execute(count.where(InboxEvent.state == "new")).scalar_one()
            messages = session.execute(count.where(OutboxRow.state == "ready")).scalar_one()
            cases = session.execute(count.select_from(Case)).scalar_one()
    finally:
        database.close()
    return Books(events + messages, cases)


def wait_for_rest(plot: Plot, *, seconds: float) -> float:
    """Waits until nothing waits any more, for at most `seconds`; returns how long that took."""
    began = time.monotonic()
    while read_books(plot).waiting and time.monotonic() - began < seconds:
        time.sleep(0.25)
    return time.monotonic() - began
