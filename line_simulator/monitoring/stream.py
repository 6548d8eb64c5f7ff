"""Publishes to the chat page what happens, as server-sent events; keeps the last 1000 for pages that reconnect."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from typing import Any

HEARTBEAT_SECONDS = 15.0


class Stream:
    def __init__(self, lock: threading.RLock) -> None:
        self._changed = threading.Condition(lock)
        self._events: deque[tuple[int, str, dict[str, Any]]] = deque(maxlen=1000)
        self.last = 0

    def publish(self, name: str, **data: Any) -> None:
        with self._changed:
            self.last += 1
            self._events.append((self.last, name, data))
            self._changed.notify_all()

    def listen(self, after: int | None = None) -> Iterator[str]:
        """Yields server-sent events for ever; `after` is the browser's Last-Event-ID."""
        seen = self.last if after is None else after
        yield "retry: 1000\n\n"
        while True:
            fresh = self._wait_for_events(seen)
            for number, name, data in fresh:
                seen = number
                yield f"id: {number}\nevent: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
            if not fresh:
                yield ": still here\n\n"

    def _wait_for_events(self, seen: int) -> list[tuple[int, str, dict[str, Any]]]:
        with self._changed:
            if seen > self.last:
                # The page saw an earlier process: event numbers start again after a restart.
                seen = 0
            self._changed.wait_for(lambda: self.last > seen, timeout=HEARTBEAT_SECONDS)
            return [event for event in self._events if event[0] > seen]
