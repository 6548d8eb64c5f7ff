"""Child processes of tests: ended with all their own children however the test ends, even when it is killed itself."""

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
    """A process in a session of its own; `with Child([...]) as process:` ends it and everything it has started.

    What it prints, where nobody reads it from a pipe, is shown with the error of the test. `polite_seconds` is how long
    it may take to end by itself when it is asked to, before it is killed.
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
        """The last lines of it."""
        if self._printed is None or self._printed.closed:
            return ""
        size = os.fstat(self._printed.fileno()).st_size
        words = os.pread(self._printed.fileno(), size, 0).decode(errors="replace")
        return "\n".join(words.splitlines()[-LINES_SHOWN:])

    def end(self) -> int:
        """Its exit code; whatever is left of its session is killed, also when it has ended by itself."""
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
    """To its end, which must be a good one unless `check` is False; returns what it said and complained of."""
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
    """One for each test process; whoever was forked from it has another."""
    guard = ProcessGuard()
    atexit.register(guard.close)
    return guard
