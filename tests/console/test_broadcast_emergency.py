"""The emergency lane: words approved on a quiet day, a superior's recorded word, one look before it goes, a review."""

from typing import Any

import pytest

from line_simulator.residents import Resident as Phone
from store.broadcast_models import EmergencyTemplate
from store.db import Database
from tests.console.looks import acts_of, person_of, snapshot
from tests.console.news import CARD, do, goes_out, history, offers, raw, row, said_at, status_of, words
from tests.console.pages import Page, Person
from tests.stories.press import crowd
from tests.town import Town

WRITE = "/broadcasts/emergency/new"
TEMPLATE = {
    "title": "เตือนน้ำท่วม",
    "message.parts.0.kind": "words",
    "message.parts.0.text": "[คลอง] น้ำล้นตลิ่ง [เวลา] ขอให้ย้ายขึ้นที่สูงค่ะ",
}
ORDER = {
    "blank.0": "คลองใหญ่",
    "blank.1": "คืนนี้ 22.00 น.",
    "audience.who": "everyone",
    "how": "โทรศัพท์ 02.10 น. น้ำเกินตลิ่ง 20 ซม.",
}


@pytest.fixture(autouse=True)
def people(town: Town) -> list[Phone]:
    return crowd(town, 2)


def prepare(author: Person, **typed: str) -> int:
    """The number of a template that waits for approval."""
    answer = author.send(author.visit(WRITE).form(WRITE), **{**TEMPLATE, "do": "save", **typed})
    assert answer.status_code == 303, Page(answer).html
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def ready(author: Person, superior: Person) -> int:
    template = prepare(author)
    page = superior.visit(f"/broadcasts/emergency/{template}")
    assert superior.submit(page, f"/broadcasts/emergency/{template}/approve").status_code == 303
    return template


def order(person: Person, template: int, superior: int, do: str = "send", **typed: str) -> Any:
    address = f"/broadcasts/emergency/{template}"
    form = person.visit(address).form(address)
    return person.send(form, **{**ORDER, "decided_by": str(superior), "do": do, **typed})


def number_of(database: Database, person: Person) -> int:
    return person_of(database, person.username).id


def test_on_a_bad_day_it_is_filled_in_looked_at_sent_and_reviewed(
    officer: Person, colleague: Person, supervisor: Person, database: Database, town: Town
) -> None:
    template, chief = ready(officer, supervisor), number_of(database, supervisor)
    look = Page(order(colleague, template, chief, "confirm")).check()
    assert "ยังไม่ได้ส่ง" in look.html
    assert "คลองใหญ่ น้ำล้นตลิ่ง คืนนี้ 22.00 น." in look.html
    assert "2 ข้อความ" in words(look.html)
    assert goes_out(town) == []
    sent = colleague.send(next(form for form in look.forms if form.fields.get("do") == "send"))
    broadcast = int(sent.headers["Location"].rsplit("/", 1)[1])
    assert goes_out(town) == ["คลองใหญ่ น้ำล้นตลิ่ง คืนนี้ 22.00 น. ขอให้ย้ายขึ้นที่สูงค่ะ"]
    page = words(officer.visit(f"/broadcasts/{broadcast}").html)
    assert "สั่งการโดย นายวิชัย ขยันงาน" in page
    assert "โทรศัพท์ 02.10 น. น้ำเกินตลิ่ง 20 ซม." in page
    assert "ฉุกเฉิน รอทบทวน" in page
    assert "ทบทวนการเตือนภัย" in words(supervisor.visit("/broadcasts").html)
    assert do(supervisor, broadcast, "review", "ส่งถูกต้อง ทันเวลา").status_code == 303
    assert "รอทบทวน" not in officer.visit(f"/broadcasts/{broadcast}").html
    assert history(database, broadcast)[-1] == ("review", "ส่งถูกต้อง ทันเวลา")


def test_the_page_that_asks_once_more_keeps_nothing_of_it(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    template = ready(officer, supervisor)
    before = snapshot(database)
    assert order(officer, template, number_of(database, supervisor), "confirm").status_code == 200
    assert snapshot(database) == before


def test_pressed_twice_it_is_sent_once(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    template = ready(officer, supervisor)
    address = f"/broadcasts/emergency/{template}"
    form = officer.visit(address).form(address)
    typed = {**ORDER, "decided_by": str(number_of(database, supervisor)), "do": "send"}
    assert [officer.send(form, **typed).status_code for _ in range(2)] == [303, 303]
    assert len(goes_out(town)) == 1


def test_a_template_is_approved_by_another_person_than_its_author(
    officer: Person, supervisor: Person, database: Database
) -> None:
    template = prepare(supervisor)
    address = f"/broadcasts/emergency/{template}/approve"
    assert "จึงอนุมัติเองไม่ได้" in supervisor.visit(f"/broadcasts/emergency/{template}").html
    assert raw(supervisor, address).status_code == 403
    assert raw(officer, address).status_code == 403
    with database.reading() as session:
        assert session.get_one(EmergencyTemplate, template).approved_at is None


def test_words_that_nobody_approved_or_that_were_retired_are_not_sent(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    waiting, retired, chief = prepare(officer), ready(officer, supervisor), number_of(database, supervisor)
    page = supervisor.visit(f"/broadcasts/emergency/{retired}")
    assert supervisor.submit(page, f"/broadcasts/emergency/{retired}/retire").status_code == 303
    for number, template in enumerate((waiting, retired)):
        typed = {**ORDER, "decided_by": str(chief), "do": "send", "form_token": f"{number:022}"}
        assert raw(officer, f"/broadcasts/emergency/{template}", **typed).status_code == 409
    assert goes_out(town) == []


MISSING = (
    ({"blank.1": " "}, "blanks", "กรุณากรอกทุกช่องว่าง"),
    ({"blank.1": "ก" * 101}, "blanks", "ไม่เกิน 100 ตัวอักษร"),
    ({"how": ""}, "how", "กรุณากรอกข้อความก่อน"),
    ({"decided_by": ""}, "decided_by", "กรุณาเลือกหัวหน้างาน"),
    ({"decided_by": "9999"}, "decided_by", "กรุณาเลือกหัวหน้างาน"),
    ({"audience.who": "moo"}, "audience", "กรุณาเลือกอย่างน้อยหนึ่งรายการ"),
)


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(
    officer: Person, colleague: Person, supervisor: Person, town: Town
) -> None:
    template, chief = ready(officer, supervisor), number_of(town.database, supervisor)
    no_superior = ({"decided_by": str(number_of(town.database, colleague))}, *MISSING[3][1:])
    for typed, beside, said in (*MISSING, no_superior):
        page = Page(order(officer, template, chief, **typed)).check()
        assert page.status == 400, typed
        assert said in said_at(page.html, beside)
        assert 'value="คลองใหญ่"' in page.html
    assert goes_out(town) == []


def test_a_superior_who_sends_it_names_another_who_decided(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    template, self = ready(officer, supervisor), number_of(database, supervisor)
    typed = {**ORDER, "decided_by": str(self), "do": "send"}
    answer = raw(supervisor, f"/broadcasts/emergency/{template}", **typed)
    assert (answer.status_code, "ท่านเป็นผู้เขียน" in said_at(answer.text, "decided_by")) == (400, True)
    assert goes_out(town) == []


def test_who_sent_it_does_not_review_it_whatever_they_become(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    template = ready(officer, supervisor)
    sent = order(officer, template, number_of(database, supervisor))
    broadcast = int(sent.headers["Location"].rsplit("/", 1)[1])
    with database.transaction() as session:
        session.merge(person_of(database, officer.username)).role = "supervisor"
    assert "review" not in offers(officer, broadcast)
    asked = {"seen_version": str(row(database, broadcast).version), "note": "ดีมาก"}
    assert raw(officer, f"/broadcasts/{broadcast}/review", **asked).status_code == 403
    assert row(database, broadcast).reviewed_at is None
    assert acts_of(database, "refused")[-1].about == f"broadcast {broadcast} review"


def test_an_ordinary_broadcast_is_not_reviewed_and_an_edited_emergency_is_one_no_more(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    sent = order(officer, ready(officer, supervisor), number_of(database, supervisor))
    broadcast = int(sent.headers["Location"].rsplit("/", 1)[1])
    address = f"/broadcasts/{broadcast}/edit"
    form = officer.visit(address).form(address)
    typed = {
        **form.fields,
        "category": "warning",
        "topic": "urgent",
        "purpose": "ขอ",
        "audience.who": "everyone",
    }
    typed |= {"message.parts.0.text": "ถ้อยคำที่ไม่มีใครอนุมัติ", "do": "submit"}
    assert officer.send(form, **typed).status_code == 303
    assert (goes_out(town), status_of(database, broadcast)) == ([], "submitted")
    assert row(database, broadcast).template_id is None
    asked = {"seen_version": str(row(database, broadcast).version), "note": "ดี"}
    assert raw(supervisor, f"/broadcasts/{broadcast}/review", **asked).status_code == 409


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"title": ""}, "title", "กรุณากรอกช่องนี้"),
        ({"message.parts.0.text": ""}, "message.parts.0.text", "กรุณากรอกช่องนี้"),
        (
            {
                **CARD,
                "message.parts.0.buttons.0.label": "ดู",
                "message.parts.0.buttons.0.link": "https://x.th/[ที่]",
            },
            "message",
            "ลิงก์ของปุ่มเว้นว่าง",
        ),
    ],
)
def test_a_template_is_checked_on_the_quiet_day(
    officer: Person, town: Town, typed: dict[str, str], field: str, said: str
) -> None:
    answer = officer.send(officer.visit(WRITE).form(WRITE), **{**TEMPLATE, "do": "save", **typed})
    assert (answer.status_code, said in said_at(answer.text, field)) == (400, True)


def test_only_its_author_takes_back_a_template_that_waits(
    officer: Person, colleague: Person, supervisor: Person, database: Database
) -> None:
    waiting, approved = prepare(officer), ready(officer, supervisor)
    for person, template, status in (
        (colleague, waiting, 403),
        (officer, approved, 403),
        (officer, waiting, 303),
    ):
        assert raw(person, f"/broadcasts/emergency/{template}/retire").status_code == status
    assert "เตือนน้ำท่วม" in supervisor.visit("/broadcasts/emergency").html
