"""The chat page in a real browser: what a visitor can do on it, and that nobody is shut out."""

import io
import re
from typing import Any

from PIL import Image
from playwright.sync_api import expect

from line_simulator import Simulator
from line_simulator.residents import Resident
from tests.simulator_page.conftest import Account, Phone


def photo(colour: str) -> Any:
    drawn = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(drawn, "JPEG")
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": drawn.getvalue()}


def test_a_stranger_meets_the_account_card_before_the_chat(stranger: Phone, somsri: Resident) -> None:
    expect(stranger.part("follow")).to_be_visible()
    stranger.has_no_barriers()
    stranger.part("follow").click()
    expect(stranger.part("follow")).to_have_count(0)
    assert somsri.friend


def test_what_a_resident_types_stands_in_a_green_bubble_with_thai_time(phone: Phone) -> None:
    phone.part("composer-input").fill("ไฟหน้าวัดดับ")
    phone.part("composer-send").click()
    own = phone.page.locator("[data-testid=bubble][data-from=resident]")
    expect(own).to_have_text("ไฟหน้าวัดดับ")
    phone.shows("วันศุกร์ที่ 20 พ.ย. 2569")
    phone.shows("12.00 น.")


def test_markup_in_a_message_stays_text(phone: Phone, account: Account, somsri: Resident) -> None:
    account.says(somsri, "<img src=x onerror=alert(1)><b>หนา</b>")
    phone.shows("<img src=x onerror=alert(1)><b>หนา</b>")
    assert phone.part("messages").locator("b, img[src=x]").count() == 0


def test_a_quick_reply_is_gone_after_it_was_tapped(phone: Phone, account: Account, somsri: Resident) -> None:
    account.says(somsri, "แจ้งเรื่องอะไรคะ", {"type": "message", "label": "ไฟดับ", "text": "ไฟถนนดับ"})
    phone.part("quick-reply").click()
    expect(phone.part("quick-reply")).to_have_count(0)
    phone.shows("ไฟถนนดับ")


def test_the_location_quick_reply_stays_until_a_place_was_sent(
    phone: Phone, account: Account, somsri: Resident
) -> None:
    account.says(somsri, "อยู่ที่ไหนคะ", {"type": "location", "label": "ส่งตำแหน่ง"})
    phone.part("quick-reply").click()
    phone.has_no_barriers()
    phone.page.keyboard.press("Escape")
    phone.part("quick-reply").click()
    phone.part("location-preset").filter(has_text="ตลาดสด").click()
    phone.part("location-confirm").click()
    expect(phone.page.locator("[data-type=location]")).to_contain_text("ตลาดสดเทศบาล")
    expect(phone.part("quick-reply")).to_have_count(0)
    assert somsri.bubbles[-1].message["title"] == "ตลาดสดเทศบาล"


def test_photos_sent_together_become_one_album_in_their_own_order(phone: Phone, somsri: Resident) -> None:
    phone.part("photo-input").set_input_files([photo("red"), photo("green"), photo("blue")])
    expect(phone.page.locator(".album .photo")).to_have_count(3)
    sets = {b.id: b.message["imageSet"]["index"] for b in somsri.bubbles if b.message["type"] == "image"}
    shown = phone.page.locator(".album .photo").evaluate_all("all => all.map(one => one.dataset.message)")
    assert [sets[message] for message in shown] == [1, 2, 3]
    phone.has_no_barriers()


def test_a_file_and_a_sticker_can_be_sent(phone: Phone) -> None:
    phone.part("file-input").set_input_files(
        {"name": "คำขอ.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    phone.shows("คำขอ.pdf")
    phone.part("composer-sticker").click()
    phone.part("sticker").first.click()
    expect(phone.page.get_by_role("img", name="สติกเกอร์ สวัสดี")).to_be_visible()


def test_an_unsent_message_leaves_a_line_in_its_place(phone: Phone) -> None:
    phone.part("composer-input").fill("พิมพ์ผิด")
    phone.part("composer-send").click()
    phone.page.locator("[data-from=resident]").click(button="right")
    phone.part("unsend").click()
    phone.shows("คุณยกเลิกการส่งข้อความแล้ว")
    expect(phone.part("messages")).not_to_contain_text("พิมพ์ผิด")


def test_a_blocked_account_can_be_unblocked(phone: Phone, somsri: Resident) -> None:
    phone.part("chat-menu").click()
    phone.part("block").click()
    phone.page.get_by_role("button", name="ปลดบล็อก").click()
    phone.shows("เลิกบล็อกบัญชีนี้แล้ว")
    assert not somsri.blocked


def test_a_date_is_chosen_in_thai_and_sent_in_the_calendar_of_line(
    phone: Phone, account: Account, somsri: Resident
) -> None:
    pick = {"type": "datetimepicker", "label": "เลือกวัน", "data": "d", "mode": "date", "initial": "2026-12-01"}
    account.says(somsri, "สะดวกวันไหนคะ", pick)
    phone.part("quick-reply").click()
    expect(phone.part("date-sheet")).to_contain_text("วันอังคารที่ 1 ธันวาคม 2569")
    phone.part("date-confirm").click()
    expect(phone.part("quick-reply")).to_have_count(0)


def test_a_telephone_number_opens_a_sheet_and_not_another_page(
    phone: Phone, account: Account, somsri: Resident
) -> None:
    account.says(somsri, "ด่วน", {"type": "uri", "label": "โทร", "uri": "tel:1129"})
    phone.part("quick-reply").click()
    expect(phone.part("call-sheet")).to_contain_text("โทร 1129")
    phone.has_no_barriers()


def test_flex_carousels_and_templates_are_drawn_with_their_buttons(
    phone: Phone, account: Account, somsri: Resident
) -> None:
    account.sends(somsri, carousel("69-0001", "69-0002"), confirm())
    expect(phone.page.get_by_role("group", name="เรื่องของคุณ")).to_contain_text("69-0002")
    phone.has_no_barriers()
    phone.page.get_by_role("button", name="ยืนยัน").click()
    phone.shows("ขอยืนยัน")


def carousel(*numbers: str) -> dict[str, Any]:
    return {
        "type": "flex",
        "altText": "เรื่องของคุณ",
        "contents": {"type": "carousel", "contents": [case_bubble(number) for number in numbers]},
    }


def case_bubble(number: str) -> dict[str, Any]:
    words = {"type": "text", "text": number, "weight": "bold", "size": "lg"}
    look = {"type": "button", "style": "primary", "action": {"type": "message", "label": "ดู", "text": number}}
    return {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": [words, look]}}


def confirm() -> dict[str, Any]:
    yes = {"type": "postback", "label": "ยืนยัน", "data": "yes", "displayText": "ขอยืนยัน"}
    no = {"type": "message", "label": "แก้ไข", "text": "แก้ไข"}
    return {
        "type": "template",
        "altText": "ยืนยัน",
        "template": {"type": "confirm", "text": "ส่งเลยไหมคะ", "actions": [yes, no]},
    }


def test_a_line_that_was_not_sent_says_so_and_stays(phone: Phone) -> None:
    phone.part("composer-input").fill("ไฟหน้าวัดดับ")
    phone.page.evaluate(
        "() => { window.online = fetch; window.fetch = () => Promise.reject(new TypeError()); }"
    )
    phone.part("composer-send").click()
    expect(phone.part("unsent")).to_be_visible()
    expect(phone.part("composer-input")).to_have_value("ไฟหน้าวัดดับ")
    phone.page.evaluate("() => { window.fetch = window.online; }")
    phone.part("composer-send").click()
    expect(phone.part("unsent")).to_be_hidden()
    phone.shows("ไฟหน้าวัดดับ")


def test_a_fault_that_is_on_is_said_above_the_phone_until_it_is_off(phone: Phone, sim: Simulator) -> None:
    expect(phone.part("faults-on")).to_be_hidden()
    sim.faults.turn(reply_token_expired=True)
    phone.page.reload()
    expect(phone.part("faults-on")).to_contain_text("reply token ใช้ไม่ได้ทุกอัน")
    expect(phone.page).to_have_title(re.compile("^⚡ "))
    phone.has_no_barriers()
    phone.part("faults-on").get_by_role("button", name="ปิดทั้งหมด").click()
    expect(phone.part("faults-on")).to_be_hidden()
    expect(phone.page).to_have_title(re.compile("^[^⚡]"))
    assert not sim.faults["reply_token_expired"]


def test_the_first_tab_leads_to_the_text_box(phone: Phone) -> None:
    phone.page.reload()
    phone.page.locator("#skip").wait_for(state="attached")
    expect(phone.part("composer-input")).to_be_attached()
    phone.page.keyboard.press("Tab")
    phone.page.keyboard.press("Enter")
    expect(phone.part("composer-input")).to_be_focused()


def test_in_a_low_window_the_chat_keeps_half_of_it(
    phone: Phone,
) -> None:
    """The window is one of 1280 x 800 at 200 %, with a menu of LINE's largest size."""
    phone.page.set_viewport_size({"width": 640, "height": 400})
    phone.page.evaluate(
        """async () => {
          const script = document.querySelector("script[type=module]").src;
          const { richMenu } = await import(script.replace("main.js", "richmenu.js"));
          const menu = { size: { width: 2500, height: 1686 }, areas: [], chatBarText: "เมนู", image_url: "" };
          const holder = document.querySelector(".richmenu-holder");
          holder.replaceChildren(richMenu(menu, null));
          holder.hidden = false;
        }"""
    )
    menu, messages = phone.part("richmenu").bounding_box(), phone.part("messages").bounding_box()
    assert menu is not None
    assert messages is not None
    assert menu["height"] <= 181
    assert messages["height"] >= 60
