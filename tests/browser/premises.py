"""Opens a whole municipality behind real ports: LINE's stand-in, the webhook, the console and the worker."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from bot.line.rich_menu_sdk import RichMenuClient
from bot.richmenus.pictures import read_drawn_menus
from bot.richmenus.publish import publish
from bot.settings import BotSettings
from bot.worker.process import run_worker
from deploy.web import create_app as create_web
from line_simulator import Simulator
from line_simulator.web import serve
from staff_console.settings import ConsoleSettings
from staff_console.web import create_app as create_console
from store.database.engine import Database
from store.municipality.profile import read_municipality
from store.settings import StoreSettings
from store.staff.accounts import NewStaff, add_staff
from store.staff.models import ALL_DEPARTMENTS
from store.staff.passwords import Passwords
from tests.town import SECRET, SECRET_KEY, TOKEN
from tests.waiting import finish

HOST = "127.0.0.1"
PASSWORD = "correct-horse-battery-42"


@dataclass(frozen=True)
class Premises:
    """Holds the simulator and the addresses where residents and staff find their pages."""

    simulator: Simulator
    chat: str
    console: str


class Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Prints nothing: a line for every request would bury the one line that matters."""


@contextmanager
def open_premises(store: StoreSettings) -> Iterator[Premises]:
    with ExitStack() as stack:
        database = Database(store)
        stack.callback(database.close)
        _hire(database, store)
        # Bound before anything is made: the simulator and the worker are told this address.
        door = stack.enter_context(socket.create_server((HOST, 0)))
        web = f"http://{HOST}:{door.getsockname()[1]}"
        simulator = Simulator(secret=SECRET, token=TOKEN, webhook_url=f"{web}/line/webhook")
        chat = stack.enter_context(serve(simulator))
        settings = BotSettings(store, (SECRET,), TOKEN, SECRET_KEY, chat, chat, public_url=web)
        stack.enter_context(_served(create_web(settings), door))
        console = stack.enter_context(_console(store))
        publish(read_drawn_menus(), RichMenuClient(chat, chat, TOKEN))
        stack.enter_context(_working(settings))
        yield Premises(simulator, chat, console)


def _hire(database: Database, store: StoreSettings) -> None:
    with database.transaction() as session:
        municipality = read_municipality(store.municipality)
        for person in (
            NewStaff("malee", "มาลี ใจงาม", "officer", "engineering", PASSWORD),
            NewStaff("anan", "อนันต์ ปลัดเทศบาล", "supervisor", ALL_DEPARTMENTS, PASSWORD),
        ):
            add_staff(session, municipality, Passwords(), person)


@contextmanager
def _console(store: StoreSettings) -> Iterator[str]:
    app = create_console(ConsoleSettings(store, SECRET_KEY))
    with socket.create_server((HOST, 0)) as door, _served(app, door):
        yield f"http://{HOST}:{door.getsockname()[1]}"
    app.extensions["context"].database.close()


@contextmanager
def _served(app: Flask, door: socket.socket) -> Iterator[None]:
    port = door.getsockname()[1]
    server = make_server(HOST, port, app, threaded=True, request_handler=Silent, fd=door.fileno())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        finish(thread, what="the server")
        server.server_close()
        if "webhook" in app.extensions:
            app.extensions["webhook"].database.close()


@contextmanager
def _working(settings: BotSettings) -> Iterator[None]:
    stop = threading.Event()
    worker = threading.Thread(target=run_worker, args=(settings, stop), daemon=True)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        finish(worker, what="the worker")
