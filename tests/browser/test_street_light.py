"""The whole story of a broken street light, lived by a resident and an officer before real browsers."""

import re

import pytest
from playwright.sync_api import FilePayload, expect

from line_simulator.demo.pictures import dark_street, lit_street
from tests.browser.premises import PASSWORD
from tests.browser.tabs import Desk, Phone


def photo(name: str, data: bytes) -> FilePayload:
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": data}


@pytest.mark.parametrize("diary", [1], indirect=True, ids=["01"])
def test_a_street_light_is_reported_repaired_and_rated(phone: Phone, desk: Desk) -> None:
    meets_the_account(phone)
    tells_what_is_broken(phone)
    number = checks_and_sends(phone)
    takes_the_case(desk, number)
    asks_and_is_answered(desk, phone)
    repairs_the_light(desk, phone)
    is_content(phone)
    looks_back(phone, desk, number)


@pytest.mark.parametrize("diary", [91], indirect=True, ids=["91"])
def test_two_residents_side_by_side_never_see_each_others_messages(neighbours: tuple[Phone, Phone]) -> None:
    somsri, prasit = neighbours
    for phone in neighbours:
        phone.adds_the_account()
        phone.sees("วันนี้ให้ช่วยเรื่องอะไรดีคะ")
    somsri.says("ไฟถนนหน้าบ้านดับค่ะ")
    prasit.says("น้ำไม่ไหลทั้งซอยครับ")
    somsri.sees("แจ้งไฟฟ้าสาธารณะขัดข้อง", "ตอนนี้มีสายไฟขาด")
    prasit.sees("น้ำไม่ไหลทั้งซอยครับ", "ประปา")
    somsri.answers("ไม่มี")
    somsri.sees("ช่วยปักหมุดจุดที่ไฟดับ")
    somsri.never_sees("น้ำไม่ไหล", "ประปา")
    prasit.never_sees("ไฟถนน", "ปักหมุดจุดที่ไฟดับ")
    somsri.looks_well("side-by-side")


def meets_the_account(phone: Phone) -> None:
    phone.looks_well("a-stranger")
    phone.adds_the_account()
    phone.sees("สวัสดีค่ะ ยินดีต้อนรับ", "ความเป็นส่วนตัว", "วันนี้ให้ช่วยเรื่องอะไรดีคะ")
    expect(phone.part("richmenu-area")).to_have_count(7)  # six tiles and the tab of the news
    phone.looks_well("greeting")


def tells_what_is_broken(phone: Phone) -> None:
    phone.says("ไฟถนนหน้าบ้านดับค่ะ")
    phone.sees("แจ้งไฟฟ้าสาธารณะขัดข้อง", "ตอนนี้มีสายไฟขาด ไฟรั่ว หรืออันตรายไหมคะ")
    phone.looks_well("first-question")
    phone.answers("ไม่มี")
    phone.sees("ช่วยปักหมุดจุดที่ไฟดับ")
    phone.pins("หน้าวัดโพธิ์ชัย")
    phone.looks_well("location-picker")
    phone.part("location-confirm").click()
    phone.sees("มีรูปไหมคะ")
    phone.looks_well("place-sent")
    phone.sends_photos([photo("lamp", dark_street()), photo("street", dark_street())])
    phone.sees("ได้รับแล้ว 2 รูปค่ะ", "ขอทราบชื่อ-นามสกุล")
    expect(phone.screen.locator(".album .photo")).to_have_count(2)
    phone.looks_well("album")
    phone.says("นางสมศรี ใจดี")
    phone.sees("ขอเบอร์โทรที่ติดต่อสะดวกค่ะ")
    phone.says("๐๘๑ ๒๓๔ ๕๖๗๘")


def checks_and_sends(phone: Phone) -> str:
    """The number of the case."""
    phone.sees("ตรวจสอบก่อนส่ง", "081-234-5678", "ไม่มีค่าธรรมเนียม")
    phone.looks_well("summary")
    phone.presses("แก้ไข")
    phone.sees("แก้ไขข้อไหนคะ")
    phone.looks_well("edit-which")
    phone.chooses("เบอร์โทร")
    expect(phone.part("messages").get_by_text("ขอเบอร์โทรที่ติดต่อสะดวกค่ะ")).to_have_count(2)
    phone.says("0899999999")
    phone.sees("089-999-9999")
    phone.presses("ส่งเรื่อง")
    phone.sees("รับเรื่องไว้แล้วค่ะ", "รหัสติดตาม", "ดูความคืบหน้า")
    phone.looks_well("receipt")
    card = phone.part("bubble").filter(has_text="รหัสติดตาม")
    expect(card).to_contain_text("ไม่มีค่าธรรมเนียม")
    number = re.search(r"\d{4}/\d{4}", card.inner_text())
    assert number is not None
    return number[0]


def takes_the_case(desk: Desk, number: str) -> None:
    desk.looks_well("sign-in")
    desk.signs_in("malee", PASSWORD)
    desk.sees(number, "แจ้งไฟฟ้าสาธารณะขัดข้อง", "รอรับเรื่อง")
    desk.looks_well("queue")
    desk.opens_case(number)
    desk.looks_again_when_photos_have_come()
    desk.sees("ไฟถนนหน้าบ้านดับค่ะ", "หน้าวัดโพธิ์ชัย", "นางสมศรี ใจดี", "กำหนดเสร็จ")
    expect(desk.page.locator(".card-answers a[data-photo] img")).to_have_count(2)
    expect(desk.page.get_by_role("link", name="เปิดในแผนที่")).to_be_visible()
    desk.looks_well("case")
    desk.does("accept", "รับเรื่องแล้ว")


def asks_and_is_answered(desk: Desk, phone: Phone) -> None:
    phone.sees("กองช่าง รับเรื่องแล้วค่ะ", "กำหนดเสร็จ วัน")
    phone.looks_well("accepted")
    desk.does("ask", "ส่งคำถามถึงผู้แจ้งแล้ว", "เสาต้นที่เท่าไรคะ")
    desk.looks_well("asked")
    phone.sees("“เสาต้นที่เท่าไรคะ”")
    phone.looks_well("question")
    phone.says("ต้นที่ 15 ค่ะ")
    phone.sees("ส่งคำตอบถึงเจ้าหน้าที่แล้วค่ะ")
    phone.chooses_a_sample("ไฟถนนดับ")
    phone.looks_well("photo-sheet")
    phone.part("photo-send").click()
    phone.sees("ส่งเพิ่มในเรื่องที่")
    phone.looks_well("answered")
    desk.looks_again_when_photos_have_come()
    desk.sees("ต้นที่ 15 ค่ะ")
    expect(desk.page.locator(".card-timeline a[data-photo] img")).to_have_count(1)
    desk.looks_well("answer")


def repairs_the_light(desk: Desk, phone: Phone) -> None:
    desk.does("start", "เริ่มดำเนินการแล้ว")
    phone.sees("เริ่มดำเนินการแล้วค่ะ", "กองช่างกำลังดูแลให้นะคะ")
    phone.looks_well("started")
    desk.looks_well("started")
    after = [photo("after", lit_street())]
    desk.does("finish", "บันทึกว่าเสร็จสิ้นแล้ว", "เปลี่ยนหลอดไฟแล้วค่ะ", after)
    desk.looks_well("finished")
    phone.sees("“เปลี่ยนหลอดไฟแล้วค่ะ”")
    expect(phone.page.get_by_role("img", name="ภาพจากบัญชีทางการ")).to_be_visible()
    phone.looks_well("done")


def is_content(phone: Phone) -> None:
    phone.presses("ใช้ได้แล้ว")
    phone.sees("ให้คะแนนการบริการหน่อยนะคะ")
    phone.looks_well("stars")
    phone.chooses("⭐⭐⭐⭐⭐")
    phone.sees("อยากบอกอะไรเพิ่มไหมคะ")
    phone.says("มาเร็วมากค่ะ")
    phone.sees("ขอบคุณสำหรับคำแนะนำค่ะ")
    phone.looks_well("thanks")


def looks_back(phone: Phone, desk: Desk, number: str) -> None:
    phone.opens("ติดตามเรื่อง")
    card = phone.part("bubble").last
    expect(card).to_contain_text(f"เรื่องที่ {number}")
    for step in ("ท่านตอบเจ้าหน้าที่", "เริ่มดำเนินการ", "ดำเนินการเสร็จแล้ว", "ท่านยืนยันว่าใช้ได้แล้ว"):
        expect(card).to_contain_text(step)
    phone.closes_the_menu()
    phone.looks_well("timeline")
    desk.page.reload()
    desk.sees("5 จาก 5", "มาเร็วมากค่ะ", "ยืนยันว่าใช้ได้แล้ว")
    desk.looks_well("rated")
