"""Holds the whole platform in one object behind one lock: residents, webhooks, tokens, menus, limits and faults."""

import itertools
import threading
import time
from collections.abc import Callable
from typing import Any

from line_simulator.channel.access_tokens import AccessTokens
from line_simulator.channel.limits import MessageQuota, RateLimiter
from line_simulator.channel.reply_tokens import ReplyTokens
from line_simulator.channel.retry_keys import RetryKeys
from line_simulator.channel.settings import Channel
from line_simulator.faults import Faults
from line_simulator.identifiers import Identifiers, user_id_of
from line_simulator.monitoring.log import Log
from line_simulator.monitoring.stream import Stream
from line_simulator.residents import Resident
from line_simulator.residents.contents import Contents
from line_simulator.richmenus.menus import RichMenus
from line_simulator.webhooks.delivery import DeliveryThreads
from line_simulator.webhooks.events import Event, write_event
from line_simulator.webhooks.queue import Deliver, Webhooks

COLORS = ("#2E7D32", "#1565C0", "#AD1457", "#EF6C00", "#6A1B9A", "#00838F", "#5D4037", "#455A64")


class Simulator:
    """Simulates the platform for one account.

    `background=False` keeps events until `deliver_webhooks()`; `quota=None` means unlimited; `language` is that of the
    page: th, en, or auto for what the browser prefers.
    """

    def __init__(  # noqa: PLR0913 - each is one fact about the account or the test
        self,
        *,
        secret: str,
        token: str,
        webhook_url: str = "http://127.0.0.1:8801/line/webhook",
        clock: Callable[[], float] = time.time,
        deliver: Deliver | None = None,
        background: bool = True,
        quota: int | None = 15_000,
        verified: bool = False,
        name: str = "เทศบาลตำบลตัวอย่าง",
        basic_id: str = "",
        language: str = "th",
    ) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.name = name
        self.basic_id = basic_id
        self.language = language
        self.verified = verified
        self.channel = Channel(secret, token, user_id_of(f"account {name}"), webhook_url)
        self.ids = Identifiers(clock)
        self.bubble_numbers = itertools.count(1)
        self.residents: dict[str, Resident] = {}
        self.contents = Contents()
        self.menus = RichMenus(clock)
        self.aggregation_units: set[str] = set()
        self.stream = Stream(self.lock)
        self.log = Log(clock, self.stream)
        self.faults = Faults(self.lock)
        self.quota = MessageQuota(clock, quota)
        self.rates = RateLimiter(clock)
        self.tokens = AccessTokens(clock, self.channel)
        self.reply_tokens = ReplyTokens(clock)
        self.retry_keys = RetryKeys(clock)
        self.webhooks = self._open_webhooks(deliver)
        self._delivery = DeliveryThreads(self.webhooks) if background else None

    def _open_webhooks(self, deliver: Deliver | None) -> Webhooks:
        return Webhooks(
            channel=self.channel,
            lock=self.lock,
            faults=self.faults,
            log=self.log,
            reply_tokens=self.reply_tokens,
            deliver=deliver,
        )

    def now_ms(self) -> int:
        return int(self.clock() * 1000)

    @property
    def violations(self) -> list[str]:
        """Returns misuses that LINE itself would not report, such as a retry key that came with another request."""
        return self.retry_keys.violations

    def add_resident(self, name: str) -> Resident:
        with self.lock:
            user_id = next(uid for uid in self._ids_for(name) if uid not in self.residents)
            color = COLORS[len(self.residents) % len(COLORS)]
            resident = Resident(self, user_id=user_id, name=name, color=color)
            self.residents[user_id] = resident
            self.stream.publish("changed", resident=user_id)
            return resident

    def emit(self, kind: str, payload: Event, *, user_id: str, replies: bool = True) -> str | None:
        """Queues an event; returns its reply token, or None for an event without one."""
        reply_token = self.reply_tokens.issue(user_id) if replies else None
        event = write_event(
            kind,
            payload,
            event_id=self.ids.new_event_id(),
            at_ms=self.now_ms(),
            user_id=user_id,
            reply_token=reply_token,
        )
        self.webhooks.put(event, user_id)
        return reply_token

    def deliver_webhooks(self, *, together: bool = False) -> list[int]:
        """Tries every queued event once, failed ones first and as redeliveries; returns the status codes, 0
        for no connection.

        `together` puts all events into one body, as LINE may do with events of several residents.
        """
        return self.webhooks.deliver_all(together=together)

    def send_raw(self, body: bytes) -> int:
        """Signs these bytes and delivers them; returns the status code. For bodies that no resident can produce."""
        return self.webhooks.send_raw(body)

    def bot_info(self) -> dict[str, Any]:
        return {
            "userId": self.channel.bot_user_id,
            "basicId": self.basic_id or "@" + self.channel.bot_user_id[1:9],
            "displayName": self.name,
            "chatMode": "chat",
            "markAsReadMode": "manual",
        }

    def stop(self) -> None:
        if self._delivery:
            self._delivery.stop()

    @staticmethod
    def _ids_for(name: str) -> "itertools.chain[str]":
        others = (user_id_of(f"{name} {number}") for number in itertools.count(2))
        return itertools.chain([user_id_of(name)], others)
