"""Tests fair turns: two turnstiles of one file behave like two processes, because each has opened it itself."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from store.database.writer_lock import WriterLock
from tests.waiting import PATIENCE_SECONDS, finish

TURNS, LONG_SECONDS = 25, 0.004


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[WriterLock, WriterLock]]:
    ours, theirs = (WriterLock(str(tmp_path / "town.db")) for _ in range(2))
    yield ours, theirs
    ours.close()
    theirs.close()


def soon() -> float:
    return time.monotonic() + PATIENCE_SECONDS


def test_who_writes_all_the_time_lets_in_whoever_waits(two: tuple[WriterLock, WriterLock]) -> None:
    greedy, modest = two
    turns, over = [0], threading.Event()

    def write_all_the_time() -> None:
        while not over.is_set():
            with greedy.passed(soon()):
                turns[0] += 1
                time.sleep(LONG_SECONDS)

    def turns_waited_for() -> int:
        time.sleep(LONG_SECONDS / 3)
        before = turns[0]
        with modest.passed(soon()):
            return turns[0] - before

    writer = threading.Thread(target=write_all_the_time)
    writer.start()
    try:
        waited_for = [turns_waited_for() for _ in range(TURNS)]
    finally:
        over.set()
        finish(writer, what="a writer")
    # The writer in progress, and at most one that began before we had queued; more where the machine paused us there.
    assert median(waited_for) <= 2


def test_one_is_in_at_a_time(two: tuple[WriterLock, WriterLock]) -> None:
    inside, most = [0], [0]

    def write(turnstile: WriterLock) -> None:
        for _ in range(TURNS):
            with turnstile.passed(soon()):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                time.sleep(0.0002)
                inside[0] -= 1

    writers = [threading.Thread(target=write, args=[turnstile]) for turnstile in two * 2]
    for writer in writers:
        writer.start()
    for writer in writers:
        finish(writer, what="a writer")
    assert most == [1]


@pytest.mark.parametrize("other", [0, 1], ids=["same process", "other process"])
def test_who_cannot_get_in_gives_up_in_time_and_is_in_nobodys_way(
    two: tuple[WriterLock, WriterLock], other: int
) -> None:
    refused = []

    def try_in_vain() -> None:
        with pytest.raises(TimeoutError), two[other].passed(time.monotonic() + 0.05):
            pass
        refused.append(other)

    with two[0].passed(soon()):
        waiting = threading.Thread(target=try_in_vain)
        waiting.start()
        finish(waiting, what="whoever waits in vain")
    assert refused == [other]
    for turnstile in two:
        with turnstile.passed(soon()):
            pass
