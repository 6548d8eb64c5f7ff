"""Tests the Procfile's commands, killed again and again while residents write: nothing is lost or doubled."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from line_simulator import Simulator
from line_simulator.web import serve
from tests.faults import processes
from tests.faults.aftermath import Aftermath
from tests.faults.evidence import Ledger
from tests.faults.grounds import Plot
from tests.faults.lives import SECRET, TOKEN
from tests.faults.nursery import Nursery
from tests.faults.people import CANARIES, Person, move_in
from tests.faults.report import Report

SEED, EVENTS, EVENTS_A_SECOND, KILLS = "processes", 100, 20, 3
IN_A_HURRY = 3


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_web_and_worker_as_commands_survive_being_killed_under_load(
    kind: str, nursery: Nursery, request: pytest.FixtureRequest
) -> None:
    rng, ledger, report = random.Random(SEED), Ledger(), Report(SEED)
    with (
        request.getfixturevalue(f"{kind}_ground").plot() as plot,
        a_town(plot) as (simulator, line_url, commands),
    ):
        people = move_in(simulator, rng, CANARIES)
        for person in people[:IN_A_HURRY]:
            person.reports_at_once()
        # Residents in a hurry have said everything already.
        live_under_fire(rng, people[IN_A_HURRY:], commands, partial(ledger.read, simulator))
        web, worker = commands
        worker.kill()
        simulator.stop()
        Aftermath(nursery, plot, simulator, line_url).settle(ledger, people, report)
    report.kills = web.kills + worker.kills
    print(report.figures())  # noqa: T201 - shown with `pytest -s`
    assert not report.violations, "\n".join(map(str, [*report.violations, *report.troubles, *report.story]))
    assert report.acked > EVENTS / 4
    assert report.cases


@contextmanager
def a_town(plot: Plot) -> Iterator[tuple[Simulator, str, list[processes.Command]]]:
    """Yields the simulator, which delivers webhooks in threads of its own, and the two commands."""
    port = processes.free_port()
    address = f"http://127.0.0.1:{port}/line/webhook"
    simulator = Simulator(secret=SECRET, token=TOKEN, quota=None, webhook_url=address)
    with serve(simulator) as line_url:
        commands = [processes.web(plot, line_url, port), processes.worker(plot, line_url)]
        for command in commands:
            command.start()
        try:
            processes.wait_for(port)
            yield simulator, line_url, commands
        finally:
            for command in commands:
                command.end()


def live_under_fire(
    rng: random.Random, people: list[Person], commands: list[processes.Command], read: Callable[[], None]
) -> None:
    """Residents act all the time; each command is killed several times and started again at once."""
    kills = sorted(
        (rng.randrange(10, EVENTS), number) for number in range(len(commands)) for _ in range(KILLS)
    )
    for acts in range(EVENTS):
        rng.choice(people).act()
        read()
        while kills and kills[0][0] <= acts:
            command = commands[kills.pop(0)[1]]
            command.kill()
            command.start()
        time.sleep(1 / EVENTS_A_SECOND)
    processes.wait_for(commands[0].port)
