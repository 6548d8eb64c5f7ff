"""Lets healthy processes finish what is left after the kills, with a clock that runs as fast as they work."""

import time
from datetime import timedelta

import time_machine

from line_simulator import Simulator
from store.clock import now
from store.database.engine import Database
from tests.faults.agenda import Agenda
from tests.faults.evidence import Ledger, gather
from tests.faults.grounds import Plot
from tests.faults.lives import store_settings
from tests.faults.nursery import Nursery
from tests.faults.people import Person
from tests.faults.report import Report

STUCK_AFTER_SECONDS = 240.0


class Aftermath:
    def __init__(self, nursery: Nursery, plot: Plot, simulator: Simulator, line_url: str) -> None:
        self._nursery, self._plot, self._simulator, self._line_url = nursery, plot, simulator, line_url
        self._shifted = 0.0
        self._until = time.monotonic() + STUCK_AFTER_SECONDS
        nursery.when_over = lambda _: None
        nursery.troubles.clear()

    def settle(self, ledger: Ledger, people: list[Person], report: Report) -> None:
        while any(status != 200 for status in self._simulator.deliver_webhooks()):
            self._must_go_on()
        database = Database(store_settings(self._plot.database_url, self._plot.folder))
        with time_machine.travel(time.time(), tick=True) as clock:
            self._work_off(Agenda(database), clock)
            self._pass(clock, 2 * 3600)
            self._live("tidy")
            seen = gather(database, self._plot.folder, self._simulator, ledger, people)
        report.judge(seen, ledger, list(self._nursery.troubles))
        database.close()

    def _work_off(self, agenda: Agenda, clock: time_machine.Traveller) -> None:
        self._live("worker")
        while waiting := agenda.waiting():
            self._must_go_on()
            if later := [at for at in waiting if at > now()]:
                self._pass(clock, (min(later) - now()).total_seconds() + 0.001)
            self._live("worker")

    def _live(self, role: str) -> None:
        order = {
            "database_url": self._plot.database_url,
            "folder": self._plot.folder,
            "line_url": self._line_url,
            "offset": self._shifted,
            "seed": 0,
        }
        self._nursery.wait(self._nursery.begin(role, order))

    def _pass(self, clock: time_machine.Traveller, seconds: float) -> None:
        clock.shift(timedelta(seconds=seconds))
        self._shifted += seconds

    def _must_go_on(self) -> None:
        if time.monotonic() > self._until:
            raise TimeoutError(f"The town does not come to rest. {list(self._nursery.troubles)}")
