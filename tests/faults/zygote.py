"""Loads everything in one single-threaded process, forks one child for each order, and kills it when its time comes.

Started as `python -m tests.faults.zygote FD`: orders and reports go over that socket, one message each.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
import time
import traceback
from typing import Any

from bot.supervision.supervisor import Guard, WorkerLimits
from bot.supervision.watchdog import Watchdog
from tests.faults.lives import Order, live
from tests.faults.rehearsal import rehearse, share_engines

LARGEST = 200_000
CRASHED = 70
# As the worker's supervisor guards it, with shorter limits. Most of a process's memory is the zygote's.
LOOK_EVERY_SECONDS, LIMITS = 0.05, WorkerLimits(cpu_seconds=0.5, memory_bytes=2**30)


class Zygote:
    def __init__(self, wire: socket.socket, door: socket.socket) -> None:
        self._wire, self._door = wire, door
        self._life_of: dict[int, int] = {}
        self._ends_at: dict[int, float] = {}
        self._guards: dict[int, Guard] = {}
        self._wake, self._rung = socket.socketpair()
        for end in (self._wake, self._rung):
            end.setblocking(False)

    def run(self) -> None:
        """Takes orders until the other side closes the socket."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._rung.fileno(), warn_on_full_buffer=False)
        while True:
            ready, _, _ = select.select([self._wire, self._wake], [], [], self._patience())
            if self._wake in ready:
                self._wake.recv(4096)
            self._bury()
            if self._wire in ready and not self._obey(self._wire.recv(LARGEST)):
                break
            self._kill_the_due()
            self._kill([pid for pid, guard in self._guards.items() if guard.objection(pid)])
        for pid in self._life_of:
            os.kill(pid, signal.SIGKILL)

    def _patience(self) -> float | None:
        wakings = [at - time.monotonic() for at in self._ends_at.values()]
        wakings += [LOOK_EVERY_SECONDS] if self._guards else []
        return max(0.0, min(wakings)) if wakings else None

    def _obey(self, message: bytes) -> bool:
        if not message:
            return False
        order = json.loads(message)
        if "rehearse" in order:
            rehearse(order["rehearse"])
            gc.collect()
            gc.freeze()
            tell(self._wire, 0, ready=True)
        elif "end" in order:
            self._kill([pid for pid, life in self._life_of.items() if life == order["end"]])
        else:
            self._bear(order)
        return True

    def _bear(self, order: Order) -> None:
        watchdog = Watchdog()
        pid = os.fork()
        if pid == 0:
            _be_born(order, self._wire, self._door, watchdog)
        self._life_of[pid] = order["life"]
        if order["role"] in ("worker", "crew"):
            self._guards[pid] = Guard(watchdog, LIMITS)
        if order.get("kill_after") is not None:
            self._ends_at[pid] = time.monotonic() + order["kill_after"]

    def _kill_the_due(self) -> None:
        self._kill([pid for pid, at in self._ends_at.items() if at <= time.monotonic()])

    def _kill(self, pids: list[int]) -> None:
        """Kills children that were not waited for yet, whose process ids cannot belong to another process."""
        for pid in pids:
            self._ends_at.pop(pid, None)
            self._guards.pop(pid, None)
            os.kill(pid, signal.SIGKILL)

    def _bury(self) -> None:
        while self._life_of:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._ends_at.pop(pid, None)
            self._guards.pop(pid, None)
            tell(self._wire, self._life_of.pop(pid), died=os.waitstatus_to_exitcode(status))


def tell(wire: socket.socket, life: int, **news: Any) -> None:
    wire.send(json.dumps({"life": life, **news}).encode())


def _be_born(order: Order, wire: socket.socket, door: socket.socket, watchdog: Watchdog) -> None:
    """Becomes the child process; it never returns."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    code = CRASHED
    try:
        live(order, door, lambda **news: tell(wire, order["life"], **news), watchdog)
        code = 0
    except BaseException:
        tell(wire, order["life"], trouble=traceback.format_exc()[-4000:])
    finally:
        os._exit(code)


def main() -> None:
    wire = socket.socket(fileno=int(sys.argv[1]))
    door = socket.create_server(("127.0.0.1", 0), backlog=128)
    share_engines()
    tell(wire, 0, port=door.getsockname()[1])
    Zygote(wire, door).run()


if __name__ == "__main__":
    main()
