"""Tests pins: one in another province is asked about and marked, one at 0, 0 is refused, and no resident is stuck."""

import pytest
from sqlalchemy import select

from line_simulator.residents import Resident as Phone
from store.cases.models import Case, CaseEvent
from store.cases.workflows import Action, Status
from tests.stories.scenes import a_case_of, friend, officer, texts
from tests.stories.test_fetching import answers
from tests.town import Town

# What the chat makes of a pin does not depend on the database.
pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)

HERE, BANGKOK, NOWHERE = (16.4330, 102.8300), (13.7563, 100.5018), (0.0, 0.0)
IN_DOUBT = "จุดนี้อยู่นอกเขตเทศบาลตำบลตัวอย่าง ใช่จุดนี้จริงไหมคะ"


def says(town: Town, phone: Phone, *words: str) -> None:
    for each in words:
        phone.says(each)
        town.settle()


def pins(town: Town, phone: Phone, where: tuple[float, float]) -> str:
    phone.sends_place(*where)
    town.settle()
    return texts(phone)[-1]


def taps(town: Town, phone: Phone, label: str) -> str:
    phone.taps(label)
    town.settle()
    return texts(phone)[-1]


@pytest.fixture
def phone(town: Town) -> Phone:
    """Returns the phone of a resident who was just asked where it is."""
    phone = friend(town)
    says(town, phone, "ไฟถนนหน้าบ้านดับค่ะ มืดมาก", "ไม่มี")
    assert "ปักหมุด" in texts(phone)[-1]
    return phone


def finish(town: Town, phone: Phone) -> Case:
    says(town, phone, "ข้าม", "นางสมศรี ใจดี", "0812345678", "ส่งเรื่อง")
    with town.database.reading() as session:
        return session.scalars(select(Case)).one()


def place_of(case: Case) -> str:
    return next(row["answer"] for row in case.answers if row["kind"] == "place")


def test_a_pin_within_the_town_is_taken_without_a_word(town: Town, phone: Phone) -> None:
    assert "มีรูปไหม" in pins(town, phone, HERE)
    assert "นอกเขต" not in place_of(finish(town, phone))


@pytest.mark.parametrize("yes", ["ใช่ (tapped)", "ใช่ค่ะ", "ใช่ครับ จุดนี้แหละ", "yes"])
def test_a_pin_far_away_that_is_meant_is_kept_and_marked(town: Town, phone: Phone, yes: str) -> None:
    assert pins(town, phone, BANGKOK) == IN_DOUBT
    if yes.endswith("(tapped)"):
        assert "มีรูปไหม" in taps(town, phone, "ใช่")
    else:
        says(town, phone, yes)
        assert "มีรูปไหม" in texts(phone)[-1]
    assert place_of(finish(town, phone)) == "📍 ปักหมุดแล้ว (13.75630, 100.50180) (นอกเขต)"


def test_another_pin_is_asked_for_and_taken(town: Town, phone: Phone) -> None:
    pins(town, phone, BANGKOK)
    assert "ปักหมุด" in taps(town, phone, "ปักใหม่")
    assert "place" not in answers(town)
    assert "มีรูปไหม" in pins(town, phone, HERE)
    assert answers(town)["place"]["latitude"] == HERE[0]


@pytest.mark.parametrize("words", ["ไม่ใช่ค่ะ", "ปักใหม่"])
def test_no_in_their_own_words_asks_for_another(town: Town, phone: Phone, words: str) -> None:
    pins(town, phone, BANGKOK)
    says(town, phone, words)
    assert "ปักหมุด" in texts(phone)[-1]


def test_a_better_pin_or_words_for_the_place_settle_it_as_well(town: Town, phone: Phone) -> None:
    pins(town, phone, BANGKOK)
    assert "มีรูปไหม" in pins(town, phone, HERE)
    says(town, phone, "ย้อนกลับ")
    pins(town, phone, BANGKOK)
    says(town, phone, "หน้าวัดโพธิ์ชัย")
    assert "มีรูปไหม" in texts(phone)[-1]
    assert answers(town)["place"] == {"text": "หน้าวัดโพธิ์ชัย"}


def test_a_pin_far_away_sent_before_its_turn_is_asked_about_at_once(town: Town) -> None:
    phone = friend(town)
    says(town, phone, "ไฟถนนหน้าบ้านดับค่ะ มืดมาก")
    assert pins(town, phone, BANGKOK) == IN_DOUBT
    assert "อันตราย" in taps(town, phone, "ใช่")


def test_back_from_the_doubt_asks_for_the_place_and_keeps_no_pin(town: Town, phone: Phone) -> None:
    pins(town, phone, BANGKOK)
    says(town, phone, "ย้อนกลับ")
    assert "ปักหมุดจุดที่ไฟดับ" in texts(phone)[-1]
    assert "place" not in answers(town)


def test_a_pin_far_away_does_not_end_an_edit_under_way(town: Town, phone: Phone) -> None:
    says(town, phone, "หน้าวัดโพธิ์ชัย", "ข้าม", "นางสมศรี ใจดี", "0812345678", "แก้ไข ชื่อผู้แจ้ง")
    assert pins(town, phone, BANGKOK) == IN_DOUBT
    assert "ชื่อ-นามสกุล" in taps(town, phone, "ใช่")
    says(town, phone, "มานี มีนา")
    assert answers(town)["name"] == "มานี มีนา"


def test_a_pin_that_is_meant_is_not_asked_about_again(town: Town, phone: Phone) -> None:
    pins(town, phone, BANGKOK)
    says(town, phone, "ใช่", "ข้าม", "นางสมศรี ใจดี", "0812345678", "แก้ไข จุดที่แจ้ง")
    assert "ปักหมุดจุดที่ไฟดับ" in texts(phone)[-1]
    says(town, phone, "ย้อนกลับ")
    assert answers(town)["place"]["latitude"] == BANGKOK[0]


def test_a_pin_that_is_meant_is_forgotten_when_it_is_unsent(town: Town, phone: Phone) -> None:
    pin = phone.sends_place(*BANGKOK)
    town.settle()
    says(town, phone, "ใช่")
    phone.unsends(pin)
    town.settle()
    assert "place" not in answers(town)


def test_no_coordinates_are_no_place(town: Town, phone: Phone) -> None:
    phone.sends_place(*NOWHERE)
    town.settle()
    assert "หมุดนี้ไม่มีพิกัด" in texts(phone)[-2]
    assert "place" not in answers(town)


def test_a_pin_added_to_a_case_is_marked_too(town: Town) -> None:
    phone = friend(town)
    case_id = a_case_of(town, phone, Status.RECEIVED)
    officer(town, case_id, Action.ASK, "จุดไหนคะ")
    town.wait(minutes=2)
    assert "หมุดนี้ไม่มีพิกัด" in pins(town, phone, NOWHERE)
    taps(town, phone, "ตอบเจ้าหน้าที่")
    pins(town, phone, BANGKOK)
    with town.database.reading() as session:
        notes = [event.note for event in session.scalars(select(CaseEvent).order_by(CaseEvent.id))]
    assert notes[-1] == "📍  (13.756300, 100.501800) (นอกเขต)"
