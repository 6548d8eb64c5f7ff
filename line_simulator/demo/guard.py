"""Ends child processes when their parent is gone without having ended them, even after kill -9.

The guard reads process group numbers from its standard input: "+N" when a group starts, "-N" when it has
ended. The input closes when the parent ends, for whatever reason; the guard then ends the groups that are
left.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

GRACE_SECONDS = 5.0


class ProcessGuard:
    """Starts the guard process and tells it which process groups run; used by the parent."""

    def __init__(self) -> None:
        # Runs in its own session, so that a signal to the parent's process group does not end the guard.
        self._process = subprocess.Popen(  # noqa: S603 - our own file, no shell
            [sys.executable, "-I", "-S", str(Path(__file__).resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )

    def watch(self, group: int) -> None:
        self._write(f"+{group}\n")

    def forget(self, group: int) -> None:
        self._write(f"-{group}\n")

    def close(self) -> None:
        """Ends the guard, and with it the groups that still run."""
        with suppress(ValueError):  # closed already
            self._process.communicate()

    def _write(self, line: str) -> None:
        # Writes each line in one call, because several threads may write at once.
        if self._process.stdin is not None:
            with suppress(BrokenPipeError, ValueError):
                self._process.stdin.write(line.encode())


def end_groups(groups: Iterable[int]) -> None:
    """Sends SIGTERM to the groups, and SIGKILL to those that still run after GRACE_SECONDS."""
    left = {group for group in groups if send(group, signal.SIGTERM)}
    until = time.monotonic() + GRACE_SECONDS
    while left and time.monotonic() < until:
        time.sleep(0.05)
        left = {group for group in left if send(group, 0)}
    for group in left:
        send(group, signal.SIGKILL)


def send(group: int, number: int) -> bool:
    """Sends the signal to the group; returns False when the group has no process. macOS then says "not permitted"."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def main() -> None:
    groups: set[int] = set()
    for line in sys.stdin:
        number = int(line)
        groups = groups | {number} if number > 0 else groups - {-number}
    end_groups(groups)


if __name__ == "__main__":
    main()
