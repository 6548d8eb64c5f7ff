"""Tests that the disk has stored what our 200 promises before LINE reads it, because power may fail at any moment.

Killing processes cannot show this, because the kernel keeps what they wrote; so the system calls are watched.
"""

import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
import time_machine

from tests.children import Child, run
from tests.processes import SERVE, answers, environment, free_port
from tests.stories.test_webhook import an_event, body_of, signed
from tests.town import Town
from tests.waiting import PATIENCE_SECONDS, wait_until

CALLS = "pwrite64,fdatasync,fsync,sendto,sendmsg,write"
ON_SQLITE = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
APPLICATIONS = {"ours": "deploy.web:create_app()", "careless": "tests.stories.careless:create_app()"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Uses the true time, because other processes know no other."""
    with time_machine.travel(datetime.fromtimestamp(time.time(), UTC), tick=True) as traveller:
        yield traveller


@pytest.fixture(scope="module")
def strace() -> str:
    """Skips the test where strace is missing or may not trace processes."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("no strace here: install the package strace")
    tried = run([found, "-f", "-o", "/dev/null", "true"], check=False)
    if tried.returncode != 0:
        pytest.skip("strace may not watch processes here")
    return found


@contextmanager
def watched_web(strace: str, town: Town, trace: Path, application: str) -> Iterator[str]:
    """Yields the web process under strace."""
    port = free_port()
    watch = [
        strace,
        "-f",
        "-y",
        "-qq",
        "-s",
        "24",
        "-e",
        f"trace={CALLS}",
        "-e",
        "signal=none",
        "-o",
        str(trace),
    ]
    serve = [sys.executable, *SERVE, f"127.0.0.1:{port}", application]
    with Child([*watch, *serve], env=environment(town)):
        wait_until(lambda: answers(f"http://127.0.0.1:{port}"), what="the watched web process to answer")
        yield f"http://127.0.0.1:{port}"


def acknowledge(address: str, trace: Path, event_id: str) -> list[str]:
    """Returns the web process's system calls from the moment an event was sent until it was acknowledged."""
    seen = len(trace.read_text(errors="replace"))
    body = body_of(an_event(event_id))
    answer = requests.post(
        f"{address}/line/webhook", data=body, headers=signed(body), timeout=PATIENCE_SECONDS
    )
    assert answer.status_code == 200
    said = re.compile(r"(sendto|sendmsg|write)\(\d+<(TCP|socket).*HTTP/1\.1 200")

    def calls() -> list[str]:
        return trace.read_text(errors="replace")[seen:].splitlines()

    wait_until(lambda: any(said.search(line) for line in calls()), what="strace to note the 200")
    told = next(number for number, line in enumerate(calls()) if said.search(line))
    return calls()[:told]


def is_on_the_disk(calls: list[str]) -> bool:
    """Says whether the database's log was written and then synchronised to the disk completely."""
    written = [number for number, line in enumerate(calls) if re.search(r"pwrite64\(\d+<[^>]*-wal", line)]
    synced = [
        number
        for number, line in enumerate(calls)
        if re.search(r"(fdatasync|fsync)(\(\d+<[^>]*-wal>\)| resumed).*= 0", line)
    ]
    return bool(written and synced) and max(synced) > max(written)


@ON_SQLITE
@pytest.mark.parametrize(("application", "durable"), [("ours", True), ("careless", False)])
def test_an_event_is_on_the_disk_before_line_hears_that_we_have_it(
    town: Town, tmp_path: Path, strace: str, application: str, durable: bool
) -> None:
    trace = tmp_path / "trace"
    with watched_web(strace, town, trace, APPLICATIONS[application]) as address:
        seen = [is_on_the_disk(acknowledge(address, trace, f"01EVENT{number}")) for number in range(4)]
    # The first write makes the log itself.
    assert seen[1:] == [durable] * 3
