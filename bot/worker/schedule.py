"""Schedules what each worker process does by the clock, for one municipality."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from bot.richmenus.season import Season
from bot.worker.municipality_worker import MunicipalityWorker
from bot.worker.pools import WakeSignal
from store.audit.chain import add_checkpoints
from store.broadcasts import mailings
from store.clock import now
from store.database.engine import Database
from store.database.periodic import once
from store.files import lifecycle
from store.files.media import Media
from store.logs import for_municipality
from store.operations.compacting import compact
from store.operations.retention import purge
from store.residents import conversations

MAILERS = 3


def start_scheduler(served: Sequence[MunicipalityWorker], mailers: WakeSignal) -> BackgroundScheduler:
    """Starts the scheduler with the jobs of each municipality; `mailers` wakes the threads that send broadcasts."""
    scheduler = BackgroundScheduler(timezone="UTC")
    for each in served:
        _add_jobs(scheduler, each, mailers)
    scheduler.start()
    return scheduler


def _add_jobs(scheduler: BackgroundScheduler, each: MunicipalityWorker, mailers: WakeSignal) -> None:
    def add(job: Callable[..., None], *args: object, soon: timedelta | None = None, **every: int) -> None:
        first = {"next_run_time": now() + soon} if soon is not None else {}
        scheduler.add_job(for_municipality(each.name, job), "interval", args=args, **first, **every)

    # Also soon after a start: a worker that is restarted every hour would otherwise never tidy up.
    add(tidy_up_in_turn, each.database, each.media, soon=timedelta(minutes=1), hours=1)
    add(each.meter.read, soon=timedelta(seconds=5), hours=1)
    add(each.meter.read_if_wanted, seconds=10)
    add(keep_season, each.database, each.season, soon=timedelta(0), minutes=1)
    add(extend_audit_chain, each.database, soon=timedelta(0), minutes=1)
    add(call_mailers, each.database, mailers, seconds=1)


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


def extend_audit_chain(database: Database) -> None:
    """Adds checkpoints to the audit log, at most once a minute among all worker processes."""
    if once(database, "audit_chain", timedelta(minutes=1)):
        add_checkpoints(database)


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
