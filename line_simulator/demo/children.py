"""The processes of the demo: started together, watched, and ended together whatever happens."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
GRACE_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 0.05
LINES_SHOWN = 15


class Stopped(Exception):
    """Somebody pressed Ctrl-C, or asked the demo to end."""


class Trouble(Exception):
    """The demo cannot go on; the message says why, in words for the person at the terminal."""


@dataclass
class Children:
    """`stop` is set by a signal; everything that waits, waits through here and so ends at once."""

    environment: Mapping[str, str]
    logs: Path
    stop: threading.Event = field(default_factory=threading.Event)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *arguments: str) -> None:
        """Runs `python -m ARGUMENTS` until the demo ends."""
        self.running[name] = self._open(name, arguments)

    def run(self, name: str, *arguments: str, typed: str = "") -> None:
        """Runs `python -m ARGUMENTS` to its end, which must be a good one."""
        process = self._open(name, arguments, typed)
        try:
            self.wait_for(lambda: process.poll() is not None, f"{name} to finish")
        finally:
            _end(process)
        if process.returncode != 0:
            raise Trouble(f"{name} ended with {process.returncode}.\n{self._last_lines(name)}")

    def wait_for(self, happens: Callable[[], bool], what: str, *, seconds: float = 60.0) -> None:
        """Until it happens; Stopped, or Trouble when it takes too long or a process has ended meanwhile."""
        deadline = time.monotonic() + seconds
        while not happens():
            self.check()
            if time.monotonic() > deadline:
                raise Trouble(
                    f"Waited {seconds:.0f} seconds for {what}, in vain. The logs are in {self.logs}."
                )
            self.stop.wait(LOOK_AGAIN_SECONDS)

    def watch(self) -> None:
        """Until somebody ends the demo (Stopped) or a process ends by itself (Trouble)."""
        while True:
            self.check()
            self.stop.wait(0.25)

    def check(self) -> None:
        if self.stop.is_set():
            raise Stopped
        for name, process in self.running.items():
            if process.poll() is not None:
                raise Trouble(f"{name} has ended by itself ({process.returncode}).\n{self._last_lines(name)}")

    def end(self) -> None:
        """Asks all to end, and makes those end who do not within a few seconds."""
        for process in self.running.values():
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for process in self.running.values():
            _end(process, patience=max(0.0, deadline - time.monotonic()))

    def _open(self, name: str, arguments: Sequence[str], typed: str = "") -> subprocess.Popen[bytes]:
        with open(self.logs / f"{name}.log", "wb") as log:
            # Sessions of their own: the terminal's Ctrl-C reaches the demo alone, which ends them in order.
            process = subprocess.Popen(  # noqa: S603 - our own commands, no shell
                [sys.executable, "-m", *arguments],
                cwd=ROOT,
                env=dict(self.environment),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if process.stdin is not None:
            process.stdin.write(typed.encode())
            process.stdin.close()
        return process

    def _last_lines(self, name: str) -> str:
        file = self.logs / f"{name}.log"
        lines = file.read_text("utf-8", "replace").splitlines()[-LINES_SHOWN:]
        return "\n".join([f"The last lines of {file}:", *(f"  {line}" for line in lines)])


def _end(process: subprocess.Popen[bytes], *, patience: float = 0.0) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    # Also when it has ended: one that was killed may have left children of its own.
    _signal(process, signal.SIGKILL)
    process.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # A group that is gone is what we want; macOS calls one whose last member is not reaped yet "not permitted".
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
