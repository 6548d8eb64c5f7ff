"""Tests that nothing is left of an unsent message, in whatever order LINE delivers the events."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import LargeBinary, select, type_coerce, update

from line_simulator.residents import Resident as Phone
from store.cases.actions import Actor, act
from store.cases.models import Case, CaseEvent, UnsentMessage
from store.cases.unsend import TAKEN_BACK
from store.cases.workflows import Action, Status, Who
from store.clock import now
from store.database.encryption import Cipher
from store.database.engine import Table
from store.messaging.models import InboxEvent
from store.messaging.states import EventState
from store.operations.retention import purge
from store.residents.models import Contact, Conversation, Resident
from store.residents.residents import listen
from tests.stories.scenes import a_case_of, friend, texts
from tests.stories.test_fetching import bytes_on_disk, files
from tests.town import Town

MINUTES_AGO = timedelta(minutes=2)


def event(phone: Phone, kind: str, *, ago: timedelta = timedelta(), **more: Any) -> dict[str, Any]:
    at = int((now() - ago).timestamp() * 1000)
    return {
        "type": kind,
        "webhookEventId": f"{phone.id[-20:]} {kind} {at} {more.get('replyToken', '')[-4:]}",
        "deliveryContext": {"isRedelivery": True},
        "timestamp": at,
        "source": {"type": "user", "userId": phone.id},
        "mode": "active",
        **more,
    }


def arrives(town: Town, *events: dict[str, Any]) -> None:
    """Delivers events; each is worked on before the next comes, as when LINE delivers again after a while."""
    for each in events:
        assert town.simulator.send_raw(json.dumps({"events": [each]}).encode()) == 200
        town.settle()


def unsent(phone: Phone, message_id: str) -> dict[str, Any]:
    return event(phone, "unsend", unsend={"messageId": message_id})


def written(phone: Phone, **message: Any) -> dict[str, Any]:
    """Returns the event of a message that was written two minutes ago and arrives only now."""
    return event(phone, "message", ago=MINUTES_AGO, message=message, replyToken=f"{phone.id} {message['id']}")


def says(town: Town, phone: Phone, *words: str) -> list[str]:
    """Sends these messages and returns their ids."""
    ids = []
    for each in words:
        ids.append(phone.says(each))
        town.settle()
    return ids


def person(town: Town, phone: Phone) -> Any:
    with town.database.reading() as session:
        contact = session.scalars(select(Contact).where(Contact.key == key_of(town, phone))).one()
        return contact.resident.person


def key_of(town: Town, phone: Phone) -> str:
    return town.database.cipher.fingerprint(phone.id)


def told(town: Town) -> list[dict[str, Any]]:
    """Returns the answers of each case, by the kind of question."""
    with town.database.reading() as session:
        cases = session.scalars(select(Case).order_by(Case.id)).all()
        return [{row["kind"]: row["answer"] for row in case.answers} for case in cases]


@pytest.fixture
def phone(town: Town) -> Phone:
    return friend(town)


def test_words_that_come_after_they_were_taken_back_are_nothing(town: Town, phone: Phone) -> None:
    message = written(phone, type="text", id="700", text="ไฟถนนหน้าบ้านนายสมชายดับ")
    arrives(town, unsent(phone, "700"), message)
    assert texts(phone) == []
    with town.database.reading() as session:
        assert session.scalars(select(Conversation)).all() == []
        assert session.scalars(select(Resident.listening)).all() == [None]


def test_an_answer_that_comes_after_it_was_taken_back_is_not_stored(town: Town, phone: Phone) -> None:
    says(town, phone, "ไฟถนนดับ", "ไม่มี")
    heard = len(texts(phone))
    arrives(town, unsent(phone, "700"), written(phone, type="text", id="700", text="หน้าบ้านนายสมชาย"))
    assert len(texts(phone)) == heard
    with town.database.reading() as session:
        assert "place" not in (session.scalars(select(Conversation)).one().answers or {})


def test_a_photo_that_comes_after_it_was_taken_back_is_never_asked_for(town: Town, phone: Phone) -> None:
    message = written(phone, type="image", id="701", contentProvider={"type": "line"})
    arrives(town, unsent(phone, "701"), message)
    assert (texts(phone), files(town), bytes_on_disk(town)) == ([], [], [])


def test_in_their_order_the_later_one_undoes_the_earlier(town: Town, phone: Phone) -> None:
    says(town, phone, "ไฟถนนดับ", "ไม่มี")
    arrives(town, written(phone, type="image", id="702", contentProvider={"type": "line"}))
    arrives(town, unsent(phone, "702"))
    assert [file.state for file in files(town)] == ["gone"]


def test_other_messages_of_that_time_and_of_other_people_are_heard(town: Town, phone: Phone) -> None:
    other = friend(town, "คนอื่น")
    arrives(town, unsent(phone, "703"), written(other, type="text", id="703", text="ไฟถนนดับ"))
    assert "ไฟฟ้าสาธารณะ" in " ".join(texts(other))
    arrives(town, written(phone, type="text", id="704", text="ไฟถนนดับ"))
    assert "ไฟฟ้าสาธารณะ" in " ".join(texts(phone))


def test_taking_back_twice_is_taking_back_once_and_forgotten_in_time(town: Town, phone: Phone) -> None:
    arrives(town, unsent(phone, "705"))
    town.clock.shift(timedelta(seconds=5))
    arrives(town, unsent(phone, "705"))
    with town.database.reading() as session:
        assert len(session.scalars(select(UnsentMessage)).all()) == 1
    town.clock.shift(timedelta(days=31))
    purge(town.database)
    with town.database.reading() as session:
        assert session.scalars(select(UnsentMessage)).all() == []


def test_name_and_phone_that_are_taken_back_are_remembered_nowhere(town: Town, phone: Phone) -> None:
    *_, name, number = says(town, phone, "ไฟถนนดับ", "ไม่มี", "หน้าวัด", "ข้าม", "สมศรี ใจดี", "0812345678")
    says(town, phone, "ส่งเรื่อง")
    assert person(town, phone) == {"name": "สมศรี ใจดี", "phone": "0812345678"}
    for message_id in (name, number):
        phone.unsends(message_id)
        town.settle()
    assert person(town, phone) is None
    (answers,) = told(town)
    assert (answers["name"], answers["phone"]) == (TAKEN_BACK, TAKEN_BACK)
    with town.database.reading() as session:
        assert "หน้าวัด" in session.scalars(select(Case)).one().summary
    says(town, phone, "น้ำไม่ไหล")
    assert "สมศรี" not in " ".join(texts(phone)[-2:])


@pytest.mark.parametrize("minutes", [0, 45])
def test_words_kept_while_a_service_is_chosen_go_however_old_they_are(
    town: Town, phone: Phone, minutes: int
) -> None:
    (message,) = says(town, phone, "บ้านนายสมชายมีเรื่องแปลก ๆ ที่ไม่รู้จะบอกอย่างไรดี")
    with town.database.reading() as session:
        assert session.scalars(select(Resident)).one().listening is not None
    town.wait(minutes=minutes)
    phone.unsends(message)
    town.settle()
    with town.database.reading() as session:
        assert session.scalars(select(Resident)).one().listening is None


def test_an_address_that_is_taken_back_is_remembered_nowhere(town: Town, phone: Phone) -> None:
    says(town, phone, "คำร้องทั่วไป")
    phone.taps("อื่น ๆ")
    town.settle()
    says(
        town, phone, "ยืมเต็นท์", "ขอยืมเต็นท์งานบุญ", "ขอยืมสามหลัง", "หน้าวัด", "ข้าม", "ข้าม", "สมศรี ใจดี", "0812345678"
    )
    says(town, phone, "1101700230708")
    (address,) = says(town, phone, "99/1 หมู่ 4 ชุมชนริมน้ำ")
    says(town, phone, "ข้าม", "ข้าม", "ข้าม", "ขอรับรองว่าจริง", "ส่งเรื่อง")
    assert person(town, phone)["address"]["house_no"] == "99/1"
    with town.database.reading() as session:
        assert session.scalars(select(Resident)).one().moo == "4"
    phone.unsends(address)
    town.settle()
    assert person(town, phone) == {"name": "สมศรี ใจดี", "phone": "0812345678"}
    assert told(town)[0]["address"] == TAKEN_BACK
    with town.database.reading() as session:
        resident = session.scalars(select(Resident)).one()
        assert (resident.moo, resident.community) == (None, None)


def test_what_was_written_of_a_service_that_was_rated_goes_too(town: Town, phone: Phone) -> None:
    case_id = a_case_of(town, phone, Status.DONE)
    with town.database.transaction() as session:
        case = session.get_one(Case, case_id)
        act(session, town.app.municipality, case, Action.CONFIRM, Actor(Who.RESIDENT))
    town.settle()
    with town.database.transaction() as session:
        resident = session.scalars(select(Resident)).one()
        listen(resident, "comment", case_id)
    (comment,) = says(town, phone, "ช่างสมชายพูดจาดีมากค่ะ")
    with town.database.reading() as session:
        assert session.get_one(Case, case_id).comment == "ช่างสมชายพูดจาดีมากค่ะ"
    phone.unsends(comment)
    town.settle()
    with town.database.reading() as session:
        assert session.get_one(Case, case_id).comment is None
        assert TAKEN_BACK in [event.note for event in session.scalars(select(CaseEvent))]


def test_what_a_later_request_took_over_goes_with_the_message_that_told_it(town: Town, phone: Phone) -> None:
    *_, name, _ = says(town, phone, "ไฟถนนดับ", "ไม่มี", "หน้าวัด", "ข้าม", "สมศรี ใจดี", "0812345678")
    says(town, phone, "ส่งเรื่อง", "ไฟถนนดับ", "ไม่มี", "หน้าตลาด", "ข้าม", "ส่งเรื่อง")
    says(town, phone, "ไฟถนนดับ", "ไม่มี", "หน้าโรงเรียน", "ข้าม")
    phone.unsends(name)
    town.settle()
    assert [answers["name"] for answers in told(town)] == [TAKEN_BACK, TAKEN_BACK]
    assert [answers["phone"] for answers in told(town)] == ["081-234-5678", "081-234-5678"]
    says(town, phone, "ช่วยเหลือ")
    assert "ขอทราบชื่อ-นามสกุล" in texts(phone)[-1]


def test_what_was_told_in_another_message_too_stays(town: Town, phone: Phone) -> None:
    *_, name, _ = says(town, phone, "ไฟถนนดับ", "ไม่มี", "หน้าวัด", "ข้าม", "สมศรี ใจดี", "0812345678")
    says(town, phone, "ส่งเรื่อง", "ไฟถนนดับ", "ไม่มี", "หน้าตลาด", "ข้าม", "แก้ไข")
    phone.taps("ชื่อผู้แจ้ง")
    town.settle()
    says(town, phone, "สมหญิง ใจดี", "ส่งเรื่อง")
    phone.unsends(name)
    town.settle()
    assert person(town, phone) == {"name": "สมหญิง ใจดี", "phone": "0812345678"}
    assert [answers["name"] for answers in told(town)] == [TAKEN_BACK, "สมหญิง ใจดี"]


def test_words_that_were_given_up_go_too_and_those_beside_them_stay(town: Town, phone: Phone) -> None:
    arrives(town, *(written(phone, type="text", id=number, text="ไฟถนนดับ") for number in ("710", "711")))
    with town.database.transaction() as session:
        waiting = session.scalars(select(InboxEvent).order_by(InboxEvent.id.desc()).limit(2)).all()
        for row, number in zip(waiting, ("711", "710"), strict=True):
            row.state, row.body = (
                EventState.DEAD,
                {"type": "message", "message": {"id": number, "text": "ไฟถนนดับ"}},
            )
    arrives(town, unsent(phone, "710"))
    with town.database.reading() as session:
        dead = session.scalars(select(InboxEvent).where(InboxEvent.state == "dead")).all()
        assert [(row.body or {})["message"]["id"] for row in dead] == ["711"]


def test_one_that_no_key_opens_keeps_nobody_from_taking_back_another(town: Town, phone: Phone) -> None:
    arrives(town, *(written(phone, type="text", id=number, text="ไฟถนนดับ") for number in ("710", "711")))
    stranger = Cipher((b"a key that nobody has any more..",)).encrypt(
        b"{}", "inbox.body", b"the key of a row"
    )
    with town.database.transaction() as session:
        shut, kept = session.scalars(select(InboxEvent).order_by(InboxEvent.id.desc()).limit(2)).all()
        shut.state = kept.state = EventState.DEAD
        kept.body = {"type": "message", "message": {"id": "710", "text": "ไฟถนนดับ"}}
        shut_id = shut.id
    table = Table.metadata.tables[InboxEvent.__tablename__]
    with town.database.transaction() as session:
        changed = update(table).where(table.c.id == shut_id)
        session.execute(changed.values(body=type_coerce(stranger, LargeBinary)))
    arrives(town, unsent(phone, "710"))
    with town.database.reading() as session:
        states = session.scalars(select(InboxEvent.state).where(InboxEvent.state != "done")).all()
    assert states == ["dead"], "the one that nobody can read"


def test_what_was_just_offered_holds_while_an_older_message_is_unsent(town: Town) -> None:
    phone = friend(town)
    older, *_ = says(town, phone, "ไฟถนนหน้าบ้านดับค่ะ มืดมาก", "ไม่มี", "ยกเลิก")
    assert "ยกเลิกเรื่องนี้ใช่ไหมคะ" in texts(phone)[-1]
    phone.unsends(older)
    town.settle()
    says(town, phone, "ใช่")
    assert "ยกเลิกแล้วค่ะ" in texts(phone)[-1]
