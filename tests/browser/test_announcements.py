"""The public pages in Chromium: readable on a phone, nothing for axe-core to complain of, and no script at all."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from store.clock import now
from tests.chromium import barriers
from tests.stories.press import IN_AN_HOUR, OVER, URGENT, approve, card, crowd, words
from tests.stories.test_broadcasts import a_picture
from tests.town import Town
from tests.waiting import finish

# What a browser shows does not depend on the database behind it.
pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)

LONG = "ขอเรียนให้ประชาชนทราบว่าการประปาจะหยุดจ่ายน้ำเพื่อซ่อมท่อหน้าวัดตัวอย่าง " * 6
LINKS = (
    {"label": "ดูแผนที่จุดซ่อม", "link": "https://www.example.go.th/" + "very-long-address/" * 12},
    {"label": "โทรสอบถาม", "link": "tel:043000000"},
    {"label": "ขอรถน้ำ", "service": "water_truck"},
    {"label": "รับทราบ"},
)
FACTS = ({"label": "วันเวลา", "text": "25 พ.ย. 2569 9.00-12.00 น."}, {"label": "พื้นที่", "text": "หมู่ 1, 2 และ 5"})


def whole_card(town: Town) -> dict[str, Any]:
    """Everything that a broadcast can show."""
    shown = card(*LINKS, title="น้ำประปาหยุดไหลชั่วคราว", facts=FACTS, picture=a_picture(town), look="warning")
    place = {
        "kind": "place",
        "title": "จุดรับน้ำ",
        "address": "ลานวัดตัวอย่าง",
        "latitude": 16.43,
        "longitude": 102.8,
    }
    parts = [
        {"kind": "words", "text": LONG},
        *shown["parts"],
        {"kind": "picture", "token": a_picture(town)},
        place,
    ]
    return {"parts": parts}


@pytest.fixture
def address(browser: Browser, town: Town) -> Iterator[str]:
    """The web application as a server: an announcement of every kind, one corrected, one over."""
    crowd(town, 1)
    first = approve(town, content=whole_card(town), closing=words(OVER), ends_at=now() + IN_AN_HOUR)
    town.settle()
    approve(town, title="แก้ไข " + "น้ำหยุดไหลวันอังคาร ไม่ใช่วันจันทร์ " * 2, corrects_id=first)
    approve(town, title="ระดับน้ำในคลองใหญ่สูงขึ้น ขอให้ย้ายของขึ้นที่สูง", **URGENT)
    town.wait(hours=2)
    server = make_server("127.0.0.1", 0, town.web.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    finish(thread, what="the server")
    server.server_close()


# One that cannot be shown is an error; those far down are fetched late.
SHOW_ALL_PICTURES = """Promise.all([...document.images].map((image) => {
    image.loading = "eager";
    return image.decode();
}))"""


@pytest.mark.parametrize("width", [390, 1280])
def test_everybody_can_read_the_announcements(
    browser: Browser, address: str, width: int, tmp_path: Path
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "404" not in message.text else None)
    for name, path in (("list", ""), ("one", "/1"), ("correction", "/2"), ("none", "/99")):
        page.goto(f"{address}/announcements{path}")
        page.evaluate(SHOW_ALL_PICTURES)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide"
        assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px Sarabun', 'น้ำ'))"), (
            path
        )
        page.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)
        assert barriers(page) == [], path
        assert page.evaluate("document.scripts.length") == 0
    assert said == []
    page.close()


def test_from_the_list_a_tap_leads_to_the_announcement_and_back(browser: Browser, address: str) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False).new_page()
    page.goto(f"{address}/announcements")
    page.click("text=ระดับน้ำในคลองใหญ่")
    page.wait_for_url("**/announcements/3")
    page.click("text=ประกาศทั้งหมด")
    page.wait_for_url("**/announcements")
    page.context.close()
