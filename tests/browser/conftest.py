"""A municipality that is open, and the tabs of those who visit it."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from store.settings import DEMO_MUNICIPALITY, StoreSettings
from tests.browser.premises import Premises, open_premises
from tests.browser.tabs import Desk, Diary, Phone, a_tab
from tests.chromium import a_browser

PHONE, DESK, WIDE = (390, 844), (1280, 900), (1440, 900)
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture
def premises(browser: Browser, sqlite_template: Path, tmp_path: Path) -> Iterator[Premises]:
    """Opened only where there is a browser to visit it."""
    shutil.copy(sqlite_template, tmp_path / "town.db")
    settings = StoreSettings(
        database_url=f"sqlite:///{tmp_path}/town.db",
        media_url=str(tmp_path / "media"),
        municipality=in_a_hurry(tmp_path / "municipality.toml"),
        data_keys=(b"thirty-two bytes to seal with..!",),
    )
    with open_premises(settings) as opened:
        yield opened
        assert opened.simulator.violations == []


def in_a_hurry(path: Path) -> Path:
    """The demo municipality, whose notices wait one second for company instead of ten."""
    facts = DEMO_MUNICIPALITY.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(?m)^hold_seconds = \d+", "hold_seconds = 1", facts), encoding="utf-8")
    return path


@pytest.fixture
def diary(request: pytest.FixtureRequest) -> Diary:
    """Each test has numbers of its own, so that tests side by side do not write over each other."""
    return Diary(SCREENSHOTS, first=request.param)


@pytest.fixture
def phone(browser: Browser, premises: Premises, diary: Diary) -> Iterator[Phone]:
    """Somsri's, with the chat page open."""
    somsri = premises.simulator.add_resident("สมศรี")
    with a_tab(browser, premises.chat, PHONE) as page:
        yield Phone(page, somsri.name, diary)


@pytest.fixture
def neighbours(browser: Browser, premises: Premises, diary: Diary) -> Iterator[tuple[Phone, Phone]]:
    """Two residents whose phones lie side by side on one wide page."""
    names = [premises.simulator.add_resident(name).name for name in ("สมศรี", "ประสิทธิ์")]
    with a_tab(browser, premises.chat, WIDE) as page:
        page.get_by_test_id("two-phones").click()
        yield Phone(page, names[0], diary), Phone(page, names[1], diary)


@pytest.fixture
def desk(browser: Browser, premises: Premises, diary: Diary) -> Iterator[Desk]:
    """An officer's, with the console open."""
    with a_tab(browser, premises.console, DESK) as page:
        yield Desk(page, diary)
