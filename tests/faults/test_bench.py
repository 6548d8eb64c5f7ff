"""Tests that the benchmark opens a town and a peer and gets answers, so that `make bench` works when it is needed."""

from collections.abc import Iterator

import pytest

from tests.bench.servers import a_line
from tests.bench.town import Bench, read_books
from tests.faults.grounds import grounds
from tests.waiting import wait_until


@pytest.fixture
def bench() -> Iterator[Bench]:
    with a_line() as line, grounds("sqlite") as ground:
        assert ground is not None
        yield Bench(line, {"sqlite": ground}, rounds=1, seconds=1.0)


def test_a_town_of_the_benchmark_answers_what_it_acknowledged(bench: Bench) -> None:
    with bench.town("sqlite") as town:
        sent = bench.load(town.web, rate=20, warm_up=0)
        assert sent.due
        assert sent.refused == 0
        wait_until(lambda: not read_books(town.plot).waiting, what="every event to be answered")
        assert sent.due.keys() <= bench.line.counted()["heard"].keys()


@pytest.mark.parametrize("peer", ["bare", "sdk_echo"])
def test_a_peer_of_the_benchmark_acknowledges(bench: Bench, peer: str) -> None:
    with bench.peer(peer) as server:
        sent = bench.load(server, rate=20, warm_up=0)
    assert sent.due
    assert sent.refused == 0
