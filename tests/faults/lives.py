"""Defines what a forked process does until its end: it is the real web application, the real worker or an officer."""

import logging
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from socket import socket
from typing import Any

import time_machine
from flask import Response
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator

from bot.context import open_app_context
from bot.line.delivery import Sender
from bot.line.messaging_api import LineClient
from bot.line.multicast import CHUNKS_AT_ONCE, Mailer
from bot.settings import BotSettings
from bot.supervision.watchdog import Watchdog
from bot.worker.content_fetcher import Fetcher
from bot.worker.inbox_worker import Worker
from bot.worker.process import run_worker
from bot.worker.schedule import tidy_up
from deploy.web import create_app
from store.cases.workflows import NotAllowed
from store.database.engine import Database
from store.settings import DEMO_MUNICIPALITY, StoreSettings
from tests.faults import acts
from tests.faults.bugs import BUGS
from tests.faults.harm import let_words_do_harm
from tests.faults.mailing_bugs import MAILING_BUGS
from tests.faults.points import Trap, set_trap, stamp_messages

SECRET, TOKEN = "8c570fa6dd201bb328f1c1eac23a96d8", "a-channel-access-token"
SECRET_KEY = "a secret key of more than thirty-two characters"
KEY = b"thirty-two bytes to seal with..!"
FIRST_PART = {"web": "web", "officer": "act", "tidy": "tidy", "mailer": "mail"}
Order = dict[str, Any]
Tell = Callable[..., None]


@dataclass(frozen=True)
class Birth:
    """Holds what a process is started with."""

    order: Order
    settings: BotSettings
    trap: Trap
    door: socket
    watchdog: Watchdog


def store_settings(database_url: str, folder: str) -> StoreSettings:
    return StoreSettings(database_url, f"{folder}/media", DEMO_MUNICIPALITY, (KEY,))


def bot_settings(order: Order) -> BotSettings:
    return BotSettings(
        store=store_settings(order["database_url"], order["folder"]),
        channel_secrets=(SECRET,),
        access_token=TOKEN,
        secret_key=SECRET_KEY,
        line_api_url=order["line_url"],
        line_api_data_url=order["line_url"],
    )


def live(order: Order, door: socket, tell: Tell, watchdog: Watchdog) -> None:
    """Runs in the newly forked process."""
    _set_clock(order["offset"])
    random.seed(order["seed"])
    _report_troubles(tell)
    part = FIRST_PART.get(order["role"], "work")
    trap = Trap(order.get("point"), order.get("passage", 1), lambda point: tell(hit=point), part)
    stamp_messages()
    let_words_do_harm(lambda kind: tell(hit=f"harm: {kind}"))
    if order.get("bug"):
        (BUGS | MAILING_BUGS)[order["bug"]]()
    set_trap(trap)
    ROLES[order["role"]](Birth(order, bot_settings(order), trap, door, watchdog))


def _set_clock(offset: float) -> None:
    """Sets this process's clock so many seconds ahead, equal to a millisecond in all processes.

    A busy machine may pause us between reading the time and setting the clock. A worker whose clock was behind that of
    the web process would take an event for one from the future.
    """
    clock = time_machine.travel(time.time() + offset, tick=True).start()
    for _ in range(100):
        behind = time_machine.escape_hatch.time.time() + offset - time.time()
        if abs(behind) < 0.001:
            return
        clock.shift(behind)
    raise RuntimeError("The machine is too busy to set a clock.")


class _Troubles(logging.Handler):
    def __init__(self, tell: Tell) -> None:
        super().__init__(logging.ERROR)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        facts = {name: getattr(record, name) for name in ("where", "error", "row") if hasattr(record, name)}
        self._tell(trouble=f"{record.name}: {record.getMessage()} {facts}")


def _report_troubles(tell: Tell) -> None:
    logging.getLogger().handlers = [_Troubles(tell)]
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)


def serve(birth: Birth) -> None:
    """Serves the web application on the zygote's socket until it is killed."""
    app, trap = create_app(birth.settings), birth.trap

    @app.after_request
    def before_the_answer(response: Response) -> Response:
        trap.passes("before the 200")
        return response

    inner = BUGS[birth.order["bug"]].wsgi(app) if birth.order.get("bug") else app.wsgi_app

    def outer(environ: Any, start_response: Any) -> Any:
        return ClosingIterator(inner(environ, start_response), lambda: trap.passes("after the 200"))

    threaded = bool(birth.order.get("crowded"))
    make_server("127.0.0.1", 0, outer, threaded=threaded, fd=birth.door.fileno()).serve_forever()


def work_until_idle(birth: Birth) -> None:
    """Runs sender, fetcher and worker in turn in one thread, so that the same seed does the same.

    The worker comes last: in the real process the others have threads of their own, and are not kept from their first
    turn by an event that ends the process.
    """
    settings = birth.settings
    database, app = Database(settings.store), open_app_context(settings)
    line = LineClient(settings.line_api_url, settings.line_api_data_url, settings.access_token)
    steps = (
        Sender(database, app, settings, line, watchdog=birth.watchdog).deliver_once,
        Fetcher(database, app, line).fetch_once,
        Worker(database, app, birth.watchdog).work_once,
    )
    busy = True
    while busy:
        busy = False
        for step in steps:
            busy = step() or busy


def mail_until_idle(birth: Birth) -> None:
    """Runs the mailer with its threads, as in the worker process, until nothing is due."""
    settings = birth.settings
    line = LineClient(settings.line_api_url, settings.line_api_data_url, settings.access_token)
    executor = ThreadPoolExecutor(CHUNKS_AT_ONCE)
    mailer = Mailer(Database(settings.store), open_app_context(settings), settings, line, executor=executor)
    while mailer.mail_once():
        pass


def run_crew(birth: Birth) -> None:
    """Runs the worker process as it is, with threads and scheduler, until it is killed."""
    run_worker(birth.settings, threading.Event(), birth.watchdog)


def act_on_cases(birth: Birth) -> None:
    """Does what officers do, one transaction for each act as in the console."""
    database, app = Database(birth.settings.store), open_app_context(birth.settings)
    for task in birth.order["tasks"]:
        try:
            acts.carry_out(database, app, task)
        except NotAllowed:
            continue  # The case has moved on meanwhile.


def tidy(birth: Birth) -> None:
    tidy_up(Database(birth.settings.store), open_app_context(birth.settings).media)


ROLES: dict[str, Callable[[Birth], None]] = {
    "web": serve,
    "worker": work_until_idle,
    "mailer": mail_until_idle,
    "crew": run_crew,
    "officer": act_on_cases,
    "tidy": tidy,
}
