"""Tests broadcasts whose senders are killed with -9: every resident gets each of them once, at LINE's own pace."""

import json
import math
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.context import open_app_context
from bot.line.messaging_api import LineClient
from bot.line.multicast import CALLS_A_SECOND, CHUNKS_AT_ONCE, Mailer, RateLimit
from line_simulator import Simulator
from line_simulator.channel.limits import MULTICAST
from line_simulator.residents import Resident as Phone
from line_simulator.web import serve
from store.broadcasts.models import Mailing
from store.clock import now
from store.database.engine import Database
from store.line.limits import MULTICAST_RECIPIENTS
from store.municipality.profile import read_municipality
from store.operations import heartbeats
from store.quota import usage
from store.settings import DEMO_MUNICIPALITY
from tests.children import Child
from tests.faults import processes
from tests.faults.grounds import Grounds, Plot
from tests.faults.lives import SECRET, TOKEN, bot_settings, store_settings
from tests.faults.mailing_bugs import MAILING_BUGS
from tests.faults.nursery import Life, Nursery
from tests.faults.points import MAILING_POINTS
from tests.stories.press import let_out, move_in
from tests.waiting import PATIENCE_SECONDS, wait_until

SEED = "tessaban"
QUOTA = 10_000_000
TOWN = {"sqlite": 50_000, "postgresql": 5_000}
# Three requests: the first goes alone, the others together.
VILLAGE = 1_200
# A chunk is held for its sender for twenty seconds.
LATER = 21.0
PASSAGES = {"statement": 8}
WITHOUT_A_LIMIT = 40
# Processor time of a request with all its bodies, keys, seals and rows, in units of its HTTP alone. Measured: 8.
MAX_TIMES_THE_HTTP = 25


@dataclass
class Town:
    """Holds a town for broadcasts; `later` is how far the clocks of the next processes are ahead of ours."""

    nursery: Nursery
    order: dict[str, Any]
    simulator: Simulator
    database: Database
    phones: list[Phone]
    later: float = 0.0

    def let_out(self, **changes: Any) -> None:
        let_out(self.database, read_municipality(DEMO_MUNICIPALITY), **changes)

    def begin(self, role: str, **ends: Any) -> Life:
        return self.nursery.begin(role, {**self.order, "offset": self.later, **ends})

    def live(self, role: str, **ends: Any) -> Life:
        return self.nursery.wait(self.begin(role, **ends))

    def is_up(self) -> bool:
        with self.database.reading() as session:
            return heartbeats.is_alive(session, "worker")

    def is_over(self) -> bool:
        with self.database.reading() as session:
            return set(session.scalars(select(Mailing.state))) == {"done"}

    def heard(self) -> set[int]:
        """Returns how many messages each of them got; one number if all got the same."""
        return {len(phone.messages) for phone in self.phones}


@contextmanager
def a_town(nursery: Nursery, ground: Grounds, residents: int, bug: str | None = None) -> Iterator[Town]:
    simulator = Simulator(secret=SECRET, token=TOKEN, quota=QUOTA, background=False)
    with ground.plot() as plot, serve(simulator) as line_url:
        database = Database(store_settings(plot.database_url, plot.folder))
        with database.transaction() as session:
            usage.note_reading(session, most=QUOTA, used=0)
        order = {**order_of(plot, line_url), "bug": bug}
        yield Town(nursery, order, simulator, database, move_in(simulator, database, residents))
        database.close()


def order_of(plot: Plot, line_url: str) -> dict[str, Any]:
    return {"database_url": plot.database_url, "folder": plot.folder, "line_url": line_url, "seed": 0}


@pytest.mark.parametrize("kind", TOWN)
def test_a_whole_town_hears_it_once_though_the_worker_is_killed_twice_on_the_way(
    kind: str, nursery: Nursery, request: pytest.FixtureRequest
) -> None:
    ground, requests = request.getfixturevalue(f"{kind}_ground"), TOWN[kind] // MULTICAST_RECIPIENTS
    with a_town(nursery, ground, TOWN[kind]) as town:
        town.let_out()
        for point, passage in (("mail: request sent", 0.4), ("mail: answered", 0.2)):
            assert town.live("crew", point=point, passage=int(requests * passage)).was_killed
            assert 0 < town.simulator.quota.used < TOWN[kind]
            town.later += LATER
        began, before = time.monotonic(), town.simulator.quota.used
        worker = town.begin("crew")
        wait_until(town.is_over, what="the broadcast to be over")
        show(began, (TOWN[kind] - before) / MULTICAST_RECIPIENTS)
        nursery.end(worker)
        assert town.heard() == {1}
        assert town.simulator.quota.used == TOWN[kind]
        assert town.simulator.violations == []


def show(began: float, requests: float) -> None:
    rate = requests / (time.monotonic() - began)
    print(f"{rate:.0f} requests a second with the simulator, its limit and a start")  # noqa: T201 - shown with `-s`


@pytest.mark.parametrize("kind", TOWN)
def test_at_whatever_point_the_mailer_is_killed_everybody_hears_it_once(
    kind: str, nursery: Nursery, request: pytest.FixtureRequest
) -> None:
    with a_town(nursery, request.getfixturevalue(f"{kind}_ground"), VILLAGE) as town:
        assert fire_at(town, random.Random(SEED)) == len(MAILING_POINTS)
        assert town.heard() == {len(MAILING_POINTS)}
        assert town.simulator.violations == []


@pytest.mark.parametrize("kind", TOWN)
def test_the_scheduler_of_each_worker_calls_and_one_of_them_sends(
    kind: str, nursery: Nursery, request: pytest.FixtureRequest
) -> None:
    """Makes the broadcast due after the mailers polled at their start; these mailers do not poll again."""
    with a_town(nursery, request.getfixturevalue(f"{kind}_ground"), VILLAGE) as town, ExitStack() as stack:
        plot = Plot(town.order["database_url"], town.order["folder"])
        workers = [
            processes.Command(plot, town.order["line_url"], "tests.faults.only_called") for _ in range(2)
        ]
        for worker in workers:
            worker.start()
            stack.callback(worker.end)
        wait_until(town.is_up, what="a worker to show its life")
        town.let_out(send_at=now() + timedelta(seconds=1.5))
        wait_until(town.is_over, what="the broadcast to be over")
        assert town.heard() == {1}


@pytest.mark.parametrize("bug", MAILING_BUGS)
def test_the_check_notices(bug: str, nursery: Nursery, sqlite_ground: Grounds) -> None:
    with a_town(nursery, sqlite_ground, VILLAGE, bug) as town:
        sent = fire_at(town, random.Random(SEED))
        assert max(town.heard()) > sent


def fire_at(town: Town, rng: random.Random) -> int:
    """Sends a broadcast for each point, where its sender is killed; the one that goes on may be killed at another.

    It stops at the first one that a resident got too often, and returns how many were sent until then.
    """
    for sent, point in enumerate(MAILING_POINTS, start=1):
        town.let_out()
        assert town.live("mailer", **end_at(point, rng)).hit == point
        town.later += LATER
        town.live("mailer", **end_at(rng.choice(MAILING_POINTS), rng))
        while not town.is_over():
            town.later += LATER
            town.live("mailer")
        if max(town.heard()) > sent:
            return sent
    return sent


def end_at(point: str, rng: random.Random) -> dict[str, Any]:
    return {"point": point, "passage": rng.randint(1, PASSAGES.get(point.partition(": ")[2], 2))}


def test_we_keep_just_below_the_rate_that_line_allows() -> None:
    pace, began = RateLimit(CALLS_A_SECOND), time.monotonic()
    for _ in range(21):
        pace.wait()
    assert time.monotonic() - began > 20 * MULTICAST.seconds / MULTICAST.calls
    assert 0.9 * MULTICAST.calls / MULTICAST.seconds < CALLS_A_SECOND


def test_it_is_line_that_sets_the_pace_and_not_our_own_work(nursery: Nursery, sqlite_ground: Grounds) -> None:
    """Uses a LINE without a rate limit, and switches our own pace off."""
    with (
        a_town(nursery, sqlite_ground, WITHOUT_A_LIMIT * MULTICAST_RECIPIENTS) as town,
        a_hasty_line() as line_url,
    ):
        town.let_out()
        settings = bot_settings({**town.order, "line_url": line_url})
        line = LineClient(line_url, line_url, TOKEN, read_seconds=PATIENCE_SECONDS)
        with ThreadPoolExecutor(CHUNKS_AT_ONCE) as executor:
            mailer = Mailer(town.database, open_app_context(settings), settings, line, executor=executor)
            mailer._pace = RateLimit(math.inf)
            mailer.mail_once()  # Each process compiles its statements once.
            began, spent = time.monotonic(), time.process_time()
            while mailer.mail_once():
                pass
        cpu = (time.process_time() - spent) / (WITHOUT_A_LIMIT - 1)
        rate = (WITHOUT_A_LIMIT - 1) / (time.monotonic() - began)
        assert town.is_over()
        http = cpu_of_http(line, town.phones)
    print(  # noqa: T201 - shown with `-s`
        f"{rate:.0f} requests a second without any limit, {cpu * 1000:.1f} ms each, {http * 1000:.1f} of it HTTP"
    )
    assert cpu < MAX_TIMES_THE_HTTP * http


def cpu_of_http(line: LineClient, phones: list[Phone]) -> float:
    """Returns the processor time of sending one such request over HTTP, without our own work."""
    to = [phone.id for phone in phones[:MULTICAST_RECIPIENTS]]
    body = json.dumps({"to": to, "messages": [{"type": "text", "text": "ข่าว"}]})
    line.multicast(body, str(uuid.uuid4()))
    spent = time.process_time()
    for _ in range(WITHOUT_A_LIMIT):
        line.multicast(body, str(uuid.uuid4()))
    return (time.process_time() - spent) / WITHOUT_A_LIMIT


@contextmanager
def a_hasty_line() -> Iterator[str]:
    """Starts the benchmark's stand-in for LINE in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.line"]
    with Child(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as line:
        assert line.stdout is not None
        yield f"http://127.0.0.1:{int(line.stdout.readline())}"
