"""Does what a resident does on the chat page and an officer in the console, as they would do it by hand."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, FilePayload, Locator, Page, Response, expect

from tests.chromium import barriers

# Two busy cores may take their time; nothing here waits longer than it has to.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)

# Photos further down would load only when somebody scrolls to them.
ALL_PICTURES = """async () => {
  const images = [...document.images].filter((image) => image.hasAttribute('src'));
  for (const image of images) {
    image.loading = 'eager';
    if (!image.complete) await new Promise((done) => { image.onload = image.onerror = done; });
  }
  return images.filter((image) => !image.naturalWidth).map((image) => image.src);
}"""
PHOTOS_HAVE_COME = """async () => {
  for (let looks = 0; looks < 300; looks++) {
    const page = await (await fetch(location)).text();
    if (!page.includes('กำลังรับรูป')) return true;
  }
  return false;
}"""


def has_loaded_pictures(page: Page) -> None:
    broken = page.evaluate(ALL_PICTURES)
    assert not broken, f"pictures that did not load: {broken}"


@contextmanager
def a_tab(browser: Browser, address: str, size: tuple[int, int]) -> Iterator[Page]:
    """Opens a tab of its own; until it is closed, its console may show no error and no request may fail."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce", locale="th-TH"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    troubles = note_troubles(page)
    page.goto(address)
    yield page
    # Closing ends the open event stream, which is no trouble of the page.
    found = list(troubles)
    context.close()
    assert not found, found


def note_troubles(page: Page) -> list[str]:
    """Returns a list that grows with every error on the console, request that fails and answer that refuses."""
    troubles: list[str] = []

    def note_refusal(answer: Response) -> None:
        if answer.status >= 400:
            troubles.append(f"{answer.url}: {answer.status}")

    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.on("requestfailed", lambda request: troubles.append(f"{request.url}: {request.failure}"))
    page.on("response", note_refusal)
    return troubles


class Diary:
    """Keeps screenshots of both tabs in the order of the story, for people to look at."""

    def __init__(self, folder: Path, *, first: int) -> None:
        self._folder, self._number = folder, first
        folder.mkdir(exist_ok=True)

    def keep(self, page: Page, name: str, *, whole: bool) -> None:
        page.screenshot(path=self._folder / f"{self._number:02}-{name}.png", full_page=whole)
        self._number += 1


@dataclass(frozen=True)
class Phone:
    """Does what a resident does on their phone on the chat page."""

    page: Page
    name: str
    diary: Diary

    @property
    def screen(self) -> Locator:
        return self.page.get_by_test_id(f"phone-{self.name}")

    def part(self, name: str) -> Locator:
        return self.screen.get_by_test_id(name)

    def adds_the_account(self) -> None:
        self.part("follow").click()
        expect(self.part("follow")).to_have_count(0)

    def says(self, text: str) -> None:
        if not self.part("composer-input").is_visible():
            self.part("keyboard-toggle").click()
        self.part("composer-input").fill(text)
        self.part("composer-send").click()
        expect(self.part("bubble").and_(self.page.locator("[data-from=resident]")).last).to_have_text(text)

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.part("bubble").filter(has_text=text).last).to_be_visible()

    def never_sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.part("messages")).not_to_contain_text(text)

    def answers(self, label: str) -> None:
        """Presses a quick reply."""
        self.part("quick-reply").filter(has_text=re.compile(f"^{label}$")).click()

    def presses(self, label: str) -> None:
        """Presses the newest button of that name on a card."""
        self.part("flex-button").filter(has_text=label).last.click()

    def chooses(self, label: str) -> None:
        """Presses the newest line of that name on a card that lists choices."""
        self.part("messages").get_by_role("button", name=label, exact=True).last.click()

    def opens(self, tile: str) -> None:
        """Presses a tile of the rich menu."""
        if not self.part("richmenu").is_visible():
            self.part("keyboard-toggle").click()
        self.part("richmenu-area").and_(self.page.get_by_label(tile, exact=True)).click()

    def pins(self, place: str) -> None:
        self.answers("ปักหมุด")
        self.part("location-preset").filter(has_text=place).click()

    def sends_photos(self, photos: Sequence[FilePayload]) -> None:
        self.part("photo-input").set_input_files(photos)

    def chooses_a_sample(self, name: str) -> None:
        """Takes one of the page's own drawings instead of a photo."""
        self.part("composer-camera").click()
        self.part("sample-photo").filter(has_text=name).click()

    def closes_the_menu(self) -> None:
        self.part("chatbar").click()
        expect(self.part("richmenu")).to_be_hidden()

    def looks_well(self, chapter: str) -> None:
        has_loaded_pictures(self.page)
        self.diary.keep(self.page, f"{chapter}-phone", whole=False)
        shut_out = barriers(self.page)
        assert not shut_out, f"{chapter}: {shut_out}"


@dataclass(frozen=True)
class Desk:
    """Does what an officer does on the pages of the console."""

    page: Page
    diary: Diary

    def signs_in(self, username: str, password: str) -> None:
        self.page.get_by_label("ชื่อผู้ใช้").fill(username)
        self.page.get_by_label("รหัสผ่าน").fill(password)
        self.page.get_by_role("button", name="เข้าสู่ระบบ").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("รายการเรื่อง")

    def opens_case(self, number: str) -> None:
        self.page.get_by_role("link", name=number).click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(number)

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def looks_again_when_photos_have_come(self) -> None:
        """Waits until the worker has fetched the photos that LINE keeps, then reloads, as officers press reload."""
        has_loaded_pictures(self.page)
        assert self.page.evaluate(PHOTOS_HAVE_COME), "the photos of the case never came"
        self.page.reload()

    def does(self, action: str, done: str, note: str = "", photos: Sequence[FilePayload] = ()) -> None:
        has_loaded_pictures(self.page)
        form = self.page.locator(f"form[action$='/{action}']")
        box = self.page.locator("details").filter(has=form)
        if box.count() and box.get_attribute("open") is None:
            box.locator("summary").click()
        if note:
            form.get_by_role("textbox").fill(note)
        if photos:
            form.locator("input[type=file]").set_input_files(photos)
        form.get_by_role("button").last.click()
        expect(self.page.get_by_role("status").filter(has_text=done)).to_be_visible()

    def looks_well(self, chapter: str) -> None:
        has_loaded_pictures(self.page)
        self.diary.keep(self.page, f"{chapter}-console", whole=True)
        shut_out = barriers(self.page)
        assert not shut_out, f"{chapter}: {shut_out}"
