"""Runs what is measured as processes: started as the Procfile does, watched through /proc, killed at the end."""

import http.client
import json
import os
import re
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.bodies import SECRET, TOKEN
from tests.children import ROOT, Child
from tests.faults.grounds import Plot
from tests.faults.lives import KEY, SECRET_KEY
from tests.postgres import free_port
from tests.waiting import PATIENCE_SECONDS

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """Describes a command of ours or of a peer, with its children; `start_seconds` passed until its first answer."""

    pid: int
    port: int
    start_seconds: float

    def cpu_seconds(self) -> float:
        fields = [_of(pid, "stat").rpartition(") ")[2].split() for pid in self._family()]
        return sum(int(each[11]) + int(each[12]) for each in fields if each) / _TICKS

    def memory_bytes(self) -> int:
        """Returns the PSS, in which memory shared by several processes is counted in parts."""
        found = [
            re.search(r"^Pss: +(\d+) kB", _of(pid, "smaps_rollup"), re.MULTILINE) for pid in self._family()
        ]
        return sum(int(each[1]) * 1024 for each in found if each)

    def _family(self) -> list[int]:
        """Returns the command and its children: all processes of its session."""
        pids = [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]
        return [pid for pid in pids if _of(pid, "stat").rpartition(") ")[2].split()[3:4] == [str(self.pid)]]


def _of(pid: int, name: str) -> str:
    """Returns what /proc says of a process; nothing for one that has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except OSError:
        return ""


def procfile_line(name: str) -> str:
    """Returns a line of the Procfile; it binds this machine's own address unless told otherwise."""
    line = re.search(rf"^{name}: (.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE)
    assert line is not None
    return line[1]


@contextmanager
def started(command: str, environ: dict[str, str], *, serves: bool = True) -> Iterator[Server]:
    """Yields a running shell command with its port in PORT; all its processes are killed at the end."""
    port, began = free_port() if serves else 0, time.monotonic()
    environ = {**environ, "PORT": str(port), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with Child(["/bin/sh", "-c", f"exec {command}"], env=environ) as process:
        if serves:
            _wait_for(port, process)
        yield Server(process.pid, port, time.monotonic() - began)


def _wait_for(port: int, process: Child) -> None:
    """Waits until it answers over HTTP: an open port alone may belong to a process that still loads."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            call(port, "GET", "/healthz")
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
    raise TimeoutError("A server did not come up.")


def call(port: int, method: str, path: str, body: Any = None) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None)
        return connection.getresponse().read()
    finally:
        connection.close()


class Line:
    """Controls the counting stand-in for LINE from the benchmark's process."""

    def __init__(self, port: int) -> None:
        self.port, self.url = port, f"http://127.0.0.1:{port}"

    def behave(self, *, delay: float = 0.0, hangs: bool = False) -> None:
        """Sets how LINE behaves and resets its counts."""
        call(self.port, "POST", "/behave", {"delay": delay, "hangs": hangs})

    def counted(self) -> dict[str, Any]:
        counted: dict[str, Any] = json.loads(call(self.port, "GET", "/counted"))
        return counted


@contextmanager
def a_line() -> Iterator[Line]:
    command = [sys.executable, "-m", "tests.bench.line"]
    with Child(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield Line(int(process.stdout.readline()))


def environment(line: Line, plot: Plot | None = None) -> dict[str, str]:
    of_line = {
        "LINE_CHANNEL_SECRET": SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
        "LINE_API_URL": line.url,
        "LINE_API_DATA_URL": line.url,
    }
    of_town = {
        "DATABASE_URL": plot.database_url if plot else "",
        "MEDIA_URL": f"{plot.folder}/media" if plot else "",
        "DATA_KEY": b64encode(KEY).decode(),
        "SECRET_KEY": SECRET_KEY,
    }
    return {**os.environ, **of_line, **of_town}


@dataclass(frozen=True)
class Town:
    """Describes our web process and workers on a fresh database; `start_seconds` passed until their heartbeat."""

    plot: Plot
    web: Server
    workers: tuple[Server, ...]
    start_seconds: float


@contextmanager
def a_town(plot: Plot, line: Line, *, workers: int) -> Iterator[Town]:
    environ = environment(line, plot)
    with ExitStack() as stack:
        web = stack.enter_context(started(procfile_line("web"), environ))
        began = time.monotonic()
        pool = [started("python -m bot worker", environ, serves=False) for _ in range(workers)]
        servers = tuple(stack.enter_context(each) for each in pool)
        _wait_for_workers(web, workers)
        yield Town(plot, web, servers, time.monotonic() - began)


def _wait_for_workers(web: Server, workers: int) -> None:
    """Waits for the workers' heartbeat, which starts when all threads run; the web port is open before."""
    until = time.monotonic() + PATIENCE_SECONDS
    while workers and not json.loads(call(web.port, "GET", "/readyz"))["ready"]:
        if time.monotonic() > until:
            raise TimeoutError("The worker did not come up.")
        time.sleep(0.02)
