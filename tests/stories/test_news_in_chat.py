"""Tests what residents do about broadcasts in the chat: choose news, press buttons, ask whether it is genuine."""

import pytest

from bot.phrases.typed import read_typed_words
from store.broadcasts import testers
from store.broadcasts.approval import write_draft
from store.broadcasts.models import ButtonPress, StopReason
from store.clock import now
from store.residents import preferences
from store.residents.models import Resident
from store.thai import folded
from tests.builders import an_officer
from tests.stories.press import DRAFT, IN_AN_HOUR, URGENT, approve, card, heard, quota, state_of, words
from tests.stories.scenes import Phone, calls, friend, rows, texts, the_resident
from tests.stories.test_broadcasts import a_picture
from tests.town import PUBLIC_URL, Town

WATER = "น้ำประปา"
ALL = "หยุดข่าวที่ไม่เร่งด่วนทั้งหมด"


def choices(town: Town, phone: Phone) -> dict[str, bool]:
    with town.database.reading() as session:
        return preferences.choices_of(session, the_resident(session, phone))


def says(town: Town, phone: Phone, words_said: str) -> str:
    """Says the words and returns the last message that answers."""
    phone.says(words_said)
    town.settle()
    return texts(phone)[-1]


def taps(town: Town, phone: Phone, label: str) -> str:
    phone.taps(label)
    town.settle()
    return texts(phone)[-1]


@pytest.mark.parametrize("typed", ["ข่าวสาร", "รับข่าวสาร", "ตั้งค่าข่าว", "เลิกรับข่าว", "หยุดส่ง", "เลิกรับข่าวค่ะ"])
def test_the_topics_are_shown_with_what_is_received(town: Town, typed: str) -> None:
    shown = says(town, friend(town), typed)
    for topic in town.app.municipality.topics:
        assert f"{topic.name} ✓ รับอยู่" in shown


def test_a_topic_that_is_tapped_is_no_longer_sent_and_can_be_had_again(town: Town) -> None:
    phone, other = friend(town), friend(town, "ประสิทธิ์")
    says(town, phone, "ข่าวสาร")
    assert f"{WATER} ไม่ได้รับ" in taps(town, phone, f"ไม่รับ {WATER}")
    approve(town)
    town.settle()
    assert heard([phone, other]) == [0, 1]
    assert f"{WATER} ✓ รับอยู่" in taps(town, phone, f"รับ {WATER}")
    approve(town)
    town.settle()
    assert heard([phone, other]) == [1, 2]


def test_who_stops_all_that_is_not_urgent_still_gets_warnings(town: Town) -> None:
    phone = friend(town)
    says(town, phone, "หยุดส่ง")
    taps(town, phone, ALL)
    assert choices(town, phone) == {preferences.EVERYTHING: False}
    other = friend(town, "ประสิทธิ์")
    approve(town)
    approve(town, content=words("น้ำกำลังขึ้นค่ะ"), **URGENT)
    town.settle()
    assert (heard([phone, other]), heard([phone, other], "น้ำกำลังขึ้น")) == ([0, 1], [1, 1])


def test_who_wants_everything_again_presses_one_button(town: Town) -> None:
    phone = friend(town)
    says(town, phone, "ข่าวสาร")
    taps(town, phone, ALL)
    shown = taps(town, phone, "รับทุกเรื่อง")
    assert "ไม่ได้รับ" not in shown
    assert choices(town, phone) == {preferences.EVERYTHING: True}


def test_an_old_button_does_what_it_said(town: Town) -> None:
    phone = friend(town)
    says(town, phone, "ข่าวสาร")
    old = phone.taps(f"ไม่รับ {WATER}")
    town.settle()
    taps(town, phone, f"รับ {WATER}")
    phone.taps_action(old)
    town.settle()
    assert choices(town, phone)["water"] is False


def test_a_topic_that_is_offered_no_more_is_said_kindly(town: Town) -> None:
    phone = friend(town)
    for data in ("do=topic&t=gone&w=no", "do=topic&t=water&w=perhaps", "do=topic", "do=topics_all&w=x"):
        phone.taps_action({"type": "postback", "label": "x", "data": data})
        town.settle()
        assert WATER in texts(phone)[-1], data
    assert choices(town, phone) == {}


def test_a_press_is_counted_and_thanked_for(town: Town) -> None:
    phone = friend(town)
    broadcast = approve(town, content=card({"label": "รับทราบ"}, {"label": "ไปร่วมงาน"}))
    town.settle()
    assert "รับทราบแล้ว ขอบคุณค่ะ" in taps(town, phone, "ไปร่วมงาน")
    taps(town, phone, "ไปร่วมงาน")
    assert presses(town) == {(broadcast, 1): 2}


def test_a_button_opens_its_service(town: Town) -> None:
    phone = friend(town)
    broadcast = approve(town, content=card({"label": "ขอรถน้ำ", "service": "water_truck"}))
    town.settle()
    phone.taps("ขอรถน้ำ")
    town.settle()
    assert any(town.app.services["water_truck"].title in text for text in texts(phone)[-3:])
    assert presses(town) == {(broadcast, 0): 1}


def test_buttons_of_no_broadcast_count_nothing(town: Town) -> None:
    phone = friend(town)
    waiting = approve(town, content=card({"label": "รับทราบ"}), send_at=now() + IN_AN_HOUR)
    for data in (
        f"b={waiting}&n=1",
        f"b={waiting}&n=x",
        "b=99&n=0",
        "b=0&n=0",
        "b=9999999999&n=0",
        "n=0",
        "",
    ):
        phone.taps_action({"type": "postback", "label": "x", "data": f"do=pressed&{data}"})
        town.settle()
        assert "ปุ่มนี้เก่าแล้ว" in texts(phone)[-1], data
    phone.taps_action({"type": "postback", "label": "x", "data": f"do=pressed&b={waiting}&n=0"})
    town.settle()
    assert presses(town) == {}


def presses(town: Town) -> dict[tuple[int, int], int]:
    with town.database.reading() as session:
        return {(row.broadcast_id, row.button): row.presses for row in session.query(ButtonPress)}


@pytest.mark.parametrize("typed", ["ตรวจสอบประกาศ", "จริงไหม", "จริงไหมคะ"])
def test_who_doubts_gets_the_last_titles_and_the_page(town: Town, typed: str) -> None:
    phone = friend(town)
    for number in range(4):
        approve(town, title=f"ประกาศที่ {number}")
    town.settle()
    shown = says(town, phone, typed)
    assert [f"ประกาศที่ {number}" in shown for number in range(4)] == [False, True, True, True]
    assert f"{PUBLIC_URL}/announcements" in shown
    assert "@tessaban-demo" in shown


def test_the_words_that_cards_ask_for_are_understood(town: Town) -> None:
    phone = friend(town)
    approve(town, content=card())
    town.settle()
    asked_for = texts(phone)[-1].split("พิมพ์ ")[1].split(" ")[0]
    assert folded(asked_for) in read_typed_words().commands
    assert "/announcements" in says(town, phone, asked_for)


def invited(town: Town) -> str:
    with town.database.transaction() as session:
        by = an_officer(session, town.app.municipality)
        return testers.invite(session, by).code or ""


def test_a_colleague_who_types_their_code_is_thanked_and_gets_the_tests(town: Town) -> None:
    phone, neighbour = friend(town), friend(town, "ประสิทธิ์")
    assert "ขอบคุณ" in says(town, phone, invited(town))
    link = {"label": "ดูแผนที่", "link": "https://www.example.go.th/map"}
    test_of(town, card(link, {"label": "รับทราบ"}))
    marker, shown = phone.messages[-2:]
    assert "ทดสอบ" in marker["text"]
    assert DRAFT.title in marker["text"]
    assert {message["sender"]["name"] for message in (shown,)} == {"ทดสอบ ยังไม่ส่งจริง"}
    assert "https://www.example.go.th/map" in str(shown)
    assert neighbour.messages == []
    assert "ขอบคุณ" in taps(town, phone, "รับทราบ")
    assert presses(town) == {}


def test_of(town: Town, content: dict[str, object]) -> None:
    from dataclasses import replace  # noqa: PLC0415

    with town.database.transaction() as session:
        by = an_officer(session, town.app.municipality)
        broadcast = write_draft(session, replace(DRAFT, content=content), by)
        testers.send_test(session, broadcast, testers.list_testers(session)[0])
    town.settle()


test_of.__test__ = False  # type: ignore[attr-defined]


def test_a_test_of_five_messages_is_marked_without_a_sixth(town: Town) -> None:
    phone = friend(town)
    says(town, phone, invited(town))
    phone.chat.bubbles.clear()
    picture = {"kind": "picture", "token": a_picture(town)}
    test_of(town, {"parts": [picture] * 5})
    assert len(phone.messages) == 5
    assert {message["sender"]["name"] for message in phone.messages} == {"ทดสอบ ยังไม่ส่งจริง"}
    assert len(calls(town, "push")) == 1


def test_a_code_of_yesterday_or_of_nobody_is_refused_kindly(town: Town) -> None:
    phone = friend(town)
    code = invited(town)
    assert "ใช้ไม่ได้แล้ว" in says(town, phone, "ทดสอบ000000" if code != "ทดสอบ000000" else "ทดสอบ000001")
    town.wait(hours=25)
    assert "ใช้ไม่ได้แล้ว" in says(town, phone, code)
    with town.database.reading() as session:
        assert [tester.resident_id for tester in testers.list_testers(session)] == [None]


def test_words_that_only_look_like_a_code_are_words(town: Town) -> None:
    phone = friend(town)
    assert "รหัสทดสอบ" not in says(town, phone, "ทดสอบ")
    assert "รหัสทดสอบ" not in says(town, phone, "ทดสอบ1234567")


def test_a_broadcast_does_not_touch_what_a_resident_is_doing(town: Town) -> None:
    phone = friend(town)
    says(town, phone, "ไฟถนนดับ")
    approve(town)
    town.settle()
    assert "ปักหมุด" in says(town, phone, "ไม่มี")
    assert rows(town, "dead") == []


def test_news_of_cases_go_on_when_broadcasts_have_stopped_for_want_of_quota(town: Town) -> None:
    phone = friend(town)
    quota(town, 1000, 1000 - town.app.municipality.plan.reserve)
    broadcast = approve(town)
    town.settle()
    assert state_of(town, broadcast) == ("stopped", StopReason.NO_QUOTA)
    from tests.stories.scenes import tell, times_told  # noqa: PLC0415

    tell(town, phone, "พรุ่งนี้ช่างไปค่ะ")
    town.settle()
    town.wait(hours=1)
    assert times_told(phone, "พรุ่งนี้ช่างไปค่ะ") == 1


def test_nobody_is_known_by_what_they_pressed(town: Town) -> None:
    columns = {column.name for column in ButtonPress.__table__.columns}
    assert columns.isdisjoint(column.name for column in Resident.__table__.columns)
