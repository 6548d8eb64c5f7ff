"""A broadcast lived before real browsers: written, returned, mended, approved, and read by residents."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from line_simulator.demo.pictures import lit_street
from store.line_breaks import unbroken
from tests.browser.conftest import DESK
from tests.browser.premises import PASSWORD, Premises
from tests.browser.tabs import Desk, Diary, Phone, a_tab, has_loaded_pictures

WRONG, RIGHT = "วันจันทร์ที่ 23 พ.ย. 2569", "วันอังคารที่ 24 พ.ย. 2569"
# On a card a date does not break.
SHOWN_WRONG, SHOWN_RIGHT = unbroken(WRONG), unbroken(RIGHT)
TITLE = "น้ำประปาหยุดไหลชั่วคราว"


@dataclass(frozen=True)
class Press(Desk):
    """A member of staff at the pages of broadcasts."""

    def waits_for_the_drawing(self) -> None:
        """Who leaves while it is being loaded breaks the loading off."""
        if self.page.locator("[data-phone]").count():
            expect(self.preview).to_be_visible()

    def goes_to(self, menu: str, heading: str) -> None:
        self.waits_for_the_drawing()
        self.page.get_by_role("navigation", name="เมนูหลัก").get_by_role("link", name=menu).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def opens(self, title: str) -> None:
        self.goes_to("ประกาศ", "ประกาศ")
        self.page.get_by_role("link", name=title).first.click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)

    @property
    def preview(self) -> Locator:
        return self.page.get_by_test_id("preview")

    def previews(self, *texts: str) -> None:
        for text in texts:
            expect(self.preview.get_by_test_id("messages")).to_contain_text(text)

    def presses(self, name: str) -> None:
        self.waits_for_the_drawing()
        self.page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def officer(desk: Desk) -> Press:
    return Press(desk.page, desk.diary)


@pytest.fixture
def superior(browser: Browser, premises: Premises, diary: Diary) -> Iterator[Press]:
    with a_tab(browser, premises.console, DESK) as page:
        yield Press(page, diary)


@pytest.mark.parametrize("diary", [61], indirect=True, ids=["61"])
def test_a_broadcast_is_written_returned_mended_approved_and_read(
    neighbours: tuple[Phone, Phone], officer: Press, superior: Press
) -> None:
    for phone in neighbours:
        phone.adds_the_account()
        phone.sees("วันนี้ให้ช่วยเรื่องอะไรดีคะ")
    superior.signs_in("anan", PASSWORD)
    before = messages_used(superior)
    writes(officer)
    reads_and_returns(superior)
    mends(officer)
    shown = approves(superior)
    hear(neighbours, shown)
    sees_what_came_of_it(officer)
    assert messages_used(superior) == before + len(neighbours)
    superior.looks_well("quota")


def messages_used(superior: Press) -> int:
    superior.goes_to("โควตา", "โควตาข้อความ LINE")
    said = re.search(r"ใช้แล้ว ([\d,]+) เหลือ", superior.page.locator("main").inner_text())
    assert said is not None
    return int(said[1].replace(",", ""))


def writes(officer: Press) -> None:
    page = officer.page
    officer.signs_in("malee", PASSWORD)
    officer.goes_to("ประกาศ", "ประกาศ")
    officer.looks_well("broadcasts-none")
    page.get_by_role("link", name="เขียนประกาศ").first.click()
    page.get_by_label("ชื่อประกาศ").fill(TITLE)
    page.get_by_label("หัวข้อ", exact=True).select_option("water")
    page.get_by_label("วัตถุประสงค์").fill("ให้ประชาชนสำรองน้ำก่อนซ่อมท่อ")
    fills_the_card(officer)
    expect(page.locator("[data-figures]")).to_contain_text("2 ข้อความ")
    officer.looks_well("broadcast-written")
    officer.presses("บันทึกและส่งขออนุมัติ")
    officer.sees("ส่งขออนุมัติแล้ว", "รอหัวหน้างานอ่านและอนุมัติ")
    expect(page.get_by_role("button", name="อนุมัติให้ส่ง")).to_have_count(0)
    officer.looks_well("broadcast-submitted")


def fills_the_card(officer: Press) -> None:
    """The phone beside the form shows every word as it is typed, and every part as it is added."""
    page = officer.page
    page.get_by_label("หัวเรื่อง").fill(TITLE)
    page.get_by_label("เนื้อความ").fill("😀")
    expect(page.get_by_text("2 จาก 1,000 ตัวอักษร")).to_be_visible()
    page.get_by_label("เนื้อความ").fill("การประปาซ่อมท่อหน้าตลาด ขอให้สำรองน้ำไว้ใช้นะคะ")
    officer.previews(f"📢 {TITLE}", "การประปาซ่อมท่อหน้าตลาด", "ตรวจว่าเป็นของจริง")
    picture: FilePayload = {"name": "pipe.jpg", "mimeType": "image/jpeg", "buffer": lit_street()}
    page.locator("input[type=file][name$='parts.0.file']").set_input_files(picture)
    expect(page.get_by_role("img", name="รูปที่แนบไว้")).to_be_visible()
    officer.waits_for_the_drawing()
    officer.presses("+ เพิ่มบรรทัด")
    page.get_by_label("ชื่อบรรทัดที่ 1").fill("วันเวลา")
    page.get_by_label("รายละเอียดบรรทัดที่ 1").fill(f"{WRONG} 9.00-12.00 น.")
    officer.previews(SHOWN_WRONG)
    officer.presses("+ เพิ่มปุ่ม")
    counts_as_line_counts(page)
    page.get_by_label("คำบนปุ่มที่ 1").fill("รับทราบ")
    officer.previews("รับทราบ")


def counts_as_line_counts(page: Page) -> None:
    """Labels by the signs that people see: a family, a space and น้ำ are three. Texts by UTF-16 units."""
    page.get_by_label("คำบนปุ่มที่ 1").fill("👨‍👩‍👧‍👦 น้ำ")
    expect(page.get_by_text("3 จาก 20 ตัวอักษร")).to_be_visible()


def reads_and_returns(superior: Press) -> None:
    superior.goes_to("ประกาศ", "ประกาศ")
    superior.sees("รอท่านดำเนินการ", TITLE)
    superior.looks_well("broadcasts-waiting")
    superior.opens(TITLE)
    superior.previews(SHOWN_WRONG)
    superior.sees("ส่งถึงได้ตอนนี้", "2 คน", "คิดเป็นเงิน")
    superior.looks_well("broadcast-read")
    superior.does("return", "ส่งกลับให้แก้ไขแล้ว", "หนังสือจากการประปาบอกวันอังคาร")


def mends(officer: Press) -> None:
    officer.opens(TITLE)
    officer.sees("ส่งกลับแก้ไข", "หนังสือจากการประปาบอกวันอังคาร")
    officer.looks_well("broadcast-returned")
    officer.page.get_by_role("link", name="แก้ไข", exact=True).click()
    officer.page.get_by_label("รายละเอียดบรรทัดที่ 1").fill(f"{RIGHT} 9.00-12.00 น.")
    officer.previews(SHOWN_RIGHT)
    officer.presses("บันทึกและส่งขออนุมัติ")
    officer.sees("ส่งขออนุมัติแล้ว")


def approves(superior: Press) -> str:
    """Every word of the card that the superior saw on the phone of the page."""
    superior.opens(TITLE)
    superior.previews(SHOWN_RIGHT)
    shown = card_of(superior.preview.get_by_test_id("bubble").last)
    superior.does("approve", "อนุมัติแล้ว ระบบจะส่งตามเวลา", "ตรงกับหนังสือแล้ว")
    return shown


def card_of(bubble: Locator) -> str:
    return re.sub(r"\s+", " ", bubble.get_by_role("group").inner_text()).strip()


def hear(neighbours: tuple[Phone, Phone], shown: str) -> None:
    for phone in neighbours:
        phone.sees(SHOWN_RIGHT, "ตรวจว่าเป็นของจริง")
        phone.never_sees(SHOWN_WRONG)
        assert card_of(phone.part("bubble").filter(has_text=SHOWN_RIGHT)) == shown
    neighbours[0].looks_well("broadcast-heard")
    neighbours[0].presses("รับทราบ")
    neighbours[0].sees("รับทราบแล้ว ขอบคุณค่ะ")


def sees_what_came_of_it(officer: Press) -> None:
    officer.opens(TITLE)
    officer.sees("ส่งแล้ว", "LINE รับแล้ว 2 คน", "อนุมัติโดย อนันต์ ปลัดเทศบาล", "ตรงกับหนังสือแล้ว", "1 ครั้ง")
    has_loaded_pictures(officer.page)
    officer.looks_well("broadcast-sent")
