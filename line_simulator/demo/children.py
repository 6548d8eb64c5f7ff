"""Starts the processes of the demo, watches them, and ends all of them when the demo ends."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from line_simulator.demo.guard import GRACE_SECONDS, ProcessGuard, send

ROOT = Path(__file__).parents[2]
POLL_SECONDS = 0.05
LOG_LINES_SHOWN = 15


class Stopped(Exception):
    """Says that the user pressed Ctrl-C or that a signal asked the demo to end."""


class DemoError(Exception):
    """Says why the demo cannot go on, in words for the person at the terminal."""


class Stop:
    """Remembers whether a signal has asked the demo to end.

    The handler only sets a flag. A handler that takes a lock, as an Event does, would deadlock when a second
    signal interrupts the first.
    """

    asked = False

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked = True


@dataclass
class Children:
    """Runs the child processes. Every wait of the demo goes through this class, so that a stop request ends it at once.

    The guard ends the children when the demo itself is killed.
    """

    environment: Mapping[str, str]
    logs: Path
    stop: Stop = field(default_factory=Stop)
    guard: ProcessGuard = field(default_factory=ProcessGuard)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *arguments: str) -> None:
        """Runs `python -m ARGUMENTS` until the demo ends."""
        self.running[name] = self._open(name, arguments)

    def run(self, name: str, *arguments: str, stdin_text: str = "") -> None:
        """Runs `python -m ARGUMENTS` to its end; raises DemoError when its exit code is not 0."""
        process = self._open(name, arguments, stdin_text)
        try:
            self.wait_for(lambda: process.poll() is not None, f"{name} to finish")
        finally:
            self._end(process)
        if process.returncode != 0:
            raise DemoError(f"{name} ended with {process.returncode}.\n{self._last_lines(name)}")

    def wait_for(self, happens: Callable[[], bool], what: str, *, seconds: float = 180.0) -> None:
        """Waits until the condition holds. Raises Stopped on a stop request; DemoError after `seconds`, or
        when a child ends."""
        deadline = time.monotonic() + seconds
        while not happens():
            self.check()
            if time.monotonic() > deadline:
                raise DemoError(
                    f"Waited {seconds:.0f} seconds for {what}, in vain. The logs are in {self.logs}."
                )
            time.sleep(POLL_SECONDS)

    def watch(self) -> None:
        """Waits for ever; raises Stopped on a stop request, DemoError when a child ends by itself."""
        while True:
            self.check()
            time.sleep(POLL_SECONDS)

    def check(self) -> None:
        if self.stop.asked:
            raise Stopped
        for name, process in self.running.items():
            if process.poll() is not None:
                raise DemoError(
                    f"{name} has ended by itself ({process.returncode}).\n{self._last_lines(name)}"
                )

    def end(self) -> None:
        """Sends SIGTERM to all children, and SIGKILL to those that still run after GRACE_SECONDS."""
        for process in self.running.values():
            send(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for process in self.running.values():
            self._end(process, seconds=max(0.0, deadline - time.monotonic()))
        self.guard.close()

    def _open(self, name: str, arguments: Sequence[str], stdin_text: str = "") -> subprocess.Popen[bytes]:
        with open(self.logs / f"{name}.log", "wb") as log:
            # Each child has its own session: Ctrl-C reaches only the demo, which ends its children in order.
            process = subprocess.Popen(  # noqa: S603 - our own commands, no shell
                [sys.executable, "-m", *arguments],
                cwd=ROOT,
                env=dict(self.environment),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.guard.watch(process.pid)
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.write(stdin_text.encode())
                process.stdin.close()
        return process

    def _end(self, process: subprocess.Popen[bytes], *, seconds: float = 0.0) -> None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        # Kills the group even when its leader has ended: a killed leader may have left children.
        send(process.pid, signal.SIGKILL)
        process.wait()
        self.guard.forget(process.pid)

    def _last_lines(self, name: str) -> str:
        file = self.logs / f"{name}.log"
        lines = file.read_text("utf-8", "replace").splitlines()[-LOG_LINES_SHOWN:]
        return "\n".join([f"The last lines of {file}:", *(f"  {line}" for line in lines)])
