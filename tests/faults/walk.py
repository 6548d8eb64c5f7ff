"""Runs without chance: every point once, at its first passage, and then usually a second kill."""

from typing import Any

from tests.faults.bugs import BUGS
from tests.faults.episode import Episode
from tests.faults.harm import words_of_harm
from tests.faults.nursery import Life
from tests.faults.points import ALL_POINTS, POINTS

RESTARTED_AFTER_SECONDS = 21
# How often a bug is given its chance at each point.
ROUNDS = 6


class Walk(Episode):
    """Walks through all points. With a bug put in, it repeats the bug's parts until something is lost or doubled."""

    _web_ends: dict[str, Any] = {}  # noqa: RUF012 - replaced, never changed

    def _rounds(self) -> None:
        self._menace.reports_at_once()
        self._settle()
        self._case_of_the_menace = self._agenda.cases()[-1]
        for point in self._way():
            self._provoke(point)
            self._settle()
            if self._bug and self._is_something_wrong():
                return

    def _way(self) -> list[str]:
        if self._bug is None:
            return list(ALL_POINTS)
        return [f"{part}: {moment}" for part in BUGS[self._bug].parts for moment in POINTS[part]] * ROUNDS

    def _provoke(self, point: str) -> None:
        """Makes something happen that passes the point, and kills the process that passes."""
        part, _, moment = point.partition(": ")
        if part == "harm":
            self._do_harm(moment)
            return
        ends = {"point": point}
        self._let_happen(part)
        self._door.close()
        self._web_ends = ends if part == "web" else {}
        self._simulator.deliver_webhooks()
        self._web_ends = {}
        if part == "act":
            self._live("officer", ends, tasks=[self._news()])
        elif part not in ("web", "tidy"):
            self._live("worker", ends)
        self._die_again()

    def _do_harm(self, kind: str) -> None:
        """Harms the process that reads an event and the one that writes a notice, while others write and wait."""
        self._menace.does_harm(kind)
        self._act(self._people)
        self._settle()
        harmful = self._agenda.task(self._case_of_the_menace, "tell")
        harmful["note"] += f" {words_of_harm(kind)}"
        self._live("officer", {}, tasks=[harmful, *(self._news() for _ in self._people)])

    def _let_happen(self, part: str) -> None:
        """Sends a photo or news by push, or lets a resident do something."""
        someone = self._rng.choice(self._people)
        if part in ("fetch", "keep"):
            someone.sends_a_photo()
        elif part in ("pack", "settle") and self._rng.random() < 0.5:
            self._live("officer", {}, tasks=[self._news()])
        else:
            someone.act()

    def _news(self) -> dict[str, Any]:
        harmless = [case for case in self._agenda.cases() if case != self._case_of_the_menace]
        return self._agenda.task(self._rng.choice(harmless), "tell")

    def _die_again(self) -> None:
        """Kills the next process while it repairs the damage of the first kill."""
        self._pass_time(RESTARTED_AFTER_SECONDS)
        self._simulator.deliver_webhooks()
        self._live("worker", self._deck.deal(self._busy_parts()))

    def _bear_web(self) -> Life:
        return self._begin("web", self._web_ends)
