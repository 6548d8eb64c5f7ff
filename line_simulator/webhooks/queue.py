"""Queues events for the account's webhook, delivers them in order, and redelivers those that failed."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import requests

from line_simulator.channel.reply_tokens import ReplyTokens
from line_simulator.channel.settings import Channel
from line_simulator.faults import Faults
from line_simulator.monitoring.log import Exchange, Log, readable
from line_simulator.webhooks.events import Event, as_redelivery, write_body, write_headers

Deliver = Callable[[bytes, dict[str, str]], int]
TIMEOUT_SECONDS = 2.0
NO_CONNECTION = 0
# LINE keeps its own intervals secret; these are ours.
BACKOFF_SECONDS = (1.0, 3.0, 10.0, 30.0, 60.0, 120.0, 300.0)


@dataclass
class QueuedEvent:
    event: Event
    user_id: str
    attempts: int = 0
    due: float = 0.0


class Webhooks:
    def __init__(
        self,
        *,
        channel: Channel,
        lock: threading.RLock,
        faults: Faults,
        log: Log,
        reply_tokens: ReplyTokens,
        deliver: Deliver | None,
    ) -> None:
        self._channel = channel
        self._lock = lock
        self._faults = faults
        self._log = log
        self._reply_tokens = reply_tokens
        self._deliver = deliver
        self._pending: deque[QueuedEvent] = deque()
        self._failed: list[QueuedEvent] = []
        self._busy: set[str] = set()
        self.work = threading.Condition(lock)

    def put(self, event: Event, user_id: str) -> None:
        with self.work:
            self._pending.append(QueuedEvent(event, user_id))
            self.work.notify()

    def deliver_all(self, *, together: bool = False) -> list[int]:
        """Redelivers what failed, then delivers what is new; tries each event once. Returns the status codes."""
        with self._lock:
            outgoing = [*self._failed, *self._pending]
            self._failed.clear()
            self._pending.clear()
        if together and outgoing:
            return [self._attempt(outgoing)]
        return [self._attempt([each]) for each in outgoing]

    def claim(self) -> QueuedEvent | None:
        """Returns the next event of a resident with no event in flight, or None. A failed event may be
        overtaken, as at LINE."""
        with self._lock:
            if not self._faults["webhook_down"]:
                now = time.monotonic()
                for each in self._failed:
                    if each.due <= now and each.user_id not in self._busy:
                        self._failed.remove(each)
                        self._busy.add(each.user_id)
                        return each
            for each in self._pending:
                if each.user_id not in self._busy:
                    self._pending.remove(each)
                    self._busy.add(each.user_id)
                    return each
            return None

    def retry_now(self) -> None:
        """Makes every failed event due now, because the webhook is said to work again."""
        with self.work:
            for each in self._failed:
                each.due = 0.0
            self.work.notify_all()

    def finish(self, outgoing: QueuedEvent) -> None:
        self._attempt([outgoing])
        with self.work:
            self._busy.discard(outgoing.user_id)
            self.work.notify()

    def send_raw(self, body: bytes) -> int:
        return self._send(body, note="raw")

    def _attempt(self, outgoing: list[QueuedEvent]) -> int:
        events = [as_redelivery(each.event) if each.attempts else each.event for each in outgoing]
        with self._lock:
            for each in outgoing:
                each.attempts += 1
                self._reply_tokens.record_delivery(each.event.get("replyToken", ""))
        body = write_body(self._channel.bot_user_id, events)
        status = self._send(body, note="redelivery" if outgoing[0].attempts > 1 else None)
        if self._faults.take(["webhook_duplicate"]):
            status = self._send(body, note="duplicate")
        if not 200 <= status < 300:
            self._schedule_redelivery(outgoing)
        return status

    def _schedule_redelivery(self, outgoing: list[QueuedEvent]) -> None:
        with self.work:
            if not self._faults["webhook_redelivery"]:
                return
            for each in outgoing:
                if each.attempts <= len(BACKOFF_SECONDS):
                    each.due = time.monotonic() + BACKOFF_SECONDS[each.attempts - 1]
                    self._failed.append(each)

    def _send(self, body: bytes, *, note: str | None = None) -> int:
        started = time.perf_counter()
        if self._faults["webhook_down"]:
            status, note = NO_CONNECTION, "webhook_down"
        else:
            status, reason = self._try_to_deliver(body)
            note = note or reason
        exchange = Exchange(
            direction="webhook",
            method="POST",
            path=self._channel.webhook_url,
            status=status,
            ms=round((time.perf_counter() - started) * 1000, 1),
            request=readable(body, "application/json"),
            note=note,
        )
        with self._lock:
            self._log.write(exchange)
        return status

    def verify(self, url: str | None = None) -> dict[str, Any]:
        """Sends an empty signed body as LINE's Verify button does; only status 200 is a success."""
        body = write_body(self._channel.bot_user_id, [])
        status, reason = self._try_to_deliver(body, url)
        answered = "OK" if status == HTTPStatus.OK else "ERROR_STATUS_CODE"
        words = reason.upper() if reason else answered
        return {"success": words == "OK", "statusCode": status, "reason": words, "detail": str(status)}

    def _try_to_deliver(self, body: bytes, url: str | None = None) -> tuple[int, str | None]:
        headers = write_headers(self._channel.secret, body)
        try:
            if self._deliver:
                return self._deliver(body, headers), None
            return _post(url or self._channel.webhook_url, body, headers), None
        except requests.Timeout:
            return NO_CONNECTION, "request_timeout"
        except (requests.RequestException, OSError):
            return NO_CONNECTION, "could_not_connect"


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Posts on a new connection each time: one kept open that the bot has just closed would look like an outage."""
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(url, data=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        return answer.status_code
