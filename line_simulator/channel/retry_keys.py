"""Remembers accepted retry keys for 24 hours, so that a repeated request sends nothing twice."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from line_simulator.refusals import Refusal

REMEMBERED_SECONDS = 24 * 3600.0
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class _Accepted:
    at: float
    request_id: str
    fingerprint: str
    answer: dict[str, Any]


class RetryKeys:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._accepted: dict[str, _Accepted] = {}
        self.violations: list[str] = []
        """Lists keys that came with another request: LINE answers 409 and never sends the message."""

    def refuse_repeated(self, key: str, path: str, body: bytes) -> None:
        if not UUID.fullmatch(key):
            raise Refusal(400, "The X-Line-Retry-Key header must be a UUID")
        earlier = self._accepted.get(key.lower())
        if earlier is None or self._clock() - earlier.at > REMEMBERED_SECONDS:
            return
        if earlier.fingerprint != _fingerprint(path, body):
            self.violations.append(f"retry key {key} came again with a different request to {path}")
        raise Refusal(
            409,
            "The retry key is already accepted",
            headers={"x-line-accepted-request-id": earlier.request_id},
            extra=earlier.answer,
        )

    def remember(self, key: str, path: str, body: bytes, *, request_id: str, answer: dict[str, Any]) -> None:
        self._accepted[key.lower()] = _Accepted(self._clock(), request_id, _fingerprint(path, body), answer)


def _fingerprint(path: str, body: bytes) -> str:
    return hashlib.sha256(path.encode() + b"\n" + body).hexdigest()
