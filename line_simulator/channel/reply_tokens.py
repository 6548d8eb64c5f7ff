"""Issues reply tokens: valid once, for a minute after the event was delivered, at most for twenty minutes."""

from collections.abc import Callable
from dataclasses import dataclass

from line_simulator.identifiers import Identifiers
from line_simulator.refusals import Refusal

VALID_SECONDS = 60.0
MAX_AGE_SECONDS = 20 * 60.0


@dataclass
class _Token:
    user_id: str
    event_at: float
    delivered_at: float
    used: bool = False


class ReplyTokens:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tokens: dict[str, _Token] = {}

    def issue(self, user_id: str) -> str:
        token = Identifiers.new_token()
        now = self._clock()
        self._tokens[token] = _Token(user_id, event_at=now, delivered_at=now)
        return token

    def record_delivery(self, token: str) -> None:
        """Starts the minute of the token again, as LINE does when it redelivers an event."""
        if token in self._tokens:
            self._tokens[token].delivered_at = self._clock()

    def find_user(self, token: str) -> str:
        """Returns the user of the token; refuses one that is unknown, used or too old. LINE does not say which."""
        known = self._tokens.get(token)
        now = self._clock()
        if (
            known is None
            or known.used
            or now - known.delivered_at > VALID_SECONDS
            or now - known.event_at > MAX_AGE_SECONDS
        ):
            raise Refusal(400, "Invalid reply token")
        return known.user_id

    def mark_used(self, token: str) -> None:
        self._tokens[token].used = True
