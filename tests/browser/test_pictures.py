"""Takes the pictures of the README: the chat and a case in the console, as they look today.

`make pictures` writes them anew. Without it the test lives the same story and compares the words of the receipt and the
headings of the case with those of the pictures, so that nobody forgets to write them anew when a page has changed.
"""

import os
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from line_simulator.demo.pictures import dark_street
from tests.browser.premises import PASSWORD
from tests.browser.tabs import Desk, Phone, has_loaded_pictures
from tests.browser.test_street_light import photo

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
CHAT, CASE = PICTURES / "chat.png", PICTURES / "case.png"
MAX_BYTES = 200 * 1024
# What stood above the parts of each page when its picture was written.
CHAT_SAYS = ("รับเรื่องไว้แล้วค่ะ", "รหัสติดตาม", "ไม่มีค่าธรรมเนียม", "ดูความคืบหน้า")
CASE_HEADINGS = [
    "แจ้งไฟฟ้าสาธารณะขัดข้อง",
    "ข้อมูลที่แจ้ง",
    "ความเคลื่อนไหว",
    "ดำเนินการ",
    "ผู้รับผิดชอบ",
    "กำหนดเวลา",
    "ผู้แจ้ง",
]


@pytest.mark.parametrize("diary", [95], indirect=True, ids=["95"])
def test_the_pictures_of_the_readme_show_the_pages_of_today(phone: Phone, desk: Desk) -> None:
    number = reports_a_broken_light(phone)
    phone.sees(*CHAT_SAYS)
    shows(phone.page, CHAT)
    desk.signs_in("malee", PASSWORD)
    desk.opens_case(number)
    desk.looks_again_when_photos_have_come()
    assert headings_of(desk.page, number) == CASE_HEADINGS
    shows(desk.page, CASE)


def reports_a_broken_light(phone: Phone) -> str:
    """Returns the number of the case."""
    phone.adds_the_account()
    phone.says("ไฟถนนหน้าบ้านดับค่ะ")
    phone.answers("ไม่มี")
    phone.pins("หน้าวัดโพธิ์ชัย")
    phone.part("location-confirm").click()
    phone.sends_photos([photo("lamp", dark_street())])
    phone.sees("ขอทราบชื่อ-นามสกุล")
    phone.says("นางสมศรี ใจดี")
    phone.says("081 234 5678")
    phone.presses("ส่งเรื่อง")
    phone.sees("รับเรื่องไว้แล้วค่ะ")
    found = re.search(r"\d{4}/\d{4}", phone.part("bubble").filter(has_text="รหัสติดตาม").inner_text())
    assert found is not None
    return found[0]


def headings_of(page: Page, number: str) -> list[str]:
    """Returns the headings that a screen reader finds, without the number of the case."""
    found = page.get_by_role("heading").all_inner_texts()
    return [" ".join(words.replace(number, "").split()) for words in found]


def shows(page: Page, picture: Path) -> None:
    """Writes the picture if asked to; checks that it is there, as large as the page and small in bytes."""
    has_loaded_pictures(page)
    if os.environ.get("WRITE_PICTURES"):
        page.screenshot(path=picture)
        with Image.open(picture) as drawn:
            drawn.convert("RGB").quantize(256).save(picture, optimize=True)
    with Image.open(picture) as kept:
        size = page.viewport_size
        assert size is not None
        assert kept.size == (size["width"], size["height"])
    assert picture.stat().st_size < MAX_BYTES
