"""Tests the pages in Chromium: axe-core finds no barrier, no policy is broken, and all works without JavaScript."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, ViewportSize, sync_playwright
from playwright.sync_api import Page as BrowserPage
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from store.broadcasts import approval, emergency, testers
from store.broadcasts.models import Broadcast, Chunk, ChunkState, MailingState
from store.broadcasts.transitions import digest_of
from store.cases import surge
from store.cases.workflows import Status
from store.clock import now
from store.database.engine import Database
from store.files.lifecycle import uploaded
from store.jobs import leases, requests
from store.jobs.leases import Progress
from store.jobs.models import FailReason, JobKind, Phase
from store.municipality.profile import Municipality
from store.staff.models import Staff, StaffSession
from tests.builders import PASSWORD, a_case, an_answer, an_officer
from tests.chromium import SCHEMES
from tests.console.addresses import DRAFT
from tests.console.cases.test_views import _jpeg
from tests.console.conftest import office_of
from tests.console.looks import events_of, status_of
from tests.console.operations.test_dead_letters import leave_some_stuck
from tests.waiting import finish, wait_until

BLANK = {"parts": [{"kind": "words", "text": "[คลอง] น้ำล้นตลิ่งค่ะ"}]}
# The third was sent: its editor says that it is too late.
OF_NEWS = ("", "/new?corrects=3", "/1", "/1/edit", "/3", "/3/edit", "/testers",
           "/emergency", "/emergency/new", "/emergency/1", "/emergency/2")  # fmt: skip
AXE = (Path(__file__).parents[1] / "browser" / "axe.min.js").read_text("utf-8")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: install the package chromium"),
    # A browser that leaves a page hangs up in the middle of a font, and the test server drops the open file.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    # What a browser shows does not depend on the database behind it.
    pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask, database: Database, municipality: Municipality) -> Iterator[str]:
    """Serves the console with a case in every status, some dead letters and an account of each role."""
    with database.transaction() as session:
        person = an_officer(session, municipality, username="officer")
        an_officer(session, municipality, username="admin", role="admin", department=None)
        an_officer(session, municipality, username="supervisor", role="supervisor", department=None)
        photo = uploaded(office_of(app).media, _jpeg(), staff_id=person.id)
        session.add(photo)
        session.flush()
        answers = [
            an_answer("รูป", "1 รูป", kind="photos", value=[photo.token]),
            an_answer("จุด", "วัด", kind="place", value={"latitude": 16.43, "longitude": 102.82, "text": "วัด"}),
            an_answer("โทร", "081-234-5678", kind="phone", value="0812345678"),
        ]
        a_case(session, municipality, answers=answers, files=(photo.token,), urgent=True)
        for status in Status:
            a_case(session, municipality, status=status)
        leave_some_stuck(session)
        some_news(session, municipality, person)
        some_jobs(session)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    finish(thread, what="the server")
    server.server_close()


def some_jobs(session: Session) -> None:
    """One that failed, one that is done, one that is half done."""
    for kind, result in ((JobKind.BACKUP, None), (JobKind.REENCRYPT, {"rows": 1200, "files": 3})):
        requests.ask(session, kind, by=None)
        held = leases.claim(session, [kind])
        assert held is not None
        if result is None:
            leases.fail(session, held, FailReason.ERROR, "0a1b2c3d")
        else:
            leases.finish(session, held, {**result, "closed": 0, "left": 0})
    requests.ask(session, JobKind.BACKUP, by=1)
    held = leases.claim(session, [JobKind.BACKUP])
    assert held is not None
    leases.save(session, held, {}, Progress(Phase.FILES, 1200, 4800))


def some_news(session: Session, municipality: Municipality, author: Staff) -> None:
    """Broadcasts: 1 is a draft, 2 waits for approval, 3 was sent and can be changed no more, 4 is an emergency."""
    superior = an_officer(session, municipality, role="supervisor", department=None)
    ends_at = now() + timedelta(days=1)
    draft, _, sent = (
        approval.write_draft(session, replace(DRAFT, closing=DRAFT.content, ends_at=ends_at), author)
        for _ in range(3)
    )
    for broadcast in session.scalars(select(Broadcast).where(Broadcast.id != draft.id)):
        approval.submit(session, broadcast, author)
    approval.approve(session, sent, superior, read_digest=digest_of(session, sent))
    mailing = sent.mailings[0]
    mailing.state, mailing.started_at = MailingState.SENDING, now()
    for chunk in session.scalars(select(Chunk).where(Chunk.mailing_id == mailing.id)):
        chunk.state, chunk.told, chunk.first_tried_at = ChunkState.SENT, len(chunk.residents or ()), now()
    template = emergency.write_template(session, "เตือนน้ำท่วม", BLANK, author)
    emergency.approve_template(template, superior)
    to, how = {"who": "everyone"}, "โทรศัพท์ 02.10 น."
    emergency.order(session, municipality, template, {"คลอง": "คลองใหญ่"}, to, author, how=how)
    emergency.write_template(session, "เตือนพายุ", BLANK, author)
    testers.invite(session, author)
    for said in ("น้ำท่วม 3 หมู่บ้านค่ะ", "พายุเข้าค่ะ"):
        surge.begin(session, superior, said, None)


def _open(chromium: Browser, address: str, username: str, *, scripts: bool = True, width: int = 1280) -> Any:
    size: ViewportSize = {"width": width, "height": 900}
    context = chromium.new_context(viewport=size, java_script_enabled=scripts, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    return page


def _complaints(page: BrowserPage) -> list[str]:
    page.evaluate(AXE)
    # Preloading would copy the stylesheets of the drawn phone into style elements, which the policy forbids axe, too.
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found += page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")[
            "violations"
        ]
    return [f"{v['id']}: {[node['html'][:120] for node in v['nodes'][:3]]}" for v in found]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    ("username", "paths"),
    [
        (
            "officer",
            ["/", "/?tab=all&urgent=1", "/?number=9", "/cases/1", "/cases/4", "/cases/7", "/password", "/x"],
        ),
        ("officer", ["/my-sessions", "/style"]),
        ("admin", ["/staff", "/staff/1", "/dead-letters", "/quota", "/account-requests", "/jobs"]),
        ("supervisor", ["/dead-letters", "/quota", "/surge", "/?tab=all"]),
        ("supervisor", ["/broadcasts/2", "/broadcasts/4"]),
        ("officer", [f"/broadcasts{path}" for path in OF_NEWS]),
    ],
)
def test_axe_has_nothing_to_complain_of(
    chromium: Browser, address: str, username: str, paths: list[str], width: int
) -> None:
    page = _open(chromium, address, username, width=width)
    policy: list[str] = []
    page.on("console", lambda message: _note_policy(policy, message))
    for path in paths:
        page.goto(address + path)
        if page.locator("[data-phone]").count():
            page.get_by_test_id("preview").wait_for()
        assert _complaints(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide"
    page.context.clear_cookies()
    page.goto(f"{address}/sign-in")
    assert _complaints(page) == []
    page.context.close()
    assert policy == []


def _note_policy(policy: list[str], message: ConsoleMessage) -> None:
    if "Content Security Policy" in message.text:
        policy.append(message.text)


def test_everything_can_be_done_without_javascript(
    chromium: Browser, address: str, database: Database
) -> None:
    page = _open(chromium, address, "officer", scripts=False)
    page.goto(f"{address}/cases/2")
    page.click("button:has-text('รับเรื่อง')")
    page.wait_for_load_state()
    assert status_of(database, 2) == Status.RECEIVED
    page.click("summary:has-text('ขอข้อมูลเพิ่ม')")
    page.fill("#note-ask", "ขอเลขเสาไฟค่ะ")
    page.click("text=ส่งคำถามถึงผู้แจ้ง")
    page.wait_for_load_state()
    assert status_of(database, 2) == Status.NEED_INFO
    page.context.close()


def test_a_broadcast_is_written_and_submitted_without_javascript_and_enter_sends_nothing(
    chromium: Browser, address: str, database: Database
) -> None:
    page = _open(chromium, address, "officer", scripts=False)
    page.goto(f"{address}/broadcasts/new")
    page.fill("#title", "เลื่อนเก็บขยะ")
    page.press("#title", "Enter")
    page.wait_for_url("**/broadcasts/new")
    page.click("button:has-text('+ เพิ่มบรรทัด')")
    page.wait_for_load_state()
    assert page.input_value("#title") == "เลื่อนเก็บขยะ"
    typed = {"title": "วันพุธ", "text": "เก็บวันพุธแทนค่ะ", "facts.0.label": "วัน", "facts.0.text": "25 พ.ย."}
    for name, text in typed.items():
        page.fill(f"[name='message.parts.0.{name}']", text)
    page.fill("#purpose", "ให้วางขยะถูกวัน")
    page.click("button:has-text('บันทึกและส่งขออนุมัติ')")
    page.wait_for_url("**/broadcasts/5")
    page.context.close()
    with database.reading() as session:
        assert [found.status for found in session.scalars(select(Broadcast)).unique()][-1] == "submitted"


def test_what_was_typed_survives_a_reload_and_goes_with_the_sending(chromium: Browser, address: str) -> None:
    page = _open(chromium, address, "officer")
    page.goto(f"{address}/cases/1")
    page.click("summary:has-text('ส่งข้อความถึงผู้แจ้ง')")
    page.fill("#note-tell", "กำลังออกไปดูค่ะ")
    page.reload()
    assert page.input_value("#note-tell") == "กำลังออกไปดูค่ะ"
    page.click(".action[open] button[type=submit]")
    page.wait_for_url("**/cases/1")
    assert page.input_value("#note-tell") == ""
    page.context.close()


def test_a_page_hides_itself_when_its_session_ends_and_keeps_what_was_typed(
    chromium: Browser, address: str, database: Database
) -> None:
    page = _open(chromium, address, "officer")
    page.goto(f"{address}/cases/2")
    page.click("details:has(#note-remark) summary")
    page.fill("#note-remark", "ขอเลขเสาไฟค่ะ")
    with database.transaction() as session:
        session.query(StaffSession).delete()
    looked_at = "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(looked_at)
    page.wait_for_selector("#session-end")
    assert not page.is_visible("main")
    assert not page.is_visible(".account")
    assert _complaints(page) == []
    tab = page.context.new_page()
    tab.goto(f"{address}/sign-in")
    tab.fill("#username", "officer")
    tab.fill("#password", PASSWORD)
    tab.click("button[type=submit]")
    page.evaluate(looked_at)
    page.wait_for_selector("#session-end", state="hidden")
    assert page.input_value("#note-remark") == "ขอเลขเสาไฟค่ะ"
    page.click("form[action$='/remark'] button[type=submit]")
    page.wait_for_load_state()
    assert events_of(database, 2)[-1].note == "ขอเลขเสาไฟค่ะ"
    page.context.close()


def test_a_page_asks_again_after_an_answer_that_says_nothing(
    chromium: Browser, address: str, database: Database
) -> None:
    page = _open(chromium, address, "officer")
    page.clock.install()
    page.route("**/session", lambda route: route.fulfill(status=503))
    page.goto(f"{address}/cases/2")
    with database.transaction() as session:
        session.query(StaffSession).delete()
    with page.expect_response("**/session") as answer:
        page.clock.fast_forward("31:00")
    assert answer.value.status == 503
    page.unroute("**/session")

    def hides_after_a_minute() -> bool:
        page.clock.fast_forward("01:02")
        return page.is_visible("#session-end")

    wait_until(hides_after_a_minute, what="the page to hide itself")
    page.context.close()


def test_the_queue_is_worked_from_the_keyboard(chromium: Browser, address: str) -> None:
    page = _open(chromium, address, "officer")
    page.goto(f"{address}/?tab=all")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*")
    page.go_back()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "number"
    page.context.close()


def test_a_photo_opens_large_and_the_pin_opens_in_a_map(chromium: Browser, address: str) -> None:
    page = _open(chromium, address, "officer")
    page.goto(f"{address}/cases/1")
    page.click("a[data-photo]")
    page.wait_for_selector("dialog.lightbox[open] img")
    page.keyboard.press("Escape")
    link = page.get_by_role("link", name="เปิดในแผนที่").get_attribute("href")
    assert link == "https://www.google.com/maps?q=16.430000,102.820000"
    page.context.close()


def test_a_printed_case_is_a_job_sheet(chromium: Browser, address: str) -> None:
    page = _open(chromium, address, "officer")
    page.goto(f"{address}/cases/1")
    page.emulate_media(media="print")
    assert page.get_by_text("เทศบาลตำบลตัวอย่าง โทร 043-000-000").is_visible()
    for words in ("วัด", "081-xxx-5678", "กำหนดเสร็จ"):
        assert page.get_by_text(words).first.is_visible()
    assert page.locator("button:visible, a.button:visible, textarea:visible").count() == 0
    page.context.close()


def test_a_date_is_said_in_words_and_the_era_of_people_here(chromium: Browser, address: str) -> None:
    page = _open(chromium, address, "officer")
    page.goto(f"{address}/broadcasts/new")
    page.fill("#send_at", "2026-12-01T09:05")
    said = page.locator("[data-words-of=send_at]")
    assert said.inner_text() == "วันอังคาร 1 ธ.ค. 2569 เวลา 09.05 น."
    page.fill("#send_at", "")
    assert said.inner_text() == ""
    page.context.close()
