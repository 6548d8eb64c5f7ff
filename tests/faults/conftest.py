"""Provides the zygote and the databases, one of each kind for all tests of this folder."""

import sys
from collections.abc import Iterator

import pytest

from tests.faults.grounds import Grounds, grounds
from tests.faults.nursery import Nursery, a_nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    if sys.platform != "linux":
        pytest.skip("processes are forked and killed as Linux does it")
    with a_nursery() as opened:
        yield opened


@pytest.fixture(scope="session")
def sqlite_ground(nursery: Nursery) -> Iterator[Grounds]:
    with grounds("sqlite") as ground:
        assert ground is not None
        _rehearse(nursery, ground)
        yield ground


@pytest.fixture(scope="session")
def postgresql_ground(nursery: Nursery) -> Iterator[Grounds]:
    with grounds("postgresql") as ground:
        if ground is None:
            pytest.skip("no PostgreSQL here: install it, or name a server in TEST_DATABASE_URL")
        _rehearse(nursery, ground)
        yield ground


def _rehearse(nursery: Nursery, ground: Grounds) -> None:
    with ground.plot() as plot:
        nursery.rehearse(plot.database_url, plot.folder)
