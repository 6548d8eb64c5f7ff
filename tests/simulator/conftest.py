"""A simulator without threads, a clock that moves when told, and an account that calls its API."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from line_simulator import Simulator
from line_simulator.residents import Resident
from line_simulator.web import create_app

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
NOON = 1_795_150_800.0  # 20 November 2026, 12:00 in Bangkok


@dataclass
class Clock:
    now: float = NOON

    def __call__(self) -> float:
        return self.now

    def moves(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Webhook:
    """The account's side of the webhook: what arrived, and what it answers."""

    answers: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, body: bytes, headers: dict[str, str]) -> int:
        self.bodies.append(body)
        self.headers.append(headers)
        return self.answers.pop(0) if self.answers else 200

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for body in self.bodies for event in json.loads(body)["events"]]


@dataclass
class Account:
    """Calls the API with the account's token; a message may be given as plain text."""

    client: FlaskClient
    token: str = "demo-token"

    def calls(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.token}", **headers}
        if body is None or isinstance(body, bytes):
            return self.client.open(path, method=method, data=body, headers=sent)
        return self.client.open(path, method=method, json=body, headers=sent)

    def replies(self, token: str, *texts: str, **headers: str) -> TestResponse:
        return self.calls(
            "POST", "/v2/bot/message/reply", {"replyToken": token, "messages": say(*texts)}, **headers
        )

    def pushes(self, to: str, *texts: str, retry_key: str | None = None) -> TestResponse:
        keys = {"X-Line-Retry-Key": retry_key} if retry_key else {}
        return self.calls("POST", "/v2/bot/message/push", {"to": to, "messages": say(*texts)}, **keys)

    def shows(self, resident: Resident, *messages: dict[str, Any]) -> None:
        answer = self.calls("POST", "/v2/bot/message/push", {"to": resident.id, "messages": list(messages)})
        assert answer.status_code == 200, answer.text


def say(*texts: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text} for text in texts]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def webhook() -> Webhook:
    return Webhook()


@pytest.fixture
def sim(clock: Clock, webhook: Webhook) -> Simulator:
    return Simulator(secret=SECRET, token="demo-token", clock=clock, deliver=webhook, background=False)


@pytest.fixture
def client(sim: Simulator) -> Iterator[FlaskClient]:
    with create_app(sim).test_client() as client:
        yield client


@pytest.fixture
def account(client: FlaskClient) -> Account:
    return Account(client)


@pytest.fixture
def somsri(sim: Simulator, webhook: Webhook) -> Resident:
    """A friend since yesterday: her follow event is long delivered."""
    resident = sim.add_resident("สมศรี")
    resident.follows()
    sim.deliver_webhooks()
    webhook.bodies.clear()
    return resident
