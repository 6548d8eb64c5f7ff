"""Runs a whole town in one process: the simulator of LINE, the webhook, the worker and its database, without mocks."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import time_machine
from flask import Flask
from PIL import Image

from bot.context import open_app_context
from bot.line.delivery import Sender
from bot.line.messaging_api import LineClient
from bot.line.multicast import Mailer
from bot.settings import BotSettings
from bot.worker.content_fetcher import Fetcher
from bot.worker.inbox_worker import Worker
from deploy.web import create_app
from line_simulator import Simulator
from line_simulator.web import serve
from staff_console.settings import ConsoleSettings
from staff_console.web import create_app as create_console
from store.database.engine import Database
from store.line_breaks import plain
from store.settings import StoreSettings
from tests.waiting import PATIENCE_SECONDS

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
TOKEN = "a-channel-access-token"
SECRET_KEY = "a secret key of more than thirty-two characters"
PUBLIC_URL = "https://tessaban.example"


class Town:
    """Residents act through the simulator; `settle` lets everything that follows happen, without waiting."""

    def __init__(
        self, settings: BotSettings, database: Database, simulator: Simulator, clock: time_machine.Traveller
    ) -> None:
        self.settings, self.database, self.simulator, self.clock = settings, database, simulator, clock
        self.app = open_app_context(settings)
        self._web_app = create_app(settings)
        self.web = self._web_app.test_client()
        self._console_app: Flask | None = None
        self.line = LineClient(
            settings.line_api_url,
            settings.line_api_data_url,
            settings.access_token,
            read_seconds=PATIENCE_SECONDS,
        )
        self.worker = Worker(database, self.app)
        self.sender = Sender(database, self.app, settings, self.line)
        self.fetcher = Fetcher(database, self.app, self.line)
        self.mailer = Mailer(database, self.app, settings, self.line)

    def receive(self, body: bytes, headers: dict[str, str]) -> int:
        return self.web.post("/line/webhook", data=body, headers=headers).status_code

    def console(self) -> Flask:
        """Returns the officers' application over the same database."""
        if self._console_app is None:
            self._console_app = create_console(ConsoleSettings(self.settings.store, SECRET_KEY))
        return self._console_app

    def close(self) -> None:
        self._web_app.extensions["webhook"].database.close()
        if self._console_app is not None:
            self._console_app.extensions["context"].database.close()

    def settle(self) -> None:
        """Delivers webhooks, works on events, fetches files and sends messages until nothing more happens."""
        busy = True
        while busy:
            busy = any(status == 200 for status in self.simulator.deliver_webhooks())
            steps = (self.worker.work_once, self.sender.deliver_once, self.fetcher.fetch_once)
            for step in (*steps, self.mailer.mail_once):
                while step():
                    busy = True

    def wait(self, **time: float) -> None:
        """Lets time pass, and then what was waiting for it happen."""
        self.clock.shift(timedelta(**time))
        self.settle()


@contextmanager
def open_town(
    store_settings: StoreSettings, database: Database, clock: time_machine.Traveller, **changes: Any
) -> Iterator[Town]:
    town: Town
    secret, token = changes.pop("secret", SECRET), changes.pop("token", TOKEN)
    simulator = Simulator(
        secret=secret,
        token=token,
        background=False,
        deliver=lambda body, headers: town.receive(body, headers),  # noqa: PLW0108 - the town comes later
    )
    with serve(simulator) as address:
        settings = BotSettings(
            store=store_settings,
            channel_secrets=(secret,),
            access_token=token,
            secret_key=SECRET_KEY,
            line_api_url=address,
            line_api_data_url=address,
            public_url=changes.pop("public_url", PUBLIC_URL),
        )
        town = Town(settings, database, simulator, clock)
        try:
            yield town
        finally:
            town.close()


def words_of(message: Any) -> list[str]:
    """Returns every text of a LINE message, top to bottom, without its buttons and with ordinary spaces."""
    if isinstance(message, list):
        return [word for part in message for word in words_of(part)]
    if not isinstance(message, dict):
        return []
    if message.get("type") == "image":
        return ["(รูป)"]
    if message.get("type") in ("text", "span"):
        return [plain(message["text"])] if "text" in message else words_of(message.get("contents"))
    return [word for key in ("contents", "header", "body", "footer") for word in words_of(message.get(key))]


def photo(colour: str = "orange", size: tuple[int, int] = (320, 240)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()
