"""Runs the worker process: threads that work on events, send messages, fetch files and run jobs, and a scheduler.

One process may serve several municipalities, each with a database of its own. They share the threads and take turns.
"""

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from bot.line.multicast import CHUNKS_AT_ONCE
from bot.outbox_sender import MAX_AT_ONCE
from bot.settings import BotSettings
from bot.supervision.timekeeping import Timekeeper, keep_time
from bot.supervision.watchdog import Watchdog
from bot.worker.municipality_worker import Calls, MunicipalityWorker
from bot.worker.pools import InTurn, ThreadPool, WakeSignal, and_ring
from bot.worker.schedule import MAILERS, start_scheduler
from store.database.engine import Database
from store.database.polling import NOTHING, DueWork, Poller
from store.logs import failure_fields, for_municipality

log = logging.getLogger(__name__)

# How often the databases are polled for work, in busy and in quiet times.
LOOK_EVERY_SECONDS, LOOK_AT_LEAST_EVERY_SECONDS = 0.01, 0.05
REST_AFTER_TROUBLE_SECONDS = 2.0
SENDERS = 4
FETCHERS = 4
DELIVERY_THREADS = SENDERS * MAX_AT_ONCE
# The scheduler wakes the threads that send broadcasts; after so long they also look without being woken.
MAILERS_REST_SECONDS = 30.0


def run_worker(settings: BotSettings, stop: threading.Event, watchdog: Watchdog | None = None) -> None:
    """Runs the worker of one municipality until `stop` is set: see `run_workers`."""
    run_workers([settings], stop, watchdog)


def run_workers(
    settings: Sequence[BotSettings], stop: threading.Event, watchdog: Watchdog | None = None
) -> None:
    """Runs the worker of these municipalities until `stop` is set.

    Each step that a message could make hang is noted in `watchdog`.
    """
    calls = Calls(ThreadPoolExecutor(DELIVERY_THREADS), ThreadPoolExecutor(MAILERS * CHUNKS_AT_ONCE))
    served = [MunicipalityWorker(each, calls, watchdog or Watchdog(), rest=stop.wait) for each in settings]
    pools = Pools.of(served, stop)
    for pool in pools.all():
        pool.start()
    scheduler = start_scheduler(served, pools.mailers.wake)
    keepers = [for_municipality(each.name, Timekeeper(each.database, scheduler).keep) for each in served]
    timekeeper = threading.Thread(target=keep_time, args=(keepers, stop), daemon=True)
    timekeeper.start()
    for each in served:
        for_municipality(each.name, log.info)("worker is up")
    keep_looking(served, stop, pools.workers.wake, pools.senders.wake, pools.fetchers.wake)
    timekeeper.join(timeout=20)
    scheduler.shutdown(wait=False)
    for pool in pools.all():
        pool.leave()
    calls.end()
    for each in served:
        each.close()


@dataclass(frozen=True)
class Pools:
    """Holds the pools of threads of this process."""

    workers: ThreadPool
    senders: ThreadPool
    fetchers: ThreadPool
    mailers: ThreadPool
    jobs: ThreadPool

    @classmethod
    def of(cls, served: Sequence[MunicipalityWorker], stop: threading.Event) -> Self:
        senders = ThreadPool(InTurn([each.deliver for each in served]), SENDERS, stop, name="deliver")
        work = and_ring(senders.wake, InTurn([each.work for each in served]))
        return cls(
            workers=ThreadPool(work, 1, stop, name="work"),
            senders=senders,
            fetchers=ThreadPool(InTurn([each.fetch for each in served]), FETCHERS, stop, name="fetch"),
            mailers=ThreadPool(
                InTurn([each.mail for each in served]),
                MAILERS,
                stop,
                name="mail",
                wake=WakeSignal(MAILERS),
                rest=MAILERS_REST_SECONDS,
            ),
            jobs=ThreadPool(InTurn([each.run_job for each in served]), 1, stop, name="job"),
        )

    def all(self) -> tuple[ThreadPool, ...]:
        return (self.workers, self.senders, self.fetchers, self.mailers, self.jobs)


def keep_looking(served: Sequence[MunicipalityWorker], stop: threading.Event, *signals: WakeSignal) -> None:
    """Polls their databases until `stop` is set, and wakes threads when events, messages or files become due.

    `signals` are their wake signals, in this order.
    """
    pollers = [PatientPoller(each.database) for each in served]
    looks = [for_municipality(each.name, poller.look) for each, poller in zip(served, pollers, strict=True)]
    pause = LOOK_EVERY_SECONDS
    while not stop.wait(pause):
        todo = [look() for look in looks]
        for work in todo:
            for due, wake in zip((work.events, work.messages, work.files), signals, strict=True):
                if due:
                    wake.ring()
        is_quiet = all(work == NOTHING for work in todo)
        pause = min(pause * 1.1, LOOK_AT_LEAST_EVERY_SECONDS) if is_quiet else LOOK_EVERY_SECONDS
    for poller in pollers:
        poller.close()


class PatientPoller:
    """Looks whether work is due. After an error it finds nothing for two seconds, and then connects anew.

    So a database that is away stops nobody else's work.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._poller: Poller | None = None
        self._not_before = time.monotonic()

    def look(self) -> DueWork:
        if time.monotonic() < self._not_before:
            return NOTHING
        try:
            self._poller = self._poller or Poller(self._database)
            return self._poller.look()
        except Exception as error:
            log.error("step failed", extra=failure_fields(error))
            self.close()
            self._not_before = time.monotonic() + REST_AFTER_TROUBLE_SECONDS
            return NOTHING

    def close(self) -> None:
        poller, self._poller = self._poller, None
        if poller is not None:
            with suppress(Exception):  # A connection that is broken already may refuse.
                poller.close()
