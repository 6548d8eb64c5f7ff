"""Tests that one resident cannot overload the town, that danger is never refused, and that nothing accepted is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from line_simulator.residents import Resident as Phone
from store.broadcasts import testers
from store.cases.models import Case
from store.files.models import File
from store.residents.models import Contact, Resident
from tests.builders import a_case, an_officer
from tests.stories.scenes import friend, texts
from tests.stories.test_unsend import key_of, says
from tests.town import Town, photo


@pytest.fixture
def phone(town: Town) -> Phone:
    return friend(town)


def the_row(session, town: Town, phone: Phone) -> Resident:
    return session.scalars(select(Contact).where(Contact.key == key_of(town, phone))).one().resident


def cases(town: Town) -> int:
    with town.database.reading() as session:
        return session.scalar(select(func.count(Case.id))) or 0


def has_sent(town: Town, phone: Phone, count: int) -> None:
    with town.database.transaction() as session:
        resident = the_row(session, town, phone)
        for _ in range(count):
            a_case(session, town.app.municipality, resident=resident)


def reports(town: Town, phone: Phone, danger: str = "ไม่มี") -> str:
    """Reports a street light up to the press that sends it; returns the answers."""
    detail = [] if danger == "ไม่มี" else ["ไม่มีค่ะ"]
    says(town, phone, "ไฟถนนดับ", danger, *detail, "หน้าวัด", "ข้าม", "สมศรี ใจดี", "0812345678", "ส่งเรื่อง")
    return texts(phone)[-1]


def test_the_sixth_case_in_ten_minutes_waits_and_is_kept(town: Town, phone: Phone) -> None:
    has_sent(town, phone, 4)
    assert "0005/2570" in reports(town, phone)
    says(town, phone, "ไฟถนนดับ", "ไม่มี", "หน้าตลาด", "ข้าม", "ส่งเรื่อง")
    heard = texts(phone)[-1]
    assert "ยังไม่ได้ส่ง แต่เก็บไว้ให้แล้ว" in heard
    assert town.app.municipality.phones.duty in heard
    assert cases(town) == 5
    town.wait(minutes=10)
    phone.taps("ส่งเรื่อง")
    town.settle()
    assert "0006/2570" in texts(phone)[-1]


def test_after_twenty_in_a_day_the_next_is_sent_tomorrow(town: Town, phone: Phone) -> None:
    has_sent(town, phone, 20)
    town.wait(hours=5)
    assert "21 พ.ย. 2569 เวลา 10.05 น." in reports(town, phone)
    town.wait(hours=20)
    says(town, phone, "ส่งเรื่อง")
    assert "0021/2570" in texts(phone)[-1]


def test_danger_is_never_refused(town: Town, phone: Phone) -> None:
    has_sent(town, phone, 25)
    heard = reports(town, phone, "มีอันตราย")
    assert "0026/2570" in heard
    assert town.app.municipality.phones.duty in heard


def test_a_neighbour_waits_for_nobody(town: Town, phone: Phone) -> None:
    has_sent(town, phone, 25)
    assert "0026/2570" in reports(town, friend(town, "คนอื่น"))


def sent_photos(town: Town, phone: Phone, count: int) -> None:
    with town.database.transaction() as session:
        resident = the_row(session, town, phone)
        for number in range(count):
            session.add(
                File(
                    token=f"{number:020}",
                    kind="photo",
                    state="kept",
                    resident_id=resident.id,
                    for_conversation=True,
                    created_at=resident.created_at,
                )
            )


def test_the_sixty_first_photo_of_an_hour_is_refused_and_the_question_asked_again(
    town: Town, phone: Phone
) -> None:
    says(town, phone, "ไฟถนนดับ", "ไม่มี", "หน้าวัด")
    sent_photos(town, phone, 59)
    phone.sends_photos([photo()])
    town.settle()
    assert "ได้รับแล้ว 1 รูป" in " ".join(texts(phone)[-2:])
    phone.sends_photos([photo()])
    town.settle()
    heard = " ".join(texts(phone)[-2:])
    assert "รูปนี้ยังไม่ได้รับไว้" in heard
    assert "ขอทราบชื่อ-นามสกุล" in heard
    with town.database.reading() as session:
        assert session.scalar(select(func.count(File.id))) == 60
    town.wait(hours=1)
    phone.sends_photos([photo()])
    town.settle()
    assert "ได้รับแล้ว 2 รูป" in " ".join(texts(phone)[-2:])


def test_a_photo_of_danger_is_taken(town: Town, phone: Phone) -> None:
    says(town, phone, "ไฟถนนดับ", "มีอันตราย", "ไม่มีค่ะ", "หน้าวัด")
    sent_photos(town, phone, 60)
    phone.sends_photos([photo()])
    town.settle()
    assert "ได้รับแล้ว 1 รูป" in " ".join(texts(phone)[-2:])


def test_numbers_of_cases_are_not_tried_one_after_the_other(town: Town, phone: Phone) -> None:
    has_sent(town, phone, 1)
    says(town, phone, *(f"{number}/2570" for number in range(2, 12)))
    assert "ไม่พบเรื่องเลขนี้" in texts(phone)[-1]
    says(town, phone, "0012/2570")
    assert "ลองเลขหรือรหัสหลายครั้งแล้ว" in texts(phone)[-1]
    town.wait(minutes=11)
    says(town, phone, "0001/2570")
    assert "0001/2570" in texts(phone)[-1]


def test_codes_beside_a_report_are_counted_as_well(town: Town, phone: Phone) -> None:
    has_sent(town, phone, 1)
    for number in range(10):
        says(town, phone, f"TX70-AB12-CD3{number}-E ไฟถนนหน้าวัดดับ", "ยกเลิก", "ใช่ ยกเลิก")
    says(town, phone, "TX70-AB12-CD34-E")
    assert "ลองเลขหรือรหัสหลายครั้งแล้ว" in texts(phone)[-1]


def test_a_code_of_a_tester_cannot_be_guessed(town: Town, phone: Phone) -> None:
    with town.database.transaction() as session:
        tester = testers.invite(session, an_officer(session, town.app.municipality))
        code = tester.code or ""
        wrong = [f"ทดสอบ{number:06}" for number in range(11) if f"ทดสอบ{number:06}" != code][:10]
    says(town, phone, *wrong)
    assert "ใช้ไม่ได้แล้ว" in texts(phone)[-1]
    says(town, phone, code)
    assert "ลองเลขหรือรหัสหลายครั้งแล้ว" in texts(phone)[-1]
    town.clock.shift(timedelta(minutes=11))
    says(town, phone, code)
    assert "เชื่อมบัญชีแล้ว" in texts(phone)[-1]
