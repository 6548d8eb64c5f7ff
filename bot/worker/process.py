"""Runs the worker process: threads that work on events, send messages, fetch files and run jobs, and a scheduler of
periodic work.
"""

import logging
import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler

from bot.context import open_app_context
from bot.line.account_api import LineAccount
from bot.line.delivery import Sender
from bot.line.messaging_api import LineClient
from bot.line.multicast import CHUNKS_AT_ONCE, Mailer
from bot.line.quota_poller import QuotaPoller
from bot.line.rich_menu_links import RichMenuLinks
from bot.outbox_sender import MAX_AT_ONCE
from bot.richmenus.season import Season
from bot.settings import BotSettings
from bot.supervision.timekeeping import Timekeeper
from bot.supervision.watchdog import Watchdog
from bot.worker.content_fetcher import Fetcher
from bot.worker.inbox_worker import Worker
from store.broadcasts import mailings
from store.clock import now
from store.database.engine import Database
from store.database.periodic import once
from store.database.polling import NOTHING, Poller
from store.files import lifecycle
from store.files.media import Media
from store.jobs.runner import JobRunner
from store.logs import failure_fields
from store.operations.compacting import compact
from store.operations.data_keys import open_database
from store.operations.job_kinds import job_kinds
from store.operations.retention import purge
from store.residents import conversations

log = logging.getLogger(__name__)

# How often the database is polled for work, in busy and in quiet times, and how long an idle thread waits at most.
LOOK_EVERY_SECONDS, LOOK_AT_LEAST_EVERY_SECONDS = 0.01, 0.05
LONGEST_REST_SECONDS = 1.0
REST_AFTER_TROUBLE_SECONDS = 2.0
CRASHED = 70
SENDERS = 4
FETCHERS = 4
MAILERS = 3
DELIVERY_THREADS = SENDERS * MAX_AT_ONCE
# The scheduler wakes the threads that send broadcasts; after so long they also look without being woken.
MAILERS_REST_SECONDS = 30.0


class WakeSignal:
    """Wakes one idle thread with each `ring`. If none is idle, up to `most` rings are kept for the next `rest`."""

    def __init__(self, most: int = 1) -> None:
        self._rung: queue.Queue[None] = queue.Queue(maxsize=most)

    def ring(self) -> None:
        with suppress(queue.Full):
            self._rung.put_nowait(None)

    def rest(self, seconds: float) -> None:
        with suppress(queue.Empty):
            self._rung.get(timeout=seconds)


class ThreadPool:
    """Runs threads that repeat a step until it returns False, and then wait to be woken or for `rest` seconds."""

    def __init__(
        self,
        step: Callable[[], bool],
        size: int,
        stop: threading.Event,
        *,
        wake: WakeSignal | None = None,
        rest: float = LONGEST_REST_SECONDS,
    ) -> None:
        self.wake = wake or WakeSignal()
        work = partial(repeat, step, stop, self.wake, rest=rest)
        self._threads = [threading.Thread(target=work, daemon=True) for _ in range(size)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def leave(self) -> None:
        """Waits until each thread has finished its step, at most 20 seconds for each. `stop` must be set before."""
        for _ in self._threads:
            self.wake.ring()
        for thread in self._threads:
            thread.join(timeout=20)


def run_worker(settings: BotSettings, stop: threading.Event, watchdog: Watchdog | None = None) -> None:
    """Runs the worker until `stop` is set. Each step that a message could make hang is noted in `watchdog`."""
    database, app = open_database(settings.store), open_app_context(settings)
    line = LineClient(settings.line_api_url, settings.line_api_data_url, settings.access_token)
    meter = QuotaPoller(database, LineAccount(settings.line_api_url, settings.access_token))
    executor = ThreadPoolExecutor(DELIVERY_THREADS)
    sender = Sender(
        database, app, settings, line, executor=executor, quota_is_gone=meter.want, watchdog=watchdog
    )
    senders = ThreadPool(sender.deliver_once, SENDERS, stop)
    workers = ThreadPool(and_ring(senders.wake, Worker(database, app, watchdog).work_once), 1, stop)
    fetchers = ThreadPool(Fetcher(database, app, line).fetch_once, FETCHERS, stop)
    of_broadcasts = ThreadPoolExecutor(MAILERS * CHUNKS_AT_ONCE)
    mailer = Mailer(database, app, settings, line, executor=of_broadcasts, quota_is_gone=meter.want)
    mailers = ThreadPool(mailer.mail_once, MAILERS, stop, wake=WakeSignal(MAILERS), rest=MAILERS_REST_SECONDS)
    crews = (workers, senders, fetchers, mailers, job_pool(settings, database, app.media, stop))
    for pool in crews:
        pool.start()
    season = Season(database, RichMenuLinks(settings.line_api_url, settings.access_token))
    scheduler = start_scheduler(database, app.media, meter, season, mailers.wake)
    timekeeper = start_timekeeper(database, scheduler, stop)
    log.info("worker is up")
    keep_looking(database, stop, workers.wake, senders.wake, fetchers.wake)
    timekeeper.join(timeout=20)
    scheduler.shutdown(wait=False)
    for pool in crews:
        pool.leave()
    executor.shutdown(wait=False)
    of_broadcasts.shutdown(wait=False)
    database.close()


def job_pool(settings: BotSettings, database: Database, media: Media, stop: threading.Event) -> ThreadPool:
    """Returns the one thread that runs jobs."""
    runner = JobRunner(database, job_kinds(settings.store, media), rest=stop.wait)
    return ThreadPool(runner.run_once, 1, stop)


def and_ring(wake: WakeSignal, step: Callable[[], bool]) -> Callable[[], bool]:
    """Returns the step with one addition: if it did something, it wakes a sender, as there is an answer to send."""

    def work() -> bool:
        worked = step()
        if worked:
            wake.ring()
        return worked

    return work


def keep_looking(database: Database, stop: threading.Event, *bells: WakeSignal) -> None:
    """Polls the database until `stop` is set, and wakes threads when events, messages or files become due.

    `bells` are their wake signals, in this order. After an error it waits two seconds and connects anew.
    """
    poller: Poller | None = None
    pause = LOOK_EVERY_SECONDS
    while not stop.wait(pause):
        try:
            poller = poller or Poller(database)
            todo = poller.look()
        except Exception as error:
            log.error("step failed", extra=failure_fields(error))
            poller = None
            stop.wait(REST_AFTER_TROUBLE_SECONDS)
            continue
        for due, wake in zip((todo.events, todo.messages, todo.files), bells, strict=True):
            if due:
                wake.ring()
        pause = min(pause * 1.1, LOOK_AT_LEAST_EVERY_SECONDS) if todo == NOTHING else LOOK_EVERY_SECONDS
    if poller is not None:
        poller.close()


def repeat(
    step: Callable[[], bool],
    stop: threading.Event,
    wake: WakeSignal | None = None,
    *,
    rest: float = LONGEST_REST_SECONDS,
    rest_after_trouble: float = REST_AFTER_TROUBLE_SECONDS,
) -> None:
    """Repeats the step until `stop` is set, and waits when there is nothing to do.

    An Exception is logged and does not end the thread. Anything else that is raised ends the process.
    """
    wake = wake or WakeSignal()
    while not stop.is_set():
        try:
            if step():
                continue
        except Exception as error:
            log.error("step failed", extra=failure_fields(error))
            stop.wait(rest_after_trouble)
        except BaseException as error:
            # If one thread ended alone, its work would never be done, so the supervisor restarts all of them.
            log.critical("a thread was made to end", extra=failure_fields(error))
            os._exit(CRASHED)
        wake.rest(rest)


def start_timekeeper(
    database: Database, scheduler: BackgroundScheduler, stop: threading.Event
) -> threading.Thread:
    thread = threading.Thread(target=Timekeeper(database, scheduler).run, args=[stop], daemon=True)
    thread.start()
    return thread


def start_scheduler(
    database: Database, media: Media, meter: QuotaPoller, season: Season, mailers: WakeSignal
) -> BackgroundScheduler:
    scheduler = BackgroundScheduler(timezone="UTC")
    # Also soon after a start: a worker that is restarted every hour would otherwise never tidy up.
    soon = now() + timedelta(minutes=1)
    scheduler.add_job(tidy_up_in_turn, "interval", hours=1, args=[database, media], next_run_time=soon)
    scheduler.add_job(meter.read, "interval", hours=1, next_run_time=now() + timedelta(seconds=5))
    scheduler.add_job(meter.read_if_wanted, "interval", seconds=10)
    scheduler.add_job(keep_season, "interval", minutes=1, args=[database, season], next_run_time=now())
    scheduler.add_job(call_mailers, "interval", seconds=1, args=[database, mailers])
    scheduler.start()
    return scheduler


def call_mailers(database: Database, wake: WakeSignal) -> None:
    """Wakes the threads that send broadcasts when one is due. Every worker process does so, and each claims chunks."""
    with database.reading() as session:
        if not mailings.is_due(session):
            return
    for _ in range(MAILERS):
        wake.ring()


def keep_season(database: Database, season: Season) -> None:
    """Brings rich menus on LINE up to date, at most once a minute among all worker processes."""
    if once(database, "menus", timedelta(minutes=1)):
        season.keep()


def tidy_up_in_turn(database: Database, media: Media) -> None:
    """Tidies up, at most once an hour among all worker processes."""
    if once(database, "tidy_up", timedelta(hours=1)):
        tidy_up(database, media)


def tidy_up(database: Database, media: Media) -> None:
    """Deletes personal data that has no purpose any more, then compacts a SQLite file and deletes orphaned files.

    Without a purpose are requests that nobody continued for a week, files that belong to no case and no open request,
    and what has passed its retention period.
    """
    with database.transaction() as session:
        conversations.forget_old(session)
        session.flush()
        lifecycle.forget_unused(session, media)
    purge(database)
    compact(database)
    with database.reading() as session:
        lifecycle.sweep(session, media)
