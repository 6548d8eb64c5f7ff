"""Runs one episode: residents and officers act while processes are killed; then all work is finished and checked."""

import random
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import time_machine

from line_simulator import Simulator
from line_simulator.web import serve
from store.clock import now
from store.database.engine import Database
from tests.faults import invariants
from tests.faults.agenda import Agenda
from tests.faults.evidence import Evidence, Ledger, gather
from tests.faults.front_door import FrontDoor
from tests.faults.grounds import Plot
from tests.faults.harm import HARM
from tests.faults.lives import SECRET, TOKEN, store_settings
from tests.faults.nursery import Life, Nursery
from tests.faults.people import CANARIES, Menace, Person, move_in
from tests.faults.plans import Deck
from tests.faults.points import POINTS
from tests.faults.report import Report

PEOPLE, MAX_ROUNDS, KILLS_IN_A_ROUND = 4, 60, 12
CROWDS, CROWD_SECONDS = 0.2, 3.0
HARM_IN_A_ROUND = 0.3
# Seconds that pass while a killed process is started again.
DOWN_FOR = (0, 0, 0, 2, 21, 21, 35, 70)
STUCK_AFTER_SECONDS = 60.0
LINES_FAULTS = ("", "", "webhook_duplicate", "api_status_after_accept", "api_reset")


class Episode:
    """Runs until `kills` processes were killed; then the town is left in peace.

    With a bug put in, it ends as soon as something is lost or doubled.
    """

    def __init__(self, nursery: Nursery, plot: Plot, seed: str, kills: int, bug: str | None = None) -> None:
        self._nursery, self._plot, self._bug = nursery, plot, bug
        self._rng, self._report, self._kills_left = random.Random(seed), Report(seed), kills
        random.seed(seed)
        self._deck, self._ledger = Deck(self._rng), Ledger()
        # Web processes start whenever LINE calls, so the points at which they end are drawn separately.
        self._web_rng = random.Random(f"{seed} web")
        self._web_deck = Deck(self._web_rng)
        self._door = FrontDoor(nursery, self._bear_web)
        self._crowded, self._traps_left = False, 0
        self._bookkeeping = threading.Lock()
        nursery.when_over = self._when_over
        nursery.troubles.clear()

    def run(self) -> Report:
        self._simulator = Simulator(
            secret=SECRET, token=TOKEN, background=False, deliver=self._door.post, quota=None
        )
        self._database = Database(store_settings(self._plot.database_url, self._plot.folder))
        self._agenda = Agenda(self._database, self._rng)
        began = time.time()
        with serve(self._simulator) as address, time_machine.travel(began, tick=True) as self._clock:
            self._shifted, self._address = 0.0, address
            try:
                self._live_through()
            finally:
                self._door.close()
                self._database.close()
        return self._report

    # What happens.

    def _live_through(self) -> None:
        self._people = move_in(self._simulator, self._rng, CANARIES[:PEOPLE])
        self._menace = Menace(self._simulator.add_resident("MENACE"), "MENACE", self._rng, [])
        self._harmful_lane = self._database.cipher.fingerprint(self._menace.phone.id)
        self._people[0].reports_at_once()
        for _ in range(self._rng.randint(1, 5)):
            self._act(self._people)
            self._settle()
        self._rounds()
        if not self._bug:
            self._clean_up()
        self._report.judge(self._gather(), self._ledger, self._nursery.troubles)

    def _rounds(self) -> None:
        for _ in range(MAX_ROUNDS):
            if self._kills_left <= 0 or (self._bug and self._is_something_wrong()):
                return
            self._round()

    def _round(self) -> None:
        self._ledger.read(self._simulator)
        self._disturb()
        if self._rng.random() < HARM_IN_A_ROUND:
            self._menace.does_harm(self._rng.choice(tuple(HARM)))
        self._act(self._rng.sample(self._people, self._rng.randint(2, PEOPLE)))
        self._traps_left = min(KILLS_IN_A_ROUND, self._kills_left)
        if self._rng.random() < CROWDS:
            self._crowd()
        else:
            self._one_by_one()
        self._traps_left = 0
        self._simulator.faults.clear()
        self._settle()

    def _act(self, people: Sequence[Person]) -> None:
        for person in people:
            for _ in range(self._rng.choice((1, 1, 1, 2))):
                person.act()

    def _disturb(self) -> None:
        """Lets LINE fail at times."""
        if switch := self._rng.choice(LINES_FAULTS):
            self._simulator.faults.turn(**{switch: True}, count=self._rng.randint(1, 3))

    def _one_by_one(self) -> None:
        """Runs one process at a time, each with a trap at a point, so that the same seed does the same again."""
        for _ in range(KILLS_IN_A_ROUND):
            if self._traps_left <= 0:
                return
            self._simulator.deliver_webhooks(together=self._rng.random() < 0.3)
            if tasks := self._agenda.tasks():
                self._live("officer", self._trap("act"), tasks=tasks)
            self._live("worker", self._trap(*self._busy_parts()))
            self._act([self._rng.choice(self._people)])
            self._pass_time(self._rng.choice(DOWN_FOR))

    def _crowd(self) -> None:
        """Runs web, two workers and officers at once, and kills each at any moment."""
        self._crowded = True
        lives: list[Life] = []
        until = time.monotonic() + CROWD_SECONDS
        while self._traps_left > 0 and time.monotonic() < until:
            lives = [life for life in lives if not life.over.is_set()]
            while len(lives) < 2:
                lives.append(self._begin("crew", {"kill_after": self._rng.uniform(0.03, 0.4)}))
            self._carry_side_by_side()
            if tasks := self._agenda.tasks():
                lives.append(
                    self._begin("officer", {"kill_after": self._rng.uniform(0.01, 0.06)}, tasks=tasks)
                )
            self._act([self._rng.choice(self._people)])
            lives[0].over.wait(0.05)
        for life in lives:
            self._nursery.end(life)
        self._door.close()
        self._crowded = False

    def _carry_side_by_side(self) -> None:
        webhooks = self._simulator.webhooks
        webhooks.retry_now()

        def carry() -> None:
            while (outgoing := webhooks.claim()) is not None:
                webhooks.finish(outgoing)

        executor = [threading.Thread(target=carry) for _ in range(3)]
        for postman in executor:
            postman.start()
        for postman in executor:
            postman.join()

    def _settle(self) -> None:
        """Delivers and finishes everything with processes that are not killed; time passes as far as needed."""
        self._door.close()
        until = time.monotonic() + STUCK_AFTER_SECONDS
        while time.monotonic() < until:
            statuses = self._simulator.deliver_webhooks(together=True)
            came_to_its_end = self._work_in_peace()
            if invariants.somebody_waits(self._ledger.waited):
                return
            waiting = self._agenda.waiting()
            is_quiet = not waiting and all(status == 200 for status in statuses)
            if is_quiet and not self._agenda.try_the_innocent_again():
                return
            # An idle worker has done what could be done now; the rest waits for a later time. A worker that was killed
            # could not do all of it.
            later = [at for at in waiting if at > now()]
            if later and came_to_its_end:
                self._pass_time((min(later) - now()).total_seconds() + 0.001)
        raise TimeoutError(f"The town does not come to rest. {list(self._nursery.troubles)}")

    def _work_in_peace(self) -> bool:
        """Runs a worker that is not killed; returns False if a message that it reads ends it."""
        due = self._agenda.due(self._harmful_lane)
        life = self._live("worker", {})
        self._ledger.waited.update(due & self._agenda.waiting_rows())
        return life.hit is None

    def _clean_up(self) -> None:
        """Deletes what is left over by the hourly tidying, which is killed at each of its points first."""
        self._people += move_in(self._simulator, self._rng, ["PASSERBY"])
        self._people[-1].act()
        self._people[-1].sends_a_photo()
        self._settle()
        self._pass_time(2 * 3600 + 60)
        for moment in POINTS["tidy"]:
            self._live("tidy", {"point": f"tidy: {moment}"})
        self._live("tidy", {})

    # The processes, and how they end.

    def _busy_parts(self) -> tuple[str, ...]:
        """Returns the parts to disturb: mostly fetching, while photos are on their way."""
        sent = sum(person.photos_sent for person in self._people)
        if self._rng.random() < 0.8 and self._agenda.are_photos_on_their_way(sent):
            return ("fetch", "keep")
        return ("work", "pack", "settle")

    def _trap(self, *parts: str) -> dict[str, Any]:
        """Returns a trap, or None when enough processes were killed."""
        return self._deck.deal(parts) if self._traps_left > 0 else {}

    def _bear_web(self) -> Life:
        ends: dict[str, Any] = {}
        if self._traps_left > 0:
            at_any_moment = {"kill_after": self._web_rng.uniform(0.01, 0.3)}
            ends = at_any_moment if self._crowded else self._web_deck.deal(["web"])
        return self._begin("web", ends, crowded=self._crowded, seed=self._web_rng.getrandbits(32))

    def _live(self, role: str, ends: dict[str, Any], **more: Any) -> Life:
        """Runs one process from its fork to its end."""
        life = self._nursery.wait(self._begin(role, ends, seed=self._rng.getrandbits(32), **more))
        if "point" in ends and life.hit is None:
            self._deck.put_back(ends["point"])
        return life

    def _begin(self, role: str, ends: dict[str, Any], **more: Any) -> Life:
        order = {
            "database_url": self._plot.database_url,
            "folder": self._plot.folder,
            "line_url": self._address,
            "offset": self._shifted,
            "bug": self._bug,
        }
        return self._nursery.begin(role, {**order, "seed": 0, **ends, **more})

    def _when_over(self, life: Life) -> None:
        if life.hit and life.hit.startswith("harm: "):
            self._ledger.note(time.time() * 1000, f"{life.role} {life.number} dies at {life.hit}")
            with self._bookkeeping:
                self._report.points[life.hit] += 1
        elif life.was_killed:
            self._ledger.note(time.time() * 1000, f"{life.role} {life.number} dies at {life.hit}")
            with self._bookkeeping:
                self._report.kills += 1
                self._kills_left -= 1
                self._traps_left -= 1
                self._report.points[life.hit or f"{life.role}: at any moment"] += 1
        self._door.when_over(life)

    def _pass_time(self, seconds: float) -> None:
        """Lets time pass between two processes: the web application ends first."""
        if seconds:
            self._door.close()
            self._clock.shift(timedelta(seconds=seconds))
            self._shifted += seconds

    # What came of it.

    def _gather(self) -> Evidence:
        people = [*self._people, self._menace]
        return gather(self._database, self._plot.folder, self._simulator, self._ledger, people)

    def _is_something_wrong(self) -> bool:
        return any(violation.kind != "broken" for violation in invariants.check(self._gather()))
