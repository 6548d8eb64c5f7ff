"""A phone in a real browser, and the account's end of the line."""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from line_simulator import Simulator
from line_simulator.residents import Resident
from line_simulator.web import serve
from tests.chromium import a_browser, barriers

NOON = 1_795_150_800.0  # 20 November 2026, 12:00 in Bangkok


@dataclass
class Account:
    """Speaks to residents through the Messaging API of the simulator."""

    url: str

    def calls(self, path: str, body: Any) -> None:
        headers = {"Authorization": "Bearer demo-token", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)  # noqa: S310 - a server of this test
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            assert answer.status in {200, 202}

    def sends(self, resident: Resident, *messages: dict[str, Any]) -> None:
        self.calls("/v2/bot/message/push", {"to": resident.id, "messages": list(messages)})

    def says(self, resident: Resident, text: str, *quick_replies: dict[str, Any]) -> None:
        message: dict[str, Any] = {"type": "text", "text": text}
        if quick_replies:
            items = [{"type": "action", "action": action} for action in quick_replies]
            message["quickReply"] = {"items": items}
        self.sends(resident, message)


@dataclass
class Phone:
    page: Page

    def part(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def shows(self, text: str) -> None:
        expect(self.part("messages")).to_contain_text(text)

    def has_no_barriers(self) -> None:
        assert barriers(self.page) == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture
def sim() -> Simulator:
    return Simulator(secret="s", token="demo-token", clock=lambda: NOON, background=False)


@pytest.fixture
def somsri(sim: Simulator) -> Resident:
    return sim.add_resident("สมศรี")


@pytest.fixture
def url(sim: Simulator, somsri: Resident) -> Iterator[str]:
    with serve(sim) as url:
        yield url


@pytest.fixture
def account(url: str) -> Account:
    return Account(url)


@pytest.fixture(params=[(390, 844), (1440, 900)], ids=["on a phone", "on a desk"])
def stranger(request: pytest.FixtureRequest, browser: Browser, url: str) -> Iterator[Phone]:
    """The page as a first visitor sees it, at both widths; no error may appear on its console."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(url)
    yield Phone(page)
    context.close()
    assert errors == []


@pytest.fixture
def phone(stranger: Phone) -> Phone:
    stranger.part("follow").click()
    expect(stranger.part("follow")).to_have_count(0)
    return stranger
