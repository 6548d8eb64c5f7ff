"""Runs child processes of tests, which end with all their own children however the test ends, even by a kill."""

import atexit
import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

from line_simulator.demo.guard import ProcessGuard, send
from tests.waiting import PATIENCE_SECONDS

ROOT = Path(__file__).parents[1]
LINES_SHOWN = 40


class Child(subprocess.Popen[Any]):
    """Runs a process in a session of its own; `with Child([...]) as process:` ends it and all that it has started.

    Output that no pipe reads is shown with the error of the test. `polite_seconds` is how long it may take to end by
    itself when it is asked to, before it is killed.
    """

    def __init__(self, command: Sequence[str], *, polite_seconds: float = 0.0, **options: Any) -> None:
        self._polite_seconds, self._ended = polite_seconds, False
        self._printed: IO[bytes] | None = None
        if "stdout" not in options:
            self._printed = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
            options = {"stdout": self._printed, "stderr": self._printed, **options}
        defaults: dict[str, Any] = {"cwd": ROOT, "stdin": subprocess.DEVNULL, "start_new_session": True}
        super().__init__(command, **{**defaults, **options})
        _guard_of(os.getpid()).watch(self.pid)

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is not None and (printed := self.printed()):
            error.add_note(f"{self.args!r} has printed:\n{printed}")
        self.end()

    def printed(self) -> str:
        """Returns the last lines of its output."""
        if self._printed is None or self._printed.closed:
            return ""
        size = os.fstat(self._printed.fileno()).st_size
        words = os.pread(self._printed.fileno(), size, 0).decode(errors="replace")
        return "\n".join(words.splitlines()[-LINES_SHOWN:])

    def end(self) -> int:
        """Ends the session and returns the exit code; what is left is killed, even if the process has ended."""
        if self._ended:
            return int(self.returncode)
        if self._polite_seconds and self.poll() is None:
            self.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.wait(self._polite_seconds)
        send(self.pid, signal.SIGKILL)
        code = self.wait(PATIENCE_SECONDS)
        self._ended = True
        _guard_of(os.getpid()).forget(self.pid)
        for opened in (self.stdin, self.stdout, self.stderr, self._printed):
            if opened is not None:
                with suppress(BrokenPipeError):
                    opened.close()
        return code


def run(
    command: Sequence[str],
    *,
    given: bytes = b"",
    check: bool = True,
    seconds: float = PATIENCE_SECONDS,
    **options: Any,
) -> "subprocess.CompletedProcess[str]":
    """Runs it to its end, which must be a success unless `check` is False; returns its output and error output."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with Child(command, **{**pipes, **options}) as process:
        try:
            said, complained = (out.decode() for out in process.communicate(given, timeout=seconds))
        except subprocess.TimeoutExpired as late:
            raise TimeoutError(
                f"{command} did not end within {seconds:.0f} seconds: {late.output!r}"
            ) from late
    done = subprocess.CompletedProcess(command, process.returncode, said, complained)
    assert not check or done.returncode == 0, f"{command} ended with {done.returncode}:\n{said}\n{complained}"
    return done


@cache
def _guard_of(_process: int) -> ProcessGuard:
    """Returns the guard of this test process; a process forked from it has another."""
    guard = ProcessGuard()
    atexit.register(guard.close)
    return guard
