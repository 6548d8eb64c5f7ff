"""Describes the result of one run, in figures and, where a promise was broken, as a story."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults import invariants
from tests.faults.evidence import Evidence, Ledger
from tests.faults.invariants import Violation


@dataclass
class Report:
    seed: str
    kills: int = 0
    points: Counter[str] = field(default_factory=Counter)
    acked: int = 0
    cases: int = 0
    shown: int = 0
    dropped: int = 0
    told_twice: int = 0
    violations: Sequence[Violation] = ()
    troubles: Sequence[str] = ()
    story: Sequence[str] = ()

    def judge(self, seen: Evidence, ledger: Ledger, troubles: Sequence[str]) -> None:
        self.acked, self.cases = len(seen.acked), len(seen.cases)
        self.shown = sum(len(shown) for shown in seen.shown.values())
        self.dropped = sum(row.state == "dropped" for row in seen.outbox)
        self.told_twice = len(invariants.told_twice_by_design(seen))
        self.violations, self.troubles = invariants.check(seen), list(troubles)
        self.story = [line for violation in self.violations[:2] for line in ledger.story(str(violation))]

    def figures(self) -> str:
        return (
            f"{self.kills} kills, {self.acked} events acknowledged, {self.cases} cases, {self.shown} messages shown, "
            f"{self.dropped} late replies let go, {self.told_twice} told again in doubt"
        )
