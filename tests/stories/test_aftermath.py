"""Tests the figures of a broadcast on the day after: who wrote, who left, and for how long these are kept."""

from typing import Any

import pytest

from store.broadcasts.models import Broadcast
from store.broadcasts.statistics import Results, results_of
from tests.stories.press import URGENT, approve
from tests.stories.scenes import friend
from tests.town import Town


def came_of(town: Town, broadcast: int) -> Results:
    with town.database.reading() as session:
        return results_of(session, session.get_one(Broadcast, broadcast))


@pytest.mark.parametrize("who", ["everyone", "friends"])
def test_who_writes_and_who_blocks_within_a_day_is_counted_once(town: Town, who: str) -> None:
    changes: dict[str, Any] = {"audience": {"who": who}, **URGENT}
    writes, leaves, later, _silent = (friend(town, name) for name in ("สมศรี", "ประสิทธิ์", "มานี", "ชูใจ"))
    broadcast = approve(town, **changes)
    town.settle()
    for phone in (writes, leaves):
        phone.says("ขอบคุณค่ะ")
        town.settle()
    leaves.blocks()
    town.wait(hours=25)
    later.says("เพิ่งเห็นค่ะ")
    town.settle()
    assert (came_of(town, broadcast).wrote, came_of(town, broadcast).blocked) == (1, 1)


def test_when_the_events_of_that_day_are_forgotten_nobody_is_said_to_have_been_silent(town: Town) -> None:
    phone = friend(town)
    broadcast = approve(town)
    town.settle()
    phone.says("ขอบคุณค่ะ")
    town.wait(days=31)
    assert came_of(town, broadcast).wrote is None
