"""Runs the long version: `python -m tests.faults --kills 10000 [--seed S] [--database postgresql] [--episode N]`."""

import argparse
import secrets
import sys
import time
from collections import Counter

from tests.faults.bugs import BUGS
from tests.faults.episode import Episode
from tests.faults.grounds import grounds
from tests.faults.nursery import a_nursery
from tests.faults.points import ALL_POINTS
from tests.faults.report import Report

KILLS_IN_AN_EPISODE = 60


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", default="")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--episode", type=int, help="only this one of the seed's episodes")
    parser.add_argument("--bug", choices=tuple(BUGS), help="put a fault into the product on purpose")
    wanted = parser.parse_args()
    seed = wanted.seed or secrets.token_hex(4)
    print(f"seed {seed}, {wanted.database}")
    with a_nursery() as nursery, grounds(wanted.database) as ground:
        if ground is None:
            print("There is no PostgreSQL here.", file=sys.stderr)
            return 2
        with ground.plot() as plot:
            nursery.rehearse(plot.database_url, plot.folder)
        tally = Tally()
        numbers = [wanted.episode] if wanted.episode is not None else range(10**9)
        for number in numbers:
            with ground.plot() as plot:
                episode = Episode(nursery, plot, f"{seed}/{number}", KILLS_IN_AN_EPISODE, wanted.bug)
                tally.add(episode.run())
            if tally.kills >= wanted.kills:
                break
    tally.sum_up()
    return 1 if tally.failures else 0


class Tally:
    def __init__(self) -> None:
        self._began = time.monotonic()
        self.kills = self.acked = self.cases = self.shown = self.dropped = self.told_twice = 0
        self.kinds: Counter[str] = Counter()
        self.points: Counter[str] = Counter()
        self.failures: list[Report] = []

    def add(self, report: Report) -> None:
        for name in ("kills", "acked", "cases", "shown", "dropped", "told_twice"):
            setattr(self, name, getattr(self, name) + getattr(report, name))
        self.kinds.update(violation.kind for violation in report.violations)
        self.points.update(report.points)
        if report.violations:
            self.failures.append(report)
            print(
                f"\nepisode {report.seed}:", *report.violations, *report.troubles, *report.story, sep="\n  "
            )
        print(f"\r{self.line()}", end="", flush=True)

    def line(self) -> str:
        seconds = time.monotonic() - self._began
        return (
            f"{self.kills} kills, {self.acked} events acked, {self.kinds['lost']} lost, "
            f"{self.kinds['doubled']} doubled, {self.kinds['waits']} made to wait, "
            f"{self.kinds['broken']} broken, {self.kills / seconds:.1f} kills/s "
        )

    def sum_up(self) -> None:
        seconds = time.monotonic() - self._began
        print(f"\r{self.line()}in {seconds:.0f} s")
        print(
            f"{self.cases} cases, {self.shown} messages shown, {self.dropped} late replies let go,", end=" "
        )
        print(f"{self.told_twice} messages told again because LINE could no longer be asked")
        for point, kills in sorted(self.points.items()):
            print(f"{kills:8} {point}")
        if missed := [point for point in ALL_POINTS if point not in self.points]:
            print("not reached:", ", ".join(missed))
        for report in self.failures:
            print(f"failed: SEED={report.seed.partition('/')[0]} EPISODE={report.seed.partition('/')[2]}")


if __name__ == "__main__":
    sys.exit(main())
