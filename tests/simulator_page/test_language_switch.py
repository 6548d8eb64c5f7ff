"""The page in English: the switch, and that nothing on it is left in Thai."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from line_simulator.residents import Resident
from tests.simulator_page.conftest import Account, Phone

THAI = re.compile("[ก-๛]")
# Words of people, of the account and of the town, and the name of the language itself.
NAMES = ("เทศบาลตำบลตัวอย่าง", "สมศรี", "ไทย")
WORDS = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility() && !one.matches(".initial"))
  .flatMap((one) => [
    ...[...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data),
    ...["aria-label", "placeholder", "title", "alt"].map((name) => one.getAttribute(name)),
  ])
  .filter(Boolean)"""
OPENERS = ("chat-menu", "composer-plus", "composer-camera", "composer-voice")
PANELS = {
    "Inspector: webhooks and API": "log",
    "Fault switches": "fault-api_status",
    "Channel settings": "webhook-url",
}


def left_in_thai(phone: Phone) -> list[str]:
    words = [word for word in phone.page.evaluate(WORDS) if THAI.search(word)]
    return [word for word in words if THAI.search(re.sub("|".join(NAMES), "", word))]


@pytest.fixture(params=[(390, 844), (1440, 900)], ids=["on a phone", "on a desk"])
def visitor(request: pytest.FixtureRequest, browser: Browser, url: str) -> Iterator[Phone]:
    """Somebody who has just chosen English."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    page.get_by_test_id("language-en").locator("visible=true").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    yield Phone(page)
    context.close()
    assert errors == []


def test_the_switch_changes_the_whole_page_and_is_remembered(visitor: Phone, url: str) -> None:
    expect(visitor.part("follow")).to_have_text("Add friend")
    assert left_in_thai(visitor) == []
    visitor.has_no_barriers()
    visitor.page.goto(url)
    expect(visitor.part("follow")).to_have_text("Add friend")
    visitor.page.goto(f"{url}/?lang=th")
    expect(visitor.part("follow")).to_have_text("เพิ่มเพื่อน")


def test_the_chat_its_times_and_its_notes_are_in_english(
    visitor: Phone, account: Account, somsri: Resident
) -> None:
    visitor.part("follow").click()
    visitor.shows("You added this account as a friend")
    visitor.part("composer-input").fill("hello")
    visitor.part("composer-send").click()
    visitor.shows("Fri, 20 Nov 2026")
    visitor.shows("12:00")
    message = somsri.says("wrong")
    somsri.unsends(message)
    visitor.shows("You unsent a message")
    account.says(somsri, "Where?", {"type": "location", "label": "Send a place"})
    expect(visitor.part("quick-reply")).to_be_visible()
    assert left_in_thai(visitor) == []


@pytest.mark.parametrize("opener", OPENERS)
def test_what_opens_over_the_chat_is_in_english(visitor: Phone, opener: str) -> None:
    visitor.part("follow").click()
    expect(visitor.part("follow")).to_have_count(0)
    visitor.part(opener).click()
    assert left_in_thai(visitor) == []
    visitor.has_no_barriers()


def test_the_panel_is_in_english(visitor: Phone) -> None:
    visitor.part("follow").click()
    expect(visitor.part("follow")).to_have_count(0)
    for choice, shown in PANELS.items():
        visitor.part("chat-menu").click()
        visitor.page.get_by_role("button", name=choice).click()
        expect(visitor.part(shown)).to_be_attached()
        assert left_in_thai(visitor) == []
        visitor.has_no_barriers()
        visitor.page.keyboard.press("Escape")
