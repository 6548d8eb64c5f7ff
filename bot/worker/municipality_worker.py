"""Puts together what the worker process does for one municipality."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from bot.context import open_app_context
from bot.line.account_api import LineAccount
from bot.line.delivery import Sender
from bot.line.messaging_api import LineClient
from bot.line.multicast import Mailer
from bot.line.quota_poller import QuotaPoller
from bot.line.rich_menu_links import RichMenuLinks
from bot.richmenus.season import Season
from bot.settings import BotSettings
from bot.supervision.watchdog import Watchdog
from bot.worker.content_fetcher import Fetcher
from bot.worker.inbox_worker import Worker
from bot.worker.pools import PatientStep
from store.jobs.runner import JobRunner
from store.logs import for_municipality
from store.operations.data_keys import open_database
from store.operations.job_kinds import job_kinds


@dataclass(frozen=True)
class Calls:
    """Holds the process's threads for calls to LINE: for single messages and for broadcasts."""

    of_messages: Executor
    of_broadcasts: Executor

    def end(self) -> None:
        for executor in (self.of_messages, self.of_broadcasts):
            executor.shutdown(wait=False)


class MunicipalityWorker:
    """Holds one municipality's database and the steps on it. The threads that do the steps belong to the process.

    `rest` waits so many seconds and says whether the process is asked to end.
    """

    def __init__(
        self, settings: BotSettings, calls: Calls, watchdog: Watchdog, *, rest: Callable[[float], bool]
    ) -> None:
        self.database, app = open_database(settings.store), open_app_context(settings)
        self.name, self.media = app.name, app.media
        line = LineClient(settings.line_api_url, settings.line_api_data_url, settings.access_token)
        self.meter = QuotaPoller(self.database, LineAccount(settings.line_api_url, settings.access_token))
        self.season = Season(self.database, RichMenuLinks(settings.line_api_url, settings.access_token))
        sender = Sender(
            self.database,
            app,
            settings,
            line,
            executor=calls.of_messages,
            quota_is_gone=self.meter.want,
            watchdog=watchdog,
        )
        mailer = Mailer(
            self.database, app, settings, line, executor=calls.of_broadcasts, quota_is_gone=self.meter.want
        )
        runner = JobRunner(self.database, job_kinds(settings.store, app.media), rest=rest)
        self.work = self._named(Worker(self.database, app, watchdog).work_once)
        self.deliver = self._named(sender.deliver_once)
        self.fetch = self._named(Fetcher(self.database, app, line).fetch_once)
        self.mail = self._named(mailer.mail_once)
        self.run_job = self._named(runner.run_once)

    def _named(self, step: Callable[[], bool]) -> Callable[[], bool]:
        """Returns the step, whose lines in the log name the municipality, also those of its failure."""
        return for_municipality(self.name, PatientStep(step))

    def close(self) -> None:
        self.database.close()
