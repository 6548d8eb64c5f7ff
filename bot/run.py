"""The worker process: threads that work, deliver and fetch, and a scheduler for what the clock starts."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from bot.delivery import Sender
from bot.fetching import Fetcher
from bot.line_client import LineClient
from bot.office import open_office
from bot.settings import BotSettings
from bot.work import Worker
from store import conversations, files, heartbeats, sign_ins
from store.clock import now
from store.db import Database
from store.logs import failure_fields
from store.lookout import Lookout
from store.media import Media

log = logging.getLogger(__name__)

# How often somebody looks for work, and how long a thread that nobody calls rests at most.
LOOK_EVERY_SECONDS = 0.01
LONGEST_REST_SECONDS = 1.0
REST_AFTER_TROUBLE_SECONDS = 2.0
SENDERS, FETCHERS = 4, 2


class Crew:
    """Threads that do the same step whenever their bell rings, until nothing is left to do."""

    def __init__(self, step: Callable[[], bool], size: int, stop: threading.Event) -> None:
        self.bell = threading.Event()
        work = (step, stop, self.bell)
        self._threads = [threading.Thread(target=repeat, args=work, daemon=True) for _ in range(size)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def leave(self) -> None:
        """After `stop` is set: every step under way is finished first."""
        self.bell.set()
        for thread in self._threads:
            thread.join(timeout=20)


def run_worker(settings: BotSettings, stop: threading.Event) -> None:
    """Runs until `stop` is set."""
    database, office = Database(settings.store), open_office(settings)
    line = LineClient(settings.line_api_url, settings.line_api_data_url, settings.access_token)
    workers = Crew(Worker(database, office).work_once, 1, stop)
    senders = Crew(Sender(database, office, settings, line).deliver_once, SENDERS, stop)
    fetchers = Crew(Fetcher(database, office, line).fetch_once, FETCHERS, stop)
    for crew in (workers, senders, fetchers):
        crew.start()
    scheduler = start_scheduler(database, office.media)
    log.info("worker is up")
    keep_looking(database, stop, workers.bell, senders.bell, fetchers.bell)
    scheduler.shutdown(wait=False)
    for crew in (workers, senders, fetchers):
        crew.leave()
    database.close()


def keep_looking(database: Database, stop: threading.Event, *bells: threading.Event) -> None:
    """Rings for events, messages and files as they come to be due; trouble with the database is waited out."""
    lookout: Lookout | None = None
    while not stop.wait(LOOK_EVERY_SECONDS):
        try:
            lookout = lookout or Lookout(database)
            todo = lookout.look()
        except Exception as error:
            log.error("step failed", extra=failure_fields(error))
            lookout = None
            stop.wait(REST_AFTER_TROUBLE_SECONDS)
            continue
        for due, bell in zip((todo.events, todo.messages, todo.files), bells, strict=True):
            if due:
                bell.set()
    if lookout is not None:
        lookout.close()


def repeat(
    step: Callable[[], bool],
    stop: threading.Event,
    bell: threading.Event | None = None,
    *,
    rest_after_trouble: float = REST_AFTER_TROUBLE_SECONDS,
) -> None:
    """Does the step again and again, resting when there is nothing to do; trouble never ends the thread."""
    bell = bell or threading.Event()
    while not stop.is_set():
        try:
            if step():
                bell.set()  # Where one was due there may be more: another of the crew looks too.
                continue
        except Exception as error:
            log.error("step failed", extra=failure_fields(error))
            stop.wait(rest_after_trouble)
        bell.wait(LONGEST_REST_SECONDS)
        bell.clear()


def start_scheduler(database: Database, media: Media) -> BackgroundScheduler:
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(show_life, "interval", seconds=10, args=[database])
    # Soon after a start too: a worker restarted every hour would never tidy up.
    soon = now() + timedelta(minutes=1)
    scheduler.add_job(tidy_up, "interval", hours=1, args=[database, media], next_run_time=soon)
    scheduler.start()
    show_life(database)
    return scheduler


def show_life(database: Database) -> None:
    with database.transaction() as session:
        heartbeats.beat(session, "worker")


def tidy_up(database: Database, media: Media) -> None:
    """Personal data without a purpose goes: requests that nobody finished in a week, photos that belong to nothing."""
    with database.transaction() as session:
        conversations.forget_old(session)
        session.flush()
        files.forget_unused(session, media)
        sign_ins.forget_old(session)
    with database.reading() as session:
        files.sweep(session, media)
