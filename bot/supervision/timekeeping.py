"""Writes the worker's heartbeats by the monotonic clock, and corrects stored times when the machine's clock was set."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from apscheduler.schedulers.base import BaseScheduler

from store.clock import ClockWatch, now
from store.database.engine import Database
from store.logs import failure_fields
from store.operations import heartbeats
from store.operations.clock_changes import move_times_once, this_boot

log = logging.getLogger(__name__)

BEAT_EVERY_SECONDS = 10.0
LOOK_EVERY_SECONDS = 0.25
REST_AFTER_TROUBLE_SECONDS = 2.0
NOT_SET = timedelta(0)


def keep_time(keepers: Sequence[Callable[[], None]], stop: threading.Event) -> None:
    """Calls `Timekeeper.keep` of each database every quarter of a second until `stop` is set."""
    while not stop.wait(LOOK_EVERY_SECONDS):
        for keep in keepers:
            keep()


class Timekeeper:
    """Writes the worker's heartbeats and notices when the clock was set. Each worker has one for each database.

    It then also restarts the intervals of APScheduler's jobs, because APScheduler waits for a time of day.
    """

    def __init__(self, database: Database, scheduler: BaseScheduler) -> None:
        self._database, self._scheduler = database, scheduler
        self._watch = ClockWatch()
        self._to_move = NOT_SET
        self._beats_at = time.monotonic()
        self._right_at = time.monotonic()
        self._began, self._rests_until = False, time.monotonic()

    def keep(self) -> None:
        """Begins at the first call, and then does a step at each call. After an error it rests for two seconds."""
        if time.monotonic() < self._rests_until:
            return
        try:
            if not self._began:
                self.begin()
                self._began = True
            self.step()
        except Exception as error:
            log.error("step failed", extra=failure_fields(error))
            self._rests_until = time.monotonic() + REST_AFTER_TROUBLE_SECONDS

    def begin(self) -> None:
        """Notes that the clock was set back while no worker ran, if the last heartbeat is far in the future.

        The clock was set back by at least that difference; how much more is unknown.
        """
        with self._database.reading() as session:
            last = heartbeats.last_beat(session, "worker")
        if last is not None and last - now() >= heartbeats.DEAD_AFTER:
            self._to_move += now() - last

    def step(self) -> None:
        looked_at, jump = time.monotonic(), self._watch.look()
        if not jump and not self._to_move:
            self._right_at = looked_at
        if jump:
            log.warning("the clock was set", extra={"seconds": round(jump.total_seconds())})
            self._to_move += jump
            self._put_off_jobs()
        if jump or time.monotonic() >= self._beats_at:
            self._beat()
        if self._to_move:
            right_until = now() - timedelta(seconds=time.monotonic() - self._right_at)
            move_times_once(self._database, self._to_move, this_boot(), right_until)
            self._to_move = NOT_SET

    def _beat(self) -> None:
        with self._database.transaction() as session:
            heartbeats.beat(session, "worker")
        self._beats_at = time.monotonic() + BEAT_EVERY_SECONDS

    def _put_off_jobs(self) -> None:
        """Restarts each job's interval. None runs at once, because jobs that delete must not trust a new time."""
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=now() + job.trigger.interval)
