"""Tests what the bot promises about photos sent as files, and about files sent before a request."""

import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from line_simulator.residents import Resident as Phone
from store.cases.models import Case
from store.files.models import File
from tests.pdfs import a_pdf
from tests.stories.scenes import friend, texts, times_told
from tests.stories.test_fetching import answers, at_the_photos, files
from tests.town import Town, photo

# What the chat makes of a file does not depend on the database.
pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)


def a_png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), "green").save(out, "PNG")
    return out.getvalue()


def says(town: Town, phone: Phone, *words: str) -> None:
    for each in words:
        phone.says(each)
        town.settle()


def sends(town: Town, phone: Phone, name: str, data: bytes) -> None:
    phone.sends_file(name, data)
    town.settle()


def photos_told(town: Town) -> list[str]:
    return [each["token"] for each in answers(town).get("photos") or []]


def the_case(town: Town) -> tuple[dict[str, Any], list[File]]:
    """Returns the answers of the case by their keys, and its files."""
    with town.database.reading() as session:
        case = session.scalars(select(Case)).one()
        return {row["key"]: row["value"] for row in case.answers}, list(case.files)


@pytest.mark.parametrize("name", ["IMG_1.JPG", "a.jpeg", "รูป.png", "x.heic", "x.webp"])
def test_at_a_question_for_photos_a_photo_sent_as_a_file_is_one(town: Town, name: str) -> None:
    phone = at_the_photos(town)
    sends(town, phone, name, a_png())
    assert photos_told(town) == [file.token for file in files(town)]
    assert [(file.state, file.mime, file.kind) for file in files(town)] == [("kept", "image/jpeg", "photo")]
    assert times_told(phone, "ได้รับแล้ว 1 รูป") == 1


@pytest.mark.parametrize("name", ["IMG_1", "scan.dat", "รูป.pdf"])
def test_one_whose_name_does_not_say_so_is_known_by_its_bytes(town: Town, name: str) -> None:
    phone = at_the_photos(town)
    sends(town, phone, name, photo())
    assert photos_told(town) == [file.token for file in files(town)]
    town.wait(minutes=2)
    assert times_told(phone, "เป็นรูป แนบกับเรื่องที่กำลังแจ้งให้แล้ว") == 1
    assert "พิมพ์ ทำต่อ" in texts(phone)[-1]
    says(town, phone, "ทำต่อ")
    assert "ชื่อ-นามสกุล" in texts(phone)[-1]
    says(town, phone, "นางสมศรี ใจดี", "0812345678", "ส่งเรื่อง")
    assert the_case(town)[0]["photos"] == [file.token for file in files(town)]


def test_what_only_bears_the_name_of_a_photo_is_refused_with_the_reason(town: Town) -> None:
    phone = at_the_photos(town)
    sends(town, phone, "a.jpg", b"MZ a program")
    town.wait(minutes=2)
    assert photos_told(town) == []
    assert times_told(phone, "ไม่ใช่รูปหรือ PDF") == 1


def test_a_document_sent_first_answers_the_question_for_a_file(town: Town) -> None:
    phone = friend(town)
    sends(town, phone, "คำร้อง.pdf", a_pdf())
    assert "ไฟล์นี้เป็นเรื่องไหนคะ" in texts(phone)[-1]
    says(town, phone, "คำร้องทั่วไป")
    assert times_told(phone, "แนบไฟล์ที่ส่งมาก่อนหน้านี้แล้ว 1 ไฟล์") == 1
    assert [each["token"] for each in answers(town)["document"]] == [file.token for file in files(town)]


def test_a_document_sent_first_goes_with_a_case_whose_service_asks_for_none(town: Town) -> None:
    phone = friend(town)
    sends(town, phone, "แผนที่.pdf", a_pdf())
    sends(town, phone, "IMG_1.jpg", photo())
    says(town, phone, "ไฟถนนหน้าบ้านดับค่ะ มืดมาก", "ไม่มี", "หน้าวัดโพธิ์ชัย", "นางสมศรี ใจดี", "0812345678", "ส่งเรื่อง")
    assert times_told(phone, "แนบไฟล์ที่ส่งมาก่อนหน้านี้แล้ว 2 ไฟล์") == 1
    told, kept = the_case(town)
    assert [file.mime for file in kept] == ["application/pdf", "image/jpeg"]
    assert told["photos"] == [kept[1].token]


def test_what_was_sent_long_before_goes_with_nothing(town: Town) -> None:
    phone = friend(town)
    sends(town, phone, "แผนที่.pdf", a_pdf())
    town.wait(minutes=20)
    says(
        town,
        phone,
        "ไฟถนนหน้าบ้านดับค่ะ มืดมาก",
        "ไม่มี",
        "หน้าวัดโพธิ์ชัย",
        "ข้าม",
        "นางสมศรี ใจดี",
        "0812345678",
        "ส่งเรื่อง",
    )
    assert times_told(phone, "แนบไฟล์") == 0
    assert the_case(town)[1] == []
