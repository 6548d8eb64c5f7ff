"""The life of a broadcast at the console: written, submitted, returned, approved, scheduled, stopped, corrected."""

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update

from line_simulator.residents import Resident as Phone
from store.broadcasts import statistics
from store.clock import BANGKOK, in_bangkok, now
from store.database.engine import Database
from store.messaging.inbox import REMEMBER_EVENTS_FOR
from store.residents.models import Contact
from tests.console.news import (
    CARD,
    FORM,
    NEW,
    TEXT,
    approved,
    do,
    edit,
    form_of,
    goes_out,
    history,
    offers,
    press,
    row,
    said_at,
    states,
    status_of,
    submit,
    words,
    write,
)
from tests.console.pages import Page, Person
from tests.stories.press import crowd
from tests.town import Town

CLOSING = {"closing.parts.0.kind": "words", "closing.parts.0.text": "น้ำไหลตามปกติแล้วค่ะ"}


@pytest.fixture(autouse=True)
def people(town: Town) -> list[Phone]:
    return crowd(town, 3)


def typed(**ahead: float) -> str:
    """A moment from now on, as a browser writes it."""
    return in_bangkok(now() + timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M")


def test_from_the_first_word_to_the_last_resident(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = write(officer)
    assert (status_of(database, broadcast), offers(officer, broadcast)) == (
        "draft",
        {"submit", "cancel"},
    )
    assert do(officer, broadcast, "submit").status_code == 303
    assert "รอท่านดำเนินการ" in supervisor.visit("/broadcasts").html
    assert do(supervisor, broadcast, "return", "วันที่ผิด แก้เป็นวันเสาร์").status_code == 303
    page = words(officer.visit(f"/broadcasts/{broadcast}").html)
    assert "ส่งกลับแก้ไข" in page
    assert "วันที่ผิด แก้เป็นวันเสาร์" in page
    assert "ถูกส่งกลับให้แก้" in officer.visit("/broadcasts").html
    mended = {"message.parts.0.text": "วันเสาร์น้ำประปาหยุดไหลค่ะ"}
    assert edit(officer, broadcast, do="submit", **mended).status_code == 303
    assert goes_out(town) == []
    assert do(supervisor, broadcast, "approve", "อ่านแล้ว ส่งได้").status_code == 303
    assert goes_out(town) == ["วันเสาร์น้ำประปาหยุดไหลค่ะ"]
    page = words(officer.visit(f"/broadcasts/{broadcast}").html)
    assert "อนุมัติโดย นายวิชัย ขยันงาน" in page
    assert "“อ่านแล้ว ส่งได้”" in page
    assert "LINE รับแล้ว 3 คน" in page
    assert [act for act, _ in history(database, broadcast)] == [
        "write", "submit", "return", "edit", "submit", "approve",
    ]  # fmt: skip


def test_it_waits_for_its_time_and_its_closing_message_for_the_end(
    officer: Person, supervisor: Person, database: Database, town: Town, clock: time_machine.Traveller
) -> None:
    broadcast = approved(officer, supervisor, send_at=typed(hours=2), ends_at=typed(hours=5), **CLOSING)
    assert goes_out(town) == []
    assert "อนุมัติแล้ว รอส่ง" in words(officer.visit("/broadcasts?pile=going").html)
    clock.shift(timedelta(hours=2))
    assert goes_out(town) == [TEXT]
    clock.shift(timedelta(hours=3))
    assert goes_out(town) == ["น้ำไหลตามปกติแล้วค่ะ"]
    assert states(database, broadcast) == {"message": "done", "closing": "done"}


@pytest.mark.parametrize(
    ("times", "field", "said"),
    [
        ({"send_at": (-2, 0)}, "", ""),
        ({"ends_at": (-1, 0)}, "ends_at", "เวลาสิ้นสุดต้องหลังเวลาส่ง"),
        ({"send_at": (5, 0), "ends_at": (2, 0)}, "ends_at", "เวลาสิ้นสุดต้องหลังเวลาส่ง"),
        ({"send_at": (0, 400)}, "send_at", "ตั้งเวลาได้ไม่เกินหนึ่งปีข้างหน้า"),
    ],
)
def test_times_that_make_no_sense_are_said_beside_their_field(
    officer: Person, times: dict[str, tuple[int, int]], field: str, said: str
) -> None:
    moments = {name: typed(hours=hours, days=days) for name, (hours, days) in times.items()}
    answer = press(officer, "submit", **CLOSING if "ends_at" in times else {}, **moments)
    assert answer.status_code == (400 if field else 303)
    assert said in said_at(answer.text, field)


def test_a_year_typed_as_in_thailand_is_this_one(officer: Person, database: Database) -> None:
    broadcast = submit(officer, send_at="2569-11-21T09:00")
    assert row(database, broadcast).send_at == datetime(2026, 11, 21, 9, tzinfo=BANGKOK)


def test_what_is_temporary_tells_its_end_and_what_tells_an_end_has_one(officer: Person) -> None:
    answer = press(officer, "submit", ends_at=typed(hours=5))
    assert (answer.status_code, "ต้องมีข้อความปิดท้าย" in said_at(answer.text, "closing")) == (400, True)
    answer = press(officer, "submit", **CLOSING)
    assert (answer.status_code, "กรุณาใส่เวลาสิ้นสุด" in said_at(answer.text, "ends_at")) == (400, True)


def test_pause_holds_it_resume_lets_it_go_on_and_cancel_ends_it(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = approved(officer, supervisor)
    assert do(officer, broadcast, "pause").status_code == 303
    assert goes_out(town) == []
    assert "พักการส่งไว้" in words(officer.visit(f"/broadcasts/{broadcast}").html)
    assert do(officer, broadcast, "resume").status_code == 303
    refused = Page(do(officer, broadcast, "cancel"))
    assert (refused.status, "กรุณากรอกข้อความก่อน" in refused.html) == (400, True)
    assert do(officer, broadcast, "cancel", "น้ำไหลแล้ว").status_code == 303
    assert (goes_out(town), status_of(database, broadcast)) == ([], "cancelled")
    assert offers(supervisor, broadcast) == set()


def test_a_change_after_the_approval_voids_it(
    officer: Person, supervisor: Person, database: Database
) -> None:
    broadcast = approved(officer, supervisor, send_at=typed(hours=1))
    assert "การอนุมัติจะสิ้นผล" in officer.visit(f"/broadcasts/{broadcast}/edit").html
    assert edit(officer, broadcast, **{"message.parts.0.text": "ฟรีทุกอย่าง"}).status_code == 303
    assert (status_of(database, broadcast), states(database, broadcast)) == ("draft", {})
    found = row(database, broadcast)
    assert (found.approver_id, found.digest, found.approved_at) == (None, None, None)
    assert "การอนุมัติเดิมสิ้นผล" in words(supervisor.visit(f"/broadcasts/{broadcast}").html)


def test_what_goes_out_is_changed_no_more_but_corrected_by_another(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = approved(officer, supervisor)
    goes_out(town)
    assert officer.client.get(f"/broadcasts/{broadcast}/edit").status_code == 409
    page = officer.visit(f"/broadcasts/{broadcast}")
    assert f"{NEW}?corrects={broadcast}" in page.html
    form = officer.visit(f"{NEW}?corrects={broadcast}").form(NEW)
    assert (form.fields["title"], form.fields["corrects"]) == ("แก้ไข: น้ำหยุดไหลพรุ่งนี้", str(broadcast))
    correction = submit(officer, f"{NEW}?corrects={broadcast}", title="แก้ไข: น้ำหยุดไหลพรุ่งนี้")
    assert do(supervisor, correction, "approve").status_code == 303
    assert row(database, correction).corrects_id == broadcast
    assert "ฉบับแก้ไขของ" in words(officer.visit(f"/broadcasts/{correction}").html)
    assert "มีฉบับแก้ไข" in words(officer.visit(f"/broadcasts/{broadcast}").html)


def test_only_what_was_sent_is_corrected_by_another(officer: Person, database: Database) -> None:
    broadcast = write(officer)
    assert officer.client.get(f"{NEW}?corrects={broadcast}").status_code == 409
    assert officer.client.get(f"{NEW}?corrects=99").status_code == 404
    assert press(officer, "submit", corrects=str(broadcast)).status_code == 409


def test_of_two_editors_the_slower_is_told_and_loses_no_word(
    officer: Person, colleague: Person, database: Database
) -> None:
    broadcast = write(officer)
    address = f"/broadcasts/{broadcast}/edit"
    form = officer.visit(address).form(address)
    assert edit(colleague, broadcast, **{"message.parts.0.text": "จากเพื่อนร่วมงาน"}).status_code == 303
    mine = {**FORM, "do": "save", "message.parts.0.text": "จากผู้ที่ช้ากว่า"}
    answer = officer.send(form, **mine)
    page = Page(answer).check()
    assert answer.status_code == 409
    assert "แก้ประกาศนี้หลังจากที่ท่านเปิดหน้าไว้" in page.html
    assert "จากผู้ที่ช้ากว่า" in page.html
    assert row(database, broadcast).content["parts"][0]["text"] == "จากเพื่อนร่วมงาน"
    assert officer.send(page.form(address), **mine).status_code == 303
    assert row(database, broadcast).content["parts"][0]["text"] == "จากผู้ที่ช้ากว่า"


def test_who_acts_on_an_old_page_is_told_how_it_is_now_and_keeps_their_words(
    officer: Person, supervisor: Person, database: Database
) -> None:
    broadcast = submit(officer)
    form = form_of(supervisor, broadcast, "return")
    do(officer, broadcast, "take_back")
    answer = supervisor.send(form, note="เวลาไม่ตรงกับหนังสือ")
    page = words(Page(answer).check().html)
    assert answer.status_code == 409
    assert "มีผู้เปลี่ยนประกาศนี้หลังจากที่ท่านเปิดหน้าไว้" in page
    assert "เวลาไม่ตรงกับหนังสือ" in page
    assert "ถอนกลับมาแก้" in page
    assert status_of(database, broadcast) == "draft"


def test_what_would_reach_nobody_is_not_submitted(officer: Person, database: Database) -> None:
    with database.transaction() as session:
        session.execute(update(Contact).values(blocked_at=now()))
    answer = press(officer, "submit")
    assert answer.status_code == 400
    assert "ไม่มีใครในกลุ่มนี้ที่ส่งถึงได้" in said_at(answer.text, "audience")


def test_while_it_goes_out_the_page_asks_how_far_it_is(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = approved(officer, supervisor)
    address = f"/broadcasts/{broadcast}/progress"
    before = officer.client.get(address).get_json()
    assert before == {
        "stage": "waiting",
        "parts": {"message": {"percent": 0, "told": 0, "left": 3, "state": "waiting"}},
    }
    goes_out(town)
    after = officer.client.get(address).get_json()
    assert (after["stage"], after["parts"]["message"]["percent"]) == ("sent", 100)


def test_who_was_left_out_is_counted_although_everything_is_over(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = approved(officer, supervisor)
    with database.transaction() as session:
        session.query(Contact).limit(1).one().blocked_at = now()
    goes_out(town)
    page = words(officer.visit(f"/broadcasts/{broadcast}").html)
    assert "LINE รับแล้ว 2 คน ยังเหลือ 0 คน ไม่ได้ส่งถึง 1 คน" in page


def test_what_came_of_it_is_shown_and_calls_are_not_said_to_be_none(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    buttons = {
        "message.parts.0.buttons.0.label": "รับทราบ",
        "message.parts.0.buttons.0.link": "",
        "message.parts.0.buttons.1.label": "โทรถาม",
        "message.parts.0.buttons.1.link": "043-000-000",
    }
    broadcast = approved(officer, supervisor, **CARD, **buttons)
    goes_out(town)
    with database.transaction() as session:
        statistics.press(session, broadcast, 0)
    page = words(officer.visit(f"/broadcasts/{broadcast}").html)
    assert "กด “รับทราบ” 1 ครั้ง" in page
    assert "กด “โทรถาม” นับไม่ได้" in page
    assert "บล็อกบัญชี 0 คน" in page


def test_long_afterwards_the_page_says_what_is_not_known_any_more(
    officer: Person, supervisor: Person, town: Town
) -> None:
    broadcast = approved(officer, supervisor)
    goes_out(town)
    assert "ตอบหรือกดในแชต 0 คน" in words(officer.visit(f"/broadcasts/{broadcast}").html)
    town.clock.shift(REMEMBER_EVENTS_FOR)
    officer.sign_in()
    assert "ตอบหรือกดในแชต ไม่เก็บไว้แล้ว" in words(officer.visit(f"/broadcasts/{broadcast}").html)
