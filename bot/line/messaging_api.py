"""Calls LINE's messaging endpoints: sends requests, downloads files, and reduces each answer to one outcome.

Requests are sent exactly as they are stored, so `requests` is used and not LINE's SDK, which builds each body anew.
https://developers.line.biz/en/docs/messaging-api/retrying-api-request/
"""

import time
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote

import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from bot.line.connection import READ_SECONDS, LineConnection
from store.files.limits import MAX_BYTES
from store.messaging.outcomes import Outcome, SendResult


@dataclass(frozen=True)
class DownloadLimits:
    """Limits a download: `silent_seconds` without a byte, `seconds` in all, and the lowest average speed.

    The speed counts after `slow_after_seconds`. A read timeout alone would never end a download that arrives byte by
    byte, and other downloads wait for the same threads.
    """

    silent_seconds: float = 5.0
    seconds: float = 60.0
    slow_after_seconds: float = 5.0
    least_bytes_per_second: int = 16 * 1024


class ContentState(Enum):
    HERE = "here"
    LATER = "later"
    MISSING = "missing"
    GONE = "gone"
    TOO_BIG = "too big"


@dataclass(frozen=True)
class FetchedContent:
    content: ContentState
    data: bytes = b""


class LineClient:
    """Calls LINE. Threads share it, and each has its own connections; a process creates it after a fork."""

    def __init__(
        self,
        api_url: str,
        data_url: str,
        access_token: str,
        *,
        read_seconds: float = READ_SECONDS,
        patience: DownloadLimits | None = None,
    ) -> None:
        self._api = LineConnection(api_url, access_token, read_seconds=read_seconds)
        self._patience = patience or DownloadLimits()
        self._data = LineConnection(data_url, access_token, read_seconds=self._patience.silent_seconds)

    def reply(self, body: str) -> SendResult:
        """Sends a reply. `body` carries the reply token, which LINE accepts once."""
        return self._post("/v2/bot/message/reply", body, {})

    def push(self, body: str, retry_key: str) -> SendResult:
        """Sends a push. The same key and body may be sent again for 24 hours and reach the resident once."""
        return self._post("/v2/bot/message/push", body, {"X-Line-Retry-Key": retry_key})

    def multicast(self, body: str, retry_key: str) -> SendResult:
        """Sends a message to at most 500 residents at once; as with a push, key and body may be sent again."""
        return self._post("/v2/bot/message/multicast", body, {"X-Line-Retry-Key": retry_key})

    def broadcast(self, body: str, retry_key: str) -> SendResult:
        """Sends a message to every friend of the account; as with a push, key and body may be sent again."""
        return self._post("/v2/bot/message/broadcast", body, {"X-Line-Retry-Key": retry_key})

    def _post(self, path: str, body: str, headers: dict[str, str]) -> SendResult:
        try:
            response = self._api.send(
                "POST", path, data=body.encode(), headers={"Content-Type": "application/json", **headers}
            )
        except requests.RequestException as error:
            answer = Outcome.NO_ANSWER if _was_connected(error) else Outcome.SERVER_ERROR
            return SendResult(answer, type(error).__name__)
        return _outcome(response)

    def content(self, message_id: str) -> FetchedContent:
        """Fetches a file that a resident sent, and stops at our limits of size and time."""
        path = f"/v2/bot/message/{quote(message_id, safe='')}/content"
        try:
            with self._data.send("GET", path, stream=True) as response:
                if response.status_code == 200:
                    return _read(response, self._patience)
                return FetchedContent(_NO_CONTENT.get(response.status_code, ContentState.LATER))
        except (requests.RequestException, HTTPError):
            return FetchedContent(ContentState.LATER)


def _was_connected(error: requests.RequestException) -> bool:
    """Says whether a connection was made; if not, LINE cannot have accepted anything."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return not isinstance(cause, NewConnectionError | ConnectTimeoutError)


_NO_CONTENT = {404: ContentState.MISSING, 410: ContentState.GONE}


def _read(response: requests.Response, patience: DownloadLimits) -> FetchedContent:
    data, began = bytearray(), time.monotonic()
    # read1 returns what has arrived, however little: waiting for a whole block could take for ever.
    while chunk := response.raw.read1(64 * 1024, decode_content=True):
        data += chunk
        if len(data) > MAX_BYTES:
            return FetchedContent(ContentState.TOO_BIG)
        if _is_too_slow(len(data), time.monotonic() - began, patience):
            return FetchedContent(ContentState.LATER)
    return FetchedContent(ContentState.HERE, bytes(data)) if data else FetchedContent(ContentState.MISSING)


def _is_too_slow(size: int, seconds: float, patience: DownloadLimits) -> bool:
    if seconds > patience.seconds:
        return True
    return seconds > patience.slow_after_seconds and size < seconds * patience.least_bytes_per_second


def _outcome(response: requests.Response) -> SendResult:
    """Reads the outcome from the status code; the text decides only between two meanings of one code."""
    status, text = response.status_code, response.text[:300]
    accepted_id = response.headers.get("x-line-accepted-request-id")
    request_id = accepted_id or response.headers.get("x-line-request-id")
    if status == 400 and "reply token" in text.lower():
        return SendResult(Outcome.BAD_TOKEN, text, request_id)
    if status == 429 and "monthly" in text.lower():
        return SendResult(Outcome.NO_QUOTA, text, request_id)
    answer = _ANSWERS.get(status) or _by_class(status)
    return SendResult(answer, text, request_id, _retry_after(response.headers.get("Retry-After", "")))


def _retry_after(value: str) -> float | None:
    """Returns the seconds of a Retry-After header; None if it is missing or holds a date, as our clock may differ."""
    return float(value) if value.isascii() and value.isdigit() else None


_ANSWERS = {
    200: Outcome.ACCEPTED,
    409: Outcome.ACCEPTED,
    401: Outcome.UNAUTHORISED,
    403: Outcome.UNAUTHORISED,
    429: Outcome.RATE_LIMIT,
}


def _by_class(status: int) -> Outcome:
    """Returns the outcome of a status code that _ANSWERS lacks.

    A redirect is UNKNOWN: it comes from a machine between LINE and us.
    """
    if 200 <= status < 300:
        return Outcome.ACCEPTED
    if 400 <= status < 500:
        return Outcome.REFUSED
    return Outcome.SERVER_ERROR if status >= 500 else Outcome.NO_ANSWER
