"""A process that ends what somebody has started, when that somebody is gone without having done so: after kill -9, too.

It reads the numbers of process groups from its input, "+N" when one begins and "-N" when one has ended. The input ends
when its writer ends, however that was, and then it ends the groups that are left.
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
    """The writer's side."""

    def __init__(self) -> None:
        # A session of its own: what ends the writer's whole group must not end the guard.
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
        """Ends what is left, and the guard."""
        with suppress(ValueError):  # closed already
            self._process.communicate()

    def _write(self, line: str) -> None:
        # One write for one line, because several threads may tell something at once.
        if self._process.stdin is not None:
            with suppress(BrokenPipeError, ValueError):
                self._process.stdin.write(line.encode())


def end_groups(groups: Iterable[int]) -> None:
    """Asks them to end, and makes those end that do not within a few seconds."""
    left = {group for group in groups if send(group, signal.SIGTERM)}
    until = time.monotonic() + GRACE_SECONDS
    while left and time.monotonic() < until:
        time.sleep(0.05)
        left = {group for group in left if send(group, 0)}
    for group in left:
        send(group, signal.SIGKILL)


def send(group: int, number: int) -> bool:
    """False when nobody is left in the group; macOS calls a group of the dead "not permitted"."""
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
