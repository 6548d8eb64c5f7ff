"""Asks LINE about the account itself: its name, its messages of the month, its webhook, its menu.

https://developers.line.biz/en/reference/messaging-api/
"""

from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests

CONNECT_SECONDS, READ_SECONDS = 3.05, 10.0


class LineApiError(Exception):
    """Says that LINE gave no answer; the message is a sentence for the operator, without token or contents."""

    def __init__(self, sentence: str, *, status: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class AccountInfo:
    """Describes the account. `answered_at` is the time by LINE's clock; None if LINE did not send it."""

    name: str
    basic_id: str
    answered_at: datetime | None


@dataclass(frozen=True)
class Quota:
    """Holds how many messages LINE bills a month at most; None is unlimited."""

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
    """Describes what LINE got when it called our webhook."""

    is_good: bool
    status: int
    reason: str


@dataclass(frozen=True)
class DefaultMenu:
    """Holds the id of the menu that everybody sees; None if there is none."""

    menu_id: str | None


class LineAccount:
    def __init__(self, api_url: str, access_token: str, *, read_seconds: float = READ_SECONDS) -> None:
        self._api_url, self._timeout = api_url, (CONNECT_SECONDS, read_seconds)
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {access_token}"
        # The environment's proxies and netrc must not redirect a token.
        self._session.trust_env = False

    def info(self) -> AccountInfo:
        response = self._call("GET", "/v2/bot/info")
        content = _content(response)
        return AccountInfo(
            _text(content, "displayName"), _text(content, "basicId"), _moment(response.headers.get("Date"))
        )

    def quota(self) -> Quota:
        content = _content(self._call("GET", "/v2/bot/message/quota"))
        return Quota(None if content.get("type") == "none" else _number(content, "value"))

    def consumption(self) -> Consumption:
        return Consumption(
            _number(_content(self._call("GET", "/v2/bot/message/quota/consumption")), "totalUsage")
        )

    def broadcast_on(self, day: date) -> int | None:
        """Returns how many residents our broadcasts to all friends reached on LINE's day; None until LINE counted."""
        content = _content(self._call("GET", f"/v2/bot/message/delivery/broadcast?date={day:%Y%m%d}"))
        return _number(content, "success") if content.get("status") == "ready" else None

    def webhook_endpoint(self) -> WebhookEndpoint:
        response = self._call("GET", "/v2/bot/channel/webhook/endpoint", missing_is_fine=True)
        if response.status_code == 404:
            return WebhookEndpoint(None, is_active=False)
        content = _content(response)
        return WebhookEndpoint(_text(content, "endpoint"), is_active=content.get("active") is True)

    def test_webhook(self) -> WebhookTest:
        """Makes LINE send our webhook a signed body without events; LINE allows 60 such tests an hour."""
        content = _content(self._call("POST", "/v2/bot/channel/webhook/test"))
        status = content.get("statusCode")
        return WebhookTest(
            content.get("success") is True, status if isinstance(status, int) else 0, _text(content, "reason")
        )

    def default_menu(self) -> DefaultMenu:
        response = self._call("GET", "/v2/bot/user/all/richmenu", missing_is_fine=True)
        if response.status_code == 404:
            return DefaultMenu(None)
        return DefaultMenu(_text(_content(response), "richMenuId"))

    def has_menu(self, alias: str) -> bool:
        return self._call("GET", f"/v2/bot/richmenu/alias/{alias}", missing_is_fine=True).status_code == 200

    def close(self) -> None:
        self._session.close()

    def _call(self, method: str, path: str, *, missing_is_fine: bool = False) -> requests.Response:
        try:
            response = self._session.request(
                method,
                f"{self._api_url}{path}",
                json={} if method == "POST" else None,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise LineApiError(f"LINE cannot be reached ({type(error).__name__}).") from None
        if response.status_code == 200 or (missing_is_fine and response.status_code == 404):
            return response
        raise LineApiError(
            _SENTENCES.get(response.status_code, _other(response)), status=response.status_code
        )


_SENTENCES = {
    401: "LINE does not know this channel access token.",
    403: "LINE does not let this account ask that.",
    429: "LINE was asked too often; wait an hour.",
}


def _other(response: requests.Response) -> str:
    request_id = response.headers.get("x-line-request-id", "")
    return f"LINE answered {response.status_code}" + (f" (request {request_id[:60]})." if request_id else ".")


def _content(response: requests.Response) -> dict[str, Any]:
    try:
        content = response.json()
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise LineApiError(
            "What answered is not LINE: it speaks no JSON. Check LINE_API_URL and the network."
        )
    return content


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
