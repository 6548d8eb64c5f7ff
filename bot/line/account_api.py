"""Asks LINE about the account itself: its name, its messages of the month, its webhook, its rich menus.

https://developers.line.biz/en/reference/messaging-api/
"""

from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from bot.line.connection import READ_SECONDS, LineApiError, LineConnection, json_object


@dataclass(frozen=True)
class AccountInfo:
    """Describes the account. `answered_at` is the time by LINE's clock; None if LINE did not send it."""

    name: str
    basic_id: str
    answered_at: datetime | None


@dataclass(frozen=True)
class Quota:
    """Holds the highest number of billed messages that LINE sends in a month; None means no limit."""

    limit: int | None


@dataclass(frozen=True)
class Consumption:
    """Holds how many messages are used this month by LINE's count, which is approximate."""

    used: int


@dataclass(frozen=True)
class WebhookEndpoint:
    """Describes the webhook that LINE calls. `address` is None if none was ever set."""

    address: str | None
    is_active: bool


@dataclass(frozen=True)
class WebhookTest:
    """Describes the answer that LINE got when it called our webhook. `status` is 0 if LINE names no status code."""

    is_good: bool
    status: int
    reason: str


@dataclass(frozen=True)
class DefaultMenu:
    """Holds the id of the menu that everybody sees; None if there is none."""

    menu_id: str | None


class LineAccount:
    """Asks about the account. Each method raises LineApiError if LINE refuses or does not answer."""

    def __init__(self, api_url: str, access_token: str, *, read_seconds: float = READ_SECONDS) -> None:
        self._api = LineConnection(api_url, access_token, read_seconds=read_seconds)

    def info(self) -> AccountInfo:
        response = self._api.ask("GET", "/v2/bot/info")
        content = json_object(response)
        return AccountInfo(
            _text(content, "displayName"), _text(content, "basicId"), _moment(response.headers.get("Date"))
        )

    def quota(self) -> Quota:
        content = json_object(self._api.ask("GET", "/v2/bot/message/quota"))
        return Quota(None if content.get("type") == "none" else _number(content, "value"))

    def consumption(self) -> Consumption:
        return Consumption(
            _number(json_object(self._api.ask("GET", "/v2/bot/message/quota/consumption")), "totalUsage")
        )

    def broadcast_on(self, day: date) -> int | None:
        """Returns how many friends our broadcasts to all friends reached on the day; None until LINE has counted.

        LINE counts days in Japan's time.
        """
        content = json_object(self._api.ask("GET", f"/v2/bot/message/delivery/broadcast?date={day:%Y%m%d}"))
        return _number(content, "success") if content.get("status") == "ready" else None

    def webhook_endpoint(self) -> WebhookEndpoint:
        response = self._api.ask("GET", "/v2/bot/channel/webhook/endpoint", missing_is_fine=True)
        if response.status_code == 404:
            return WebhookEndpoint(None, is_active=False)
        content = json_object(response)
        return WebhookEndpoint(_text(content, "endpoint"), is_active=content.get("active") is True)

    def test_webhook(self) -> WebhookTest:
        """Makes LINE send our webhook a signed body without events; LINE allows 60 such tests an hour."""
        content = json_object(self._api.ask("POST", "/v2/bot/channel/webhook/test", {}))
        status = content.get("statusCode")
        return WebhookTest(
            content.get("success") is True, status if isinstance(status, int) else 0, _text(content, "reason")
        )

    def default_menu(self) -> DefaultMenu:
        response = self._api.ask("GET", "/v2/bot/user/all/richmenu", missing_is_fine=True)
        if response.status_code == 404:
            return DefaultMenu(None)
        return DefaultMenu(_text(json_object(response), "richMenuId"))

    def has_menu(self, alias: str) -> bool:
        return (
            self._api.ask("GET", f"/v2/bot/richmenu/alias/{alias}", missing_is_fine=True).status_code == 200
        )

    def close(self) -> None:
        self._api.close()


def _text(content: dict[str, Any], name: str) -> str:
    return str(content.get(name) or "")


def _number(content: dict[str, Any], name: str) -> int:
    value = content.get(name)
    if not isinstance(value, int):
        raise LineApiError(f"LINE's answer has no {name}.")
    return value


def _moment(date: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(date) if date else None
    except ValueError:
        return None
