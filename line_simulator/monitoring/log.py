"""Keeps the last 500 webhook deliveries and API calls for the panel."""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from line_simulator.monitoring.stream import Stream

MAX_ENTRIES = 500
MAX_TEXT = 2_000


@dataclass(frozen=True)
class Exchange:
    """Describes one request and its answer, in either direction."""

    direction: str
    method: str
    path: str
    status: int
    ms: float
    request: Any = None
    response: Any = None
    retry_key: str | None = None
    note: str | None = None


class Log:
    def __init__(self, clock: Callable[[], float], stream: Stream) -> None:
        self._clock = clock
        self._stream = stream
        self._entries: deque[dict[str, Any]] = deque(maxlen=MAX_ENTRIES)
        self._last = 0

    def write(self, exchange: Exchange) -> None:
        self._last += 1
        facts = {"n": self._last, "at": int(self._clock() * 1000), **vars(exchange)}
        optional = ("retry_key", "note")
        entry = {name: value for name, value in facts.items() if value is not None or name not in optional}
        self._entries.append(entry)
        self._stream.publish("log", entry=entry)

    def after(self, number: int) -> list[dict[str, Any]]:
        # Copies the deque: another thread may append, and iterating over a changing deque raises RuntimeError.
        return [entry for entry in list(self._entries) if entry["n"] > number]


def readable(body: bytes, content_type: str) -> Any:
    """Returns a body for the panel: JSON parsed, text shortened, else its type and size; None when empty."""
    if not body:
        return None
    if "json" in content_type:
        try:
            return json.loads(body)
        except ValueError:
            pass
    if content_type.startswith(("text/", "application/x-www-form-urlencoded", "application/json")):
        return body[:MAX_TEXT].decode("utf-8", "replace")
    return f"<{content_type or 'no type'}, {len(body)} bytes>"
