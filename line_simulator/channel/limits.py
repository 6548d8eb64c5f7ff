"""Limits what the channel may use: calls per second, minute or hour, and messages per month."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from line_simulator.refusals import Refusal

# LINE counts days and months in Japan's time, whatever the account's country.
LINE_ZONE = timezone(timedelta(hours=9))
RATE_LIMIT_EXCEEDED = "The API rate limit has been exceeded. Try again later."
MONTHLY_LIMIT_REACHED = "You have reached your monthly limit."


@dataclass(frozen=True)
class Rate:
    calls: int
    seconds: float


ORDINARY = Rate(2000, 1)
MULTICAST = Rate(200, 1)
LOADING = Rate(100, 1)
MENU_LIST = Rate(10, 1)
WEBHOOK_SETTING = Rate(1000, 60)
MENU_CHANGE = Rate(100, 3600)
SIXTY_AN_HOUR = Rate(60, 3600)
MENU_BATCH = Rate(3, 3600)
TOKEN_ISSUE = Rate(370, 1)


class RateLimiter:
    """Limits calls by a token bucket for each method and path, on the simulator's own clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def spend(self, endpoint: str, rate: Rate) -> None:
        now = self._clock()
        left, since = self._buckets.get(endpoint, (float(rate.calls), now))
        left = min(rate.calls, left + max(0.0, now - since) * rate.calls / rate.seconds)
        if left < 1:
            raise Refusal(429, RATE_LIMIT_EXCEEDED)
        self._buckets[endpoint] = (left - 1, now)


class MessageQuota:
    """Counts the recipients that LINE would bill, month by month."""

    def __init__(self, clock: Callable[[], float], limit: int | None) -> None:
        self._clock = clock
        self._by_month: Counter[str] = Counter()
        self._by_day: Counter[tuple[str, str]] = Counter()
        self.limit = limit

    @property
    def used(self) -> int:
        return self._by_month[self._now("%Y%m")]

    def set(self, *, limit: int | None, used: int) -> None:
        self.limit = limit
        self._by_month[self._now("%Y%m")] = used

    def bill(self, recipients: int) -> None:
        if self.limit is not None and (self.used >= self.limit or self.used + recipients > self.limit):
            raise Refusal(429, MONTHLY_LIMIT_REACHED)
        self._by_month[self._now("%Y%m")] += recipients

    def count_sent(self, kind: str, recipients: int) -> None:
        self._by_day[kind, self._now("%Y%m%d")] += recipients

    def sent_on(self, kind: str, day: str) -> int | None:
        """Returns how many were sent on a day (YYYYMMDD), or None until that day is over, as LINE does."""
        return self._by_day[kind, day] if day < self._now("%Y%m%d") else None

    def _now(self, pattern: str) -> str:
        return datetime.fromtimestamp(self._clock(), LINE_ZONE).strftime(pattern)
