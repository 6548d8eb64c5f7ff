"""The only clock. The store keeps UTC; screens and messages show Asia/Bangkok."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BANGKOK = ZoneInfo("Asia/Bangkok")


def now() -> datetime:
    return datetime.now(UTC)


def in_bangkok(at: datetime) -> datetime:
    return at.astimezone(BANGKOK)


def today() -> date:
    """The date on the office's wall calendar."""
    return in_bangkok(now()).date()
