"""Tests several requests of a broadcast at a time, as in the worker process: the same recipients and limits."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.line.multicast import CHUNKS_AT_ONCE
from store.broadcasts.models import StopReason
from store.line.limits import MULTICAST_RECIPIENTS
from tests.stories.press import (
    act,
    another_mailer,
    approve,
    crowd,
    heard,
    named,
    progress,
    quota,
    requests,
    state_of,
)
from tests.town import Town

CHUNKS = 6
CROWD = CHUNKS * MULTICAST_RECIPIENTS


@pytest.fixture(autouse=True)
def executor(town: Town) -> Iterator[None]:
    with ThreadPoolExecutor(CHUNKS_AT_ONCE) as executor:
        town.mailer = another_mailer(town, executor=executor)
        yield


def test_the_first_request_goes_alone_and_the_others_together(town: Town) -> None:
    phones = crowd(town, CROWD)
    approve(town)
    town.mailer.mail_once()
    assert sum(heard(phones)) == MULTICAST_RECIPIENTS
    town.mailer.mail_once()
    assert heard(phones) == [1] * CROWD
    assert town.simulator.quota.used == CROWD


def test_the_quota_ends_at_exactly_the_resident_at_whom_it_ends(town: Town) -> None:
    phones, allowed = crowd(town, CROWD), 3 * MULTICAST_RECIPIENTS + 7
    reserve = town.app.municipality.plan.reserve
    quota(town, 10_000, 10_000 - reserve - allowed)
    broadcast = approve(town)
    town.settle()
    assert (sum(heard(phones)), state_of(town, broadcast)) == (allowed, ("stopped", StopReason.NO_QUOTA))
    assert (progress(town, broadcast).told, progress(town, broadcast).left) == (allowed, CROWD - allowed)
    quota(town, 10_000, 0)
    act(town, "resume", broadcast)
    town.settle()
    assert heard(phones) == [1] * CROWD
    assert len(named(town)) == CROWD


def test_what_one_of_them_left_open_is_asked_again_and_the_others_are_not(town: Town) -> None:
    phones = crowd(town, CROWD)
    broadcast = approve(town)
    town.mailer.mail_once()
    town.simulator.faults.turn(api_status_after_accept=True, count=1)
    town.settle()
    town.wait(seconds=30)
    assert heard(phones) == [1] * CROWD
    assert sorted(status for status, _ in requests(town)) == [200] * (CHUNKS - 1) + [409, 500]
    assert state_of(town, broadcast) == ("done", None)


def test_a_message_that_line_takes_from_nobody_is_not_offered_many_at_a_time(town: Town) -> None:
    crowd(town, CROWD)
    town.simulator.faults.turn(api_status="400")
    broadcast = approve(town)
    town.settle()
    assert state_of(town, broadcast) == ("stopped", StopReason.REFUSED)
    assert len(requests(town)) < 40
