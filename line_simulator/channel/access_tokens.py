"""Issues and checks channel access tokens: the long-lived one of the settings, and those issued at run time."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from line_simulator.channel.settings import Channel

STATELESS_SECONDS = 900
SHORT_LIVED_SECONDS = 30 * 24 * 3600
MAX_SHORT_LIVED = 30


@dataclass
class AccessTokens:
    clock: Callable[[], float]
    channel: Channel
    _stateless: dict[str, float] = field(default_factory=dict)
    _short_lived: dict[str, float] = field(default_factory=dict)

    def is_valid(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self.channel.token.encode()) or bool(
            self.seconds_left(token)
        )

    def is_channel_secret(self, secret: str) -> bool:
        return secrets.compare_digest(secret.encode(), self.channel.secret.encode())

    def issue_stateless(self) -> str:
        token = secrets.token_urlsafe(120)
        self._stateless[token] = self.clock() + STATELESS_SECONDS
        return token

    def issue_short_lived(self) -> str:
        """Issues a short-lived token; the thirty-first revokes the oldest."""
        if len(self._short_lived) >= MAX_SHORT_LIVED:
            del self._short_lived[next(iter(self._short_lived))]
        token = secrets.token_urlsafe(120)
        self._short_lived[token] = self.clock() + SHORT_LIVED_SECONDS
        return token

    def revoke(self, token: str) -> None:
        self._short_lived.pop(token, None)

    def seconds_left(self, token: str) -> int:
        end = self._stateless.get(token) or self._short_lived.get(token) or 0
        return max(0, int(end - self.clock()))
