"""Tests what every call to LINE has in common, against a server that is not LINE."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.line.account_api import LineAccount
from bot.line.connection import LineApiError
from bot.line.messaging_api import ContentState, LineClient
from bot.line.rich_menu_links import RichMenuLinks
from store.messaging.outcomes import Outcome
from tests.waiting import finish

TOKEN = "token-of-the-account"
KEY = "7d0d1c2e-3d0a-4a39-8d35-0f7f2f5f7a10"


class Server(ThreadingHTTPServer):
    """Answers each request with `status` and `body`, and records the path and the token of each."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.body = 200, b"{}"
        self.location: str | None = None
        self.requests: list[tuple[str, str | None]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.requests.append((self.path, self.headers.get("Authorization")))
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    do_GET = do_POST = _answer

    def log_message(self, *_: object) -> None:
        pass


def serve() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            finish(thread, what="the server")


@pytest.fixture
def line() -> Iterator[Server]:
    yield from serve()


@pytest.fixture
def elsewhere() -> Iterator[Server]:
    yield from serve()


def call_everything(url: str) -> list[str]:
    """Makes a call with each client; returns what went wrong with those that raise."""
    client = LineClient(url, url, TOKEN)
    client.push("{}", KEY)
    client.content("1")
    errors = []
    for ask in (LineAccount(url, TOKEN).quota, RichMenuLinks(url, TOKEN).find_default):
        try:
            ask()
        except LineApiError as error:
            errors.append(str(error))
    return errors


def test_every_client_sends_the_token(line: Server) -> None:
    line.body = b'{"type": "none"}'
    assert call_everything(line.url) == []
    assert [token for _, token in line.requests] == [f"Bearer {TOKEN}"] * 4


def test_a_redirect_is_not_followed_because_the_token_would_go_along(line: Server, elsewhere: Server) -> None:
    line.status, line.location = 307, elsewhere.url
    errors = call_everything(line.url)
    assert len(line.requests) == 4
    assert elsewhere.requests == []
    assert errors == ["LINE answered 307."] * 2
    assert LineClient(line.url, line.url, TOKEN).push("{}", KEY).outcome is Outcome.NO_ANSWER
    assert LineClient(line.url, line.url, TOKEN).content("1").content is ContentState.LATER


def test_proxies_of_the_environment_do_not_get_the_token(
    line: Server, elsewhere: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, elsewhere.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    call_everything(line.url)
    assert len(line.requests) == 4
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (401, b"{}", "LINE does not know this channel access token."),
        (429, b"{}", "LINE was asked too often; wait an hour."),
        (500, b"{}", "LINE answered 500."),
        (200, b"<h1>Sign in</h1>", "What answered is not LINE: it speaks no JSON."),
        (200, b"[]", "What answered is not LINE: it speaks no JSON."),
    ],
)
def test_what_line_does_not_do_is_said_in_one_sentence(
    line: Server, status: int, body: bytes, sentence: str
) -> None:
    line.status, line.body = status, body
    errors = call_everything(line.url)
    assert len(errors) == 2
    assert all(error.startswith(sentence) for error in errors)
    with pytest.raises(LineApiError) as raised:
        LineAccount(line.url, TOKEN).info()
    assert raised.value.status == (None if status == 200 else status)


def test_a_host_that_does_not_answer_is_said_to_be_out_of_reach() -> None:
    errors = call_everything("http://127.0.0.1:9")
    assert errors == ["LINE cannot be reached (ConnectionError)."] * 2
