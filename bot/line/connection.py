"""Sends every HTTP request to LINE, except those that LINE's SDK sends.

Each carries the access token and has a timeout; no proxy is used and no redirect followed.

https://developers.line.biz/en/reference/messaging-api/
"""

import threading
from collections.abc import Mapping
from typing import Any

import requests

CONNECT_SECONDS, READ_SECONDS = 3.05, 10.0


class LineApiError(Exception):
    """Says that LINE did not do what was asked. The message is a sentence for the operator, without token or contents.

    `status` is the status code of LINE's answer; None if there was no answer.
    """

    def __init__(self, sentence: str, *, status: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status


class LineConnection:
    """Calls one host of LINE. Threads share it, and each has its own connections; a process creates it after a fork."""

    def __init__(self, url: str, access_token: str, *, read_seconds: float = READ_SECONDS) -> None:
        self._url = url
        self._authorisation = f"Bearer {access_token}"
        self._read_seconds = read_seconds
        self._of_thread = threading.local()

    def send(
        self,
        method: str,
        path: str,
        *,
        data: bytes | None = None,
        json: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
    ) -> requests.Response:
        """Returns LINE's answer, whatever its status code. Raises requests.RequestException if there is none."""
        return self._session().request(
            method,
            f"{self._url}{path}",
            data=data,
            json=json,
            headers=headers,
            stream=stream,
            timeout=(CONNECT_SECONDS, self._read_seconds),
            allow_redirects=False,
        )

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, missing_is_fine: bool = False
    ) -> requests.Response:
        """Returns LINE's answer if its status is 200 or 202, or with `missing_is_fine` also 404.

        Raises LineApiError for any other answer, and if LINE does not answer.
        """
        try:
            response = self.send(method, path, json=body)
        except requests.RequestException as error:
            raise LineApiError(f"LINE cannot be reached ({type(error).__name__}).") from None
        if response.status_code in (200, 202) or (missing_is_fine and response.status_code == 404):
            return response
        sentence = _SENTENCES.get(response.status_code) or _other(response)
        raise LineApiError(sentence, status=response.status_code)

    def close(self) -> None:
        """Closes the connections of the calling thread."""
        self._session().close()

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._of_thread, "session", None)
        if session is None:
            session = self._of_thread.session = requests.Session()
            session.headers["Authorization"] = self._authorisation
            # The environment's proxies and netrc must not redirect a token.
            session.trust_env = False
        return session


def json_object(response: requests.Response) -> dict[str, Any]:
    """Returns the JSON object in LINE's answer. Raises LineApiError if the answer is anything else."""
    try:
        content = response.json()
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise LineApiError(
            "What answered is not LINE: it speaks no JSON. Check LINE_API_URL and the network."
        )
    return content


_SENTENCES = {
    401: "LINE does not know this channel access token.",
    403: "LINE does not let this account ask that.",
    429: "LINE was asked too often; wait an hour.",
}


def _other(response: requests.Response) -> str:
    request_id = response.headers.get("x-line-request-id", "")
    return f"LINE answered {response.status_code}" + (f" (request {request_id[:60]})." if request_id else ".")
