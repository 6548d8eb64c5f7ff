"""Tests that photos that come after their request has become a case join it: an album's rest, and those sent again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from line_simulator.residents import Resident as Phone
from store.cases.models import Case
from store.cases.workflows import Action
from store.files.models import File
from tests.stories.scenes import friend, officer, sends_a_photo_in_vain, texts, times_told
from tests.town import Town, photo

NO_PHOTO = b"no photo at all"


def says(town: Town, phone: Phone, *words: str) -> None:
    for each in words:
        phone.says(each)
        town.settle()


def at_the_photos(town: Town) -> Phone:
    phone = friend(town)
    says(town, phone, "ไฟถนนหน้าบ้านดับค่ะ มืดมาก", "ไม่มี", "หน้าวัดโพธิ์ชัย")
    assert "มีรูปไหม" in texts(phone)[-1]
    return phone


def send(town: Town, phone: Phone) -> Case:
    """Answers the rest of the request and sends it."""
    says(town, phone, "ข้าม", "นางสมศรี ใจดี", "0812345678", "ส่งเรื่อง")
    return case_of(town)


def case_of(town: Town) -> Case:
    with town.database.reading() as session:
        return session.scalars(select(Case).order_by(Case.id).limit(1)).one()


def photos_of(town: Town, case: Case) -> list[File]:
    with town.database.reading() as session:
        return list(session.scalars(select(File).where(File.case_id == case.id).order_by(File.id)))


def answer(case: Case) -> str:
    (row,) = [row for row in case.answers if row["kind"] == "photos"]
    assert row["answer"] == f"{len(row['value'])} รูป"
    return row["answer"]


@contextmanager
def held_back(town: Town, ids: list[str]) -> Iterator[None]:
    """Delays these messages until the block ends, and then delivers them."""
    receive, on_their_way = town.receive, []

    def keep(body: bytes, headers: dict[str, str]) -> int:
        if any(each.encode() in body for each in ids):
            on_their_way.append((body, headers))
            return 200
        return receive(body, headers)

    town.receive = keep  # type: ignore[method-assign]
    try:
        yield
    finally:
        town.receive = receive  # type: ignore[method-assign]
    for body, headers in on_their_way:
        assert town.receive(body, headers) == 200
    town.settle()


def test_photos_of_an_album_that_come_after_the_press_belong_to_the_case(town: Town) -> None:
    phone = at_the_photos(town)
    first, *others = phone.sends_photos([photo(colour) for colour in ("red", "green", "blue")])
    with held_back(town, others):
        town.settle()
        case = send(town, phone)
        assert times_told(phone, "3 รูป (มาถึงแล้ว 1)") == 1
        assert times_told(phone, "มาถึงแล้ว 1 จาก 3 รูป") == 1
        assert answer(case) == "1 รูป"
        before = len(phone.messages)
    assert answer(case_of(town)) == "3 รูป"
    assert [(file.state, file.line_message_id in (first, *others)) for file in photos_of(town, case)] == [
        ("kept", True)
    ] * 3
    assert len(phone.messages) == before


def test_when_all_are_here_nothing_is_said_of_it(town: Town) -> None:
    phone = at_the_photos(town)
    phone.sends_photos([photo(), photo("red")])
    town.settle()
    assert answer(send(town, phone)) == "2 รูป"
    assert times_told(phone, "มาถึงแล้ว") == 0


def test_no_more_photos_come_late_than_were_wanted(town: Town) -> None:
    phone = at_the_photos(town)
    _, *others = phone.sends_photos([photo()] * 8)
    with held_back(town, others):
        town.settle()
        case = send(town, phone)
    most = next(q.file_limit for q in town.app.services[case.service].questions if q.file_limit)
    assert answer(case_of(town)) == f"{most} รูป"
    assert len(photos_of(town, case)) == most


def test_a_late_photo_of_an_album_finds_its_case_though_another_request_has_begun(town: Town) -> None:
    phone = at_the_photos(town)
    _, late = phone.sends_photos([photo(), photo("red")])
    with held_back(town, [late]):
        town.settle()
        case = send(town, phone)
        says(town, phone, "ถนนเป็นหลุมลึก")
    assert answer(case_of(town)) == "2 รูป"
    assert len(photos_of(town, case)) == 2


def lose(town: Town, phone: Phone, *, photos: int = 1) -> Case:
    """Returns a case whose photos could not be fetched, after its resident was informed."""
    town.simulator.faults.turn(content_status="404")
    for _ in range(photos):
        phone.sends_photos([photo()])
        town.settle()
    case = send(town, phone)
    for seconds in (6, 16, 61, 61, 61):
        town.wait(seconds=seconds)
    town.simulator.faults.clear()
    assert times_told(phone, f"รูปที่ส่งมากับเรื่องที่ {case.shown_number}") == photos
    return case


def kept(town: Town, case: Case) -> int:
    return sum(file.state == "kept" for file in photos_of(town, case))


def test_a_photo_sent_anew_goes_to_the_case_whose_photo_was_lost(town: Town) -> None:
    phone = at_the_photos(town)
    case = lose(town, phone)
    phone.sends_photos([photo()])
    town.settle()
    assert f"แนบกับเรื่องที่ {case.shown_number} ให้แล้ว" in texts(phone)[-1]
    assert kept(town, case) == 1


@pytest.mark.parametrize("fault", [{"content_status": "410"}, {"content_endless": True}], ids=str)
def test_a_photo_asked_for_again_before_the_request_was_sent_finds_the_case_afterwards(
    town: Town, fault: dict[str, Any]
) -> None:
    phone = at_the_photos(town)
    sends_a_photo_in_vain(town, phone, **fault)
    case = send(town, phone)
    phone.sends_photos([photo()])
    town.settle()
    assert f"แนบกับเรื่องที่ {case.shown_number} ให้แล้ว" in texts(phone)[-1]
    assert kept(town, case) == 1


def test_what_a_request_that_was_given_up_lost_is_nothing_to_the_next_one(town: Town) -> None:
    phone = at_the_photos(town)
    sends_a_photo_in_vain(town, phone, content_endless=True)
    says(town, phone, "ยกเลิก")
    phone.taps("ใช่ ยกเลิก")
    town.settle()
    says(town, phone, "ไฟถนนหน้าบ้านดับค่ะ มืดมาก", "ไม่มี", "หน้าวัดโพธิ์ชัย")
    case = send(town, phone)
    assert photos_of(town, case) == []


def test_what_was_sent_anew_in_the_request_itself_is_asked_for_no_more(town: Town) -> None:
    phone = at_the_photos(town)
    sends_a_photo_in_vain(town, phone, content_endless=True)
    phone.sends_photos([photo()])
    town.settle()
    case = send(town, phone)
    assert kept(town, case) == 1
    phone.sends_photos([photo()])
    town.settle()
    assert kept(town, case) == 1


def test_several_lost_photos_are_replaced_one_by_one(town: Town) -> None:
    phone = at_the_photos(town)
    case = lose(town, phone, photos=2)
    for _ in range(2):
        phone.sends_photos([photo()])
        town.settle()
    assert times_told(phone, f"แนบกับเรื่องที่ {case.shown_number} ให้แล้ว") == 2
    assert kept(town, case) == 2


def test_an_album_sent_anew_goes_there_whole(town: Town) -> None:
    phone = at_the_photos(town)
    case = lose(town, phone)
    phone.sends_photos([photo(), photo("red")])
    town.settle()
    assert kept(town, case) == 2


def test_after_a_day_a_photo_is_a_photo_of_something_new(town: Town) -> None:
    phone = at_the_photos(town)
    case = lose(town, phone)
    town.wait(hours=25)
    phone.sends_photos([photo()])
    town.settle()
    assert "รูปนี้เป็นเรื่องไหนคะ" in texts(phone)[-1]
    assert kept(town, case) == 0


def test_a_request_that_asks_for_photos_comes_first(town: Town) -> None:
    phone = at_the_photos(town)
    case = lose(town, phone)
    says(town, phone, "ไฟถนนหน้าตลาดดับค่ะ มืดมาก", "ไม่มี", "หน้าตลาด")
    phone.sends_photos([photo()])
    town.settle()
    assert "ได้รับแล้ว 1 รูป" in texts(phone)[-1] + texts(phone)[-2]
    assert kept(town, case) == 0
    says(town, phone, "ยกเลิก", "ใช่ ยกเลิก")


def test_of_a_case_that_is_over_nothing_is_promised(town: Town) -> None:
    phone = at_the_photos(town)
    town.simulator.faults.turn(content_status="404")
    phone.sends_photos([photo()])
    town.settle()
    case = send(town, phone)
    officer(town, case.id, Action.ACCEPT)
    officer(town, case.id, Action.FINISH, "เปลี่ยนหลอดแล้ว")
    for seconds in (6, 16, 61, 61, 61):
        town.wait(seconds=seconds)
    assert times_told(phone, "เรื่องนี้จบแล้ว ไม่ต้องส่งใหม่") == 1
    assert times_told(phone, "ช่วยส่งใหม่") == 0


def test_of_a_request_that_was_given_up_nothing_is_said(town: Town) -> None:
    phone = at_the_photos(town)
    town.simulator.faults.turn(content_status="404")
    phone.sends_photos([photo()])
    town.settle()
    says(town, phone, "ยกเลิก")
    phone.taps("ใช่ ยกเลิก")
    town.settle()
    for seconds in (6, 16, 61, 61, 61):
        town.wait(seconds=seconds)
    assert times_told(phone, "ช่วยส่งใหม่") == 0


@pytest.mark.parametrize("data", [NO_PHOTO, photo()[:300]])
def test_what_is_lost_again_is_asked_for_again(town: Town, data: bytes) -> None:
    phone = at_the_photos(town)
    case = lose(town, phone)
    phone.sends_photos([data])
    town.settle()
    town.wait(minutes=2)
    phone.sends_photos([photo()])
    town.settle()
    assert kept(town, case) == 1
