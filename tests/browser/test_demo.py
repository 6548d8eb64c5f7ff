"""Tests the demo as a stranger starts it: one command, a town with work in it, and nothing left behind."""

import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from line_simulator.demo.children import Children, DemoError
from line_simulator.demo.keys import read_keys
from line_simulator.demo.officers import Officer
from line_simulator.demo.place import DemoSite
from line_simulator.demo.residents import plain_session
from store.municipality.profile import read_municipality
from store.settings import DEMO_MUNICIPALITY
from tests.children import Child
from tests.waiting import PATIENCE_SECONDS, wait_until

LINUX = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="looks at processes the way Linux shows them"
)


@dataclass(frozen=True)
class Demo:
    process: Child
    place: DemoSite
    shown: str
    """What stood on the terminal when it was ready."""

    def status_of(self, address: str) -> int:
        return plain_session().get(address, timeout=PATIENCE_SECONDS).status_code

    def pids(self) -> list[int]:
        """Lists every process below the demo: each is told of the folder in its environment."""
        return [int(pid.name) for pid in Path("/proc").glob("[0-9]*") if self._is_ours(pid)]

    def _is_ours(self, pid: Path) -> bool:
        try:
            return f"MEDIA_URL={self.place.data}".encode() in (pid / "environ").read_bytes()
        except OSError:
            return False

    def cases(self) -> list[str]:
        keys = read_keys(self.place.keys_file, [])
        supervisor = Officer(self.place.console, "wichai")
        assert supervisor.signs_in(keys["DEMO_PASSWORD_WICHAI"])
        return supervisor.finds_cases("tab=all")

    def is_gone(self) -> bool:
        return not self.pids()

    def complaints(self) -> list[str]:
        """Returns what the demo said between its start and the welcome, and errors in the logs of its processes."""
        said, _, welcome = self.shown.partition("starting ...\n")[2].partition("\n")
        assert "ready" in welcome
        logs = [line for log in self.place.logs.glob("*.log") for line in log.read_text().splitlines()]
        return [*filter(None, [said]), *(line for line in logs if '"error"' in line or "Traceback" in line)]


def started(place: DemoSite, **changes: str) -> Child:
    outer = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "line_simulator.demo", "--port", str(place.port)]
    return Child(
        [*command, "--folder", str(place.folder)],
        polite_seconds=PATIENCE_SECONDS,
        env={**outer, **changes},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


@contextmanager
def a_demo(place: DemoSite) -> Iterator[Demo]:
    """Starts a demo and reads until it is ready; the demo has deadlines of its own, so this ends in any case."""
    with started(place) as process:
        assert process.stdout is not None
        lines: list[str] = []
        while not lines or (lines[-1] and "Ctrl-C" not in lines[-1]):
            lines.append(process.stdout.readline())
        shown = "".join(lines)
        assert lines[-1], f"It ended before it was ready.\n{shown}"
        yield Demo(process, place, shown)


@pytest.fixture
def place(tmp_path: Path) -> DemoSite:
    """Returns a place with three free ports in a row."""
    while True:
        found = DemoSite(random.randrange(20_000, 30_000), tmp_path)
        try:
            found.check_ports()
        except DemoError:
            continue
        return found


@LINUX
def test_one_command_opens_a_town_with_work_in_it_and_leaves_nothing_behind(place: DemoSite) -> None:
    with a_demo(place) as demo:
        for address in (f"{place.simulator}/", f"{place.web}/healthz", f"{place.console}/healthz"):
            assert demo.status_of(address) == 200
            assert address.removesuffix("healthz") in demo.shown or place.web in address
        assert demo.status_of(f"{place.web}/readyz") == 200
        assert demo.status_of(f"{place.console}/readyz") == 200
        # Five stories of today, and what store/operations/demo_town.py says of the days before.
        assert len(demo.cases()) == 13
        account = (
            plain_session().get(f"{place.simulator}/_sim/state", timeout=PATIENCE_SECONDS).json()["account"]
        )
        assert account["basicId"] == read_municipality(DEMO_MUNICIPALITY).account.basic_id
        assert place.keys_file.stat().st_mode & 0o777 == 0o600
        assert len(demo.pids()) >= 6
        assert demo.complaints() == []
        demo.process.send_signal(signal.SIGINT)
        assert demo.process.wait(PATIENCE_SECONDS) == 0
        assert demo.is_gone()
    place.check_ports()


def twice_and_its_group(demo: Demo) -> None:
    """Sends SIGTERM twenty times to the demo and to its group, as make does, which forwards what it gets itself."""
    for _ in range(20):
        demo.process.send_signal(signal.SIGTERM)
        os.killpg(demo.process.pid, signal.SIGTERM)


def with_no_chance_to_end_anything(demo: Demo) -> None:
    demo.process.kill()


@LINUX
@pytest.mark.parametrize(
    ("end", "code"), [(twice_and_its_group, 0), (with_no_chance_to_end_anything, -signal.SIGKILL)]
)
def test_however_it_is_ended_all_ends(place: DemoSite, end: Callable[[Demo], None], code: int) -> None:
    with a_demo(place) as demo:
        assert demo.complaints() == []
        end(demo)
        assert demo.process.wait(PATIENCE_SECONDS) == code
        wait_until(demo.is_gone, what="the processes of the demo to end")
    place.check_ports()


@LINUX
@pytest.mark.parametrize("begun", ["upgrade", "web", "richmenus"])
def test_it_can_be_ended_while_it_starts(place: DemoSite, begun: str) -> None:
    with started(place) as process:
        demo = Demo(process, place, "")
        wait_until((place.logs / f"{begun}.log").exists, what=f"the start of {begun}")
        process.send_signal(signal.SIGINT)
        words, _ = process.communicate(timeout=PATIENCE_SECONDS)
        assert (process.returncode, "ended" in words, "Traceback" in words) == (0, True, False)
        assert demo.is_gone()
    place.check_ports()


def test_a_taken_port_is_told_in_one_sentence_and_nothing_is_started(place: DemoSite) -> None:
    with socket.create_server(("127.0.0.1", place.port + 1)), started(place) as process:
        words, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert f"Port {place.port + 1} is taken" in words
    assert "Traceback" not in words
    assert not place.keys_file.exists()
    assert list(place.logs.iterdir()) == []


def test_a_database_that_does_not_answer_is_told_with_the_last_lines_of_the_log(place: DemoSite) -> None:
    nobody = f"postgresql+psycopg://nobody@127.0.0.1:{place.port + 1}/nothing"
    with started(place, DATABASE_URL=nobody) as process:
        words, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert "upgrade ended with 2" in words or "upgrade ended with 1" in words
    assert "OperationalError" in words


def test_when_one_process_ends_the_demo_says_which_and_ends_the_others(tmp_path: Path) -> None:
    children = Children(os.environ, tmp_path)
    children.start("stayer", "http.server", "--bind", "127.0.0.1", "0")
    children.start("leaver", "json.tool", str(tmp_path / "nothing"))
    with pytest.raises(DemoError, match="leaver has ended by itself"):
        children.watch()
    children.end()
    assert children.running["stayer"].returncode == -signal.SIGTERM
