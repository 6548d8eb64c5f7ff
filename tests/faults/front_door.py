"""Leads LINE's calls to the web application: one process serves whenever LINE calls, and never two."""

import http.client
import threading
from collections.abc import Callable
from contextlib import suppress

from tests.faults.nursery import Life, Nursery

# How long a request may wait while the process is replaced.
PATIENCE_SECONDS = 5.0
NO_CONNECTION = 0


class FrontDoor:
    """Starts web processes one after the other; `bear` starts the next one, with the trap that is to kill it."""

    def __init__(self, nursery: Nursery, bear: Callable[[], Life]) -> None:
        self._nursery, self._bear = nursery, bear
        self._life: Life | None = None
        self._knocking = 0
        self._lock = threading.Lock()

    def post(self, body: bytes, headers: dict[str, str]) -> int:
        with self._lock:
            self._knocking += 1
            self._open()
        try:
            return self._call(body, headers)
        finally:
            with self._lock:
                self._knocking -= 1

    def when_over(self, life: Life) -> None:
        """Starts the next process if connections still wait when one has ended."""
        with self._lock:
            if life is self._life:
                self._life = None
                if self._knocking:
                    self._open()

    def close(self) -> None:
        with self._lock:
            life, self._life = self._life, None
        if life is not None:
            self._nursery.end(life)

    def _open(self) -> None:
        if self._life is None:
            self._life = self._bear()

    def _call(self, body: bytes, headers: dict[str, str]) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self._nursery.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("POST", "/line/webhook", body, headers)
            answer = connection.getresponse()
            with suppress(OSError):
                # Reads until the other side closes: then what it does after its answer is done, or it is dead.
                answer.fp.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            return NO_CONNECTION
        finally:
            connection.close()
