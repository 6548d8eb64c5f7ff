"""Runs Debian's Chromium for tests that look at pages, and axe, which finds barriers for people with disabilities."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = Path(__file__).parent / "browser" / "axe.min.js"
# Dark first, so that screenshots made afterwards are light.
SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Yields the browser, one at a time in a process: Playwright refuses to be started twice."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install the package chromium to run the browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def barriers(page: Page) -> list[tuple[str, str]]:
    """Returns what axe reports about the page in both colour schemes: the rule, and the first element against it."""
    # Evaluated and not added as a script: the console's content security policy would not let it in.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found += page.evaluate("axe.run({ preload: false }).then((answer) => answer.violations)")
    return [(each["id"], each["nodes"][0]["html"]) for each in found]
