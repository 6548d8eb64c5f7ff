"""The worker's sign of life, by a clock that nobody sets, and what has to follow when the machine's clock was set."""

import logging
import threading
import time
from datetime import timedelta

from apscheduler.schedulers.base import BaseScheduler

from store import heartbeats
from store.clock import ClockWatch, now
from store.clock_changes import move_times_once, this_boot
from store.db import Database
from store.logs import failure_fields

log = logging.getLogger(__name__)

BEAT_EVERY_SECONDS = 10.0
LOOK_EVERY_SECONDS = 0.25
REST_AFTER_TROUBLE_SECONDS = 2.0
NOT_SET = timedelta(0)


class Timekeeper:
    """For one thread of each worker. APScheduler waits for a time of day, so it must be told when that has moved."""

    def __init__(self, database: Database, scheduler: BaseScheduler) -> None:
        self._database, self._scheduler = database, scheduler
        self._watch, self._to_move, self._beats_at = ClockWatch(), NOT_SET, time.monotonic()
        self._right_at = time.monotonic()

    def run(self, stop: threading.Event) -> None:
        """Trouble with the database is waited out; what has not been moved is moved then."""
        began = False
        while not stop.wait(LOOK_EVERY_SECONDS):
            try:
                if not began:
                    self.begin()
                    began = True
                self.step()
            except Exception as error:
                log.error("step failed", extra=failure_fields(error))
                stop.wait(REST_AFTER_TROUBLE_SECONDS)

    def begin(self) -> None:
        """Where the last sign of life lies ahead, the clock was set back while no worker ran; nobody knows by how much
        more."""
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
        """Each begins its interval anew. None runs at once: what tidies up must not trust a clock just set."""
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=now() + job.trigger.interval)
