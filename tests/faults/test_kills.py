"""Tests that what we acknowledged to LINE is done exactly once, whenever processes are killed, and notices bugs."""

import pytest

from tests.faults.bugs import BUGS
from tests.faults.episode import Episode
from tests.faults.grounds import Grounds
from tests.faults.nursery import Nursery
from tests.faults.points import ALL_POINTS
from tests.faults.report import Report
from tests.faults.walk import Walk

# The same seed makes the same residents, officers, faults and ends; `make faults SEED=...` takes any other.
SEED = "tessaban"
KILLS = 60


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_is_lost_or_done_twice_when_killed_at_any_point(
    kind: str, nursery: Nursery, request: pytest.FixtureRequest
) -> None:
    with request.getfixturevalue(f"{kind}_ground").plot() as plot:
        report = Walk(nursery, plot, f"{SEED}/0", 0).run()
    show(report)
    assert not report.violations, explained(report, kind)
    assert [point for point in ALL_POINTS if not report.points[point]] == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_is_lost_or_done_twice_when_killed_at_random(
    kind: str, nursery: Nursery, request: pytest.FixtureRequest
) -> None:
    with request.getfixturevalue(f"{kind}_ground").plot() as plot:
        report = Episode(nursery, plot, f"{SEED}/0", KILLS).run()
    show(report)
    assert not report.violations, explained(report, kind)
    assert report.kills >= KILLS


@pytest.mark.parametrize("bug", BUGS)
def test_the_check_notices(bug: str, nursery: Nursery, sqlite_ground: Grounds) -> None:
    """A kill hits the faulty moment or misses it, as the machine is busy or not: five walks are tried."""
    kinds = set[str]()
    for walk in range(5):
        with sqlite_ground.plot() as plot:
            report = Walk(nursery, plot, f"{SEED}/{walk}", 0, bug).run()
        show(report)
        kinds = {str(violation.kind) for violation in report.violations if violation.kind != "broken"}
        if kinds:
            return
    assert kinds, f"five walks did not notice: {bug}"


def show(report: Report) -> None:
    print(f"seed {report.seed}: {report.figures()}")  # noqa: T201 - shown with `pytest -s`


def explained(report: Report, kind: str) -> str:
    seed, _, number = report.seed.partition("/")
    again = f"make faults SEED={seed} EPISODE={number} DATABASE={kind}"
    return "\n".join(map(str, [*report.violations, *report.troubles, *report.story, again]))
