"""Keeps one worker process alive: starts it, ends it when a step hangs or its memory grows too far, starts it again.

A worker commits the count of a message's tries before it handles the message (store.messaging). So a message that hangs
or kills its worker is given up after a few tries, and everybody else is answered meanwhile.
"""

import ctypes
import faulthandler
import logging
import os
import resource
import select
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from bot.supervision.watchdog import Step, Watchdog
from store.logs import failure_fields, place_in_dump

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.25
# A worker that dies soon after its start is started again after a pause, which grows each time.
LIVED_WELL_SECONDS, LONGEST_PAUSE_SECONDS = 30.0, 2.0
LEAVES_WITHIN_SECONDS, DUMPS_WITHIN_SECONDS = 30.0, 3.0
# Exit codes of a worker. After the first two it is not started again: it was asked to end, or its settings are wrong.
LEFT = 0
CANNOT_START = 2
CRASHED = 70
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class WorkerLimits:
    """Sets the limits of a worker.

    `cpu_seconds` is the processor time that a step's thread may use: an endless loop soon uses it up on any machine, a
    thread that waits on a busy machine does not. `seconds` is how long a step may last, for one that waits for ever.
    `looks` is how many times in a row the supervisor may find no sign of life, for a hang outside of steps. It counts
    looks and not seconds, because a machine that sleeps or is too busy also stops the supervisor.
    """

    cpu_seconds: float = 3.0
    seconds: float = 30.0
    looks: int = 120
    memory_bytes: int = 768 * 2**20


@dataclass(frozen=True)
class Objection:
    """Says why a worker must be ended. `step` is the step that is the cause, or None if that is not certain."""

    reason: str
    step: Step | None


class Guard:
    """Checks one worker against the limits. It reads the watchdog's memory, which the worker writes, and /proc."""

    def __init__(self, watchdog: Watchdog, limits: WorkerLimits) -> None:
        self._watchdog, self._limits = watchdog, limits
        self._cpu_at_first_sight: dict[Step, float] = {}
        self._signs_of_life, self._looks_without = 0, 0

    def objection(self, worker: int) -> Objection | None:
        steps = self._watchdog.under_way()
        if overdue := next((step for step in steps if self._is_overdue(worker, step)), None):
            return Objection("a step takes too long", overdue)
        self._cpu_at_first_sight = {step: self._cpu_at_first_sight[step] for step in steps}
        if self._stands_still():
            return Objection("no sign of life", steps[0] if len(steps) == 1 else None)
        if _memory(worker) > self._limits.memory_bytes:
            return Objection("too much memory", steps[0] if len(steps) == 1 else None)
        return None

    def _stands_still(self) -> bool:
        signs = self._watchdog.signs_of_life
        self._looks_without = self._looks_without + 1 if 0 < signs == self._signs_of_life else 0
        self._signs_of_life = signs
        return self._looks_without > self._limits.looks

    def _is_overdue(self, worker: int, step: Step) -> bool:
        cpu = _cpu_seconds(worker, step.native_thread)
        used = cpu - self._cpu_at_first_sight.setdefault(step, cpu)
        return used > self._limits.cpu_seconds or time.monotonic() - step.began > self._limits.seconds


class Supervisor:
    """Calls `run` in a child process, and in a new one when that ends.

    `run` must return after the child gets SIGTERM; its result is the child's exit code.
    """

    def __init__(self, run: Callable[[Watchdog], int], limits: WorkerLimits | None = None) -> None:
        self._run, self._limits = run, limits or WorkerLimits()
        self._must_leave = False

    def serve(self) -> int:
        """Runs one worker after the other until SIGTERM or SIGINT, or until one exits with LEFT or CANNOT_START.

        Returns the exit code.
        """
        self._wakeups, writing = os.pipe()
        os.set_blocking(self._wakeups, False)
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, _do_nothing)
        pause = 0.0
        while not self._must_leave:
            began = time.monotonic()
            code = self._live_through()
            if code in (LEFT, CANNOT_START):
                return code
            log.critical("the worker died", extra={"status": code})
            lived_well = time.monotonic() - began > LIVED_WELL_SECONDS
            pause = 0.0 if lived_well else min(2 * pause + 0.1, LONGEST_PAUSE_SECONDS)
            self._wait(0.0)  # Consumes the SIGCHLD of the worker that has just ended.
            self._wait(pause)
        return LEFT

    def _wait(self, seconds: float) -> None:
        """Waits until a signal arrives, for at most `seconds`, and notes whether it was SIGTERM or SIGINT."""
        select.select([self._wakeups], [], [], seconds)
        with suppress(BlockingIOError):
            while arrived := os.read(self._wakeups, 64):
                if signal.SIGTERM in arrived or signal.SIGINT in arrived:
                    self._must_leave = True

    def _live_through(self) -> int:
        """Runs one worker until it ends; returns its exit code, negative for the signal that ended it."""
        watchdog = Watchdog()
        guard = Guard(watchdog, self._limits)
        with tempfile.TemporaryFile() as dump:
            worker = _fork(self._run, watchdog, dump)
            leave_until = None
            while (code := _exit_code(worker)) is None:
                self._wait(LOOK_EVERY_SECONDS)
                if self._must_leave and leave_until is None:
                    leave_until = time.monotonic() + LEAVES_WITHIN_SECONDS
                    os.kill(worker, signal.SIGTERM)
                elif leave_until is not None and time.monotonic() > leave_until:
                    os.kill(worker, signal.SIGKILL)
                if objection := guard.objection(worker):
                    _end(worker, objection, dump)
            return code


def _do_nothing(_signal: int, _frame: object) -> None:
    """Ignores the signal; Python writes its number to the wake-up pipe all the same."""


def _fork(run: Callable[[Watchdog], int], watchdog: Watchdog, dump: BinaryIO) -> int:
    supervisor = os.getpid()
    worker = os.fork()
    if worker == 0:
        _become_worker(run, watchdog, dump, supervisor)
    return worker


def _become_worker(
    run: Callable[[Watchdog], int], watchdog: Watchdog, dump: BinaryIO, supervisor: int
) -> NoReturn:
    code = CRASHED
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        _die_with(supervisor)
        # A memory image of the process on the disk would hold residents' words.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        faulthandler.enable(dump)
        threading.Thread(target=watchdog.show_life, daemon=True).start()
        code = run(watchdog)
    except BaseException as error:
        log.critical("the worker failed", extra=failure_fields(error))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _die_with(supervisor: int) -> None:
    """Makes Linux end this worker when the supervisor is gone; on other systems it goes on until it gets SIGTERM."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != supervisor:
            os._exit(LEFT)


def _end(worker: int, objection: Objection, dump: BinaryIO) -> None:
    """Ends the worker and logs the reason.

    At SIGABRT, faulthandler writes where each thread is, even if one holds the interpreter's lock. SIGKILL follows.
    """
    os.kill(worker, signal.SIGABRT)
    until = time.monotonic() + DUMPS_WITHIN_SECONDS
    while not _has_ended(worker) and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(worker, signal.SIGKILL)
    step = objection.step
    about = {"row": step.row, "step": step.kind, "where": _where(step, dump)} if step else {}
    log.critical("the worker was ended", extra={"reason": objection.reason, **about})


def _where(step: Step, dump: BinaryIO) -> str:
    dump.seek(0)
    return place_in_dump(dump.read().decode("utf-8", "replace"), step.thread)


def _has_ended(worker: int) -> bool:
    """Says whether the worker has ended, without collecting its exit code: until then its process id is not reused."""
    return os.waitid(os.P_PID, worker, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _exit_code(worker: int) -> int | None:
    pid, status = os.waitpid(worker, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if pid else None


def _cpu_seconds(process: int, thread: int) -> float:
    """Returns the processor time of one thread so far; 0 if the system has no /proc or the thread is gone."""
    try:
        stat = Path(f"/proc/{process}/task/{thread}/stat").read_text()
    except OSError:
        return 0.0
    # The name in brackets may hold spaces; user and system time are the 12th and 13th field after it.
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(process: int) -> int:
    """Returns the bytes of memory in use; 0 if the system has no /proc or the process is gone."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
