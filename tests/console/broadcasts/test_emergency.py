"""An emergency needs words approved on a quiet day, one look, a superior's own confirmation, and a review."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from line_simulator.residents import Resident as Phone
from store.broadcasts import emergency as lane
from store.broadcasts.models import BroadcastAct, EmergencyTemplate
from store.broadcasts.published import find_announcement
from store.database.engine import Database
from tests.builders import an_officer
from tests.console.broadcasts.test_approval import forged, make
from tests.console.conftest import _signed_in
from tests.console.looks import person_of, refusals_of, snapshot
from tests.console.news import (
    CARD,
    do,
    form_of,
    goes_out,
    history,
    offers,
    raw,
    row,
    said_at,
    status_of,
    words,
)
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


def order(person: Person, template: int, do: str = "send", **typed: str) -> Any:
    address = f"/broadcasts/emergency/{template}"
    form = person.visit(address).form(address)
    return person.send(form, **{**ORDER, "do": do, **typed})


def ordered(person: Person, template: int, **typed: str) -> int:
    """Returns the number of an emergency that waits to be confirmed."""
    answer = order(person, template, **typed)
    assert answer.status_code == 303, Page(answer).html
    return int(answer.headers["Location"].rsplit("/", 1)[1])


@pytest.fixture
def chief(request: pytest.FixtureRequest, database: Database) -> Person:
    """Returns another superior."""
    app, municipality = request.getfixturevalue("app"), request.getfixturevalue("municipality")
    with database.transaction() as session:
        name = an_officer(session, municipality, role="supervisor", department=None).username
    return _signed_in(app, name)


def test_on_a_bad_day_it_is_filled_in_looked_at_sent_and_reviewed(
    officer: Person, colleague: Person, supervisor: Person, database: Database, town: Town
) -> None:
    template = ready(officer, supervisor)
    look = Page(order(colleague, template, "confirm")).check()
    assert "ยังไม่ได้ส่ง" in look.html
    assert "คลองใหญ่ น้ำล้นตลิ่ง คืนนี้ 22.00 น." in look.html
    assert "2 ข้อความ" in words(look.html)
    assert "นายวิชัย ขยันงาน" in words(look.html)
    asked = colleague.send(next(form for form in look.forms if form.fields.get("do") == "send"))
    broadcast = int(asked.headers["Location"].rsplit("/", 1)[1])
    assert goes_out(town) == []
    assert "รอยืนยัน" in words(colleague.visit(f"/broadcasts/{broadcast}").html)
    # Superiors see it wherever they are.
    for page in ("/", "/surge", "/broadcasts", "/password"):
        assert f'<a href="/broadcasts/{broadcast}">อ่านและยืนยัน</a>' in supervisor.visit(page).html
        assert 'class="nav-count"' in supervisor.visit(page).html
    assert do(supervisor, broadcast, "approve").status_code == 303
    confirmed = words(supervisor.visit(f"/broadcasts/{broadcast}").html)
    assert "ยืนยันแล้ว ระบบกำลังส่งเตือนภัยเดี๋ยวนี้" in confirmed
    assert "ยืนยันแล้ว กำลังส่งเดี๋ยวนี้" in confirmed
    for untrue in ("ส่งตามเวลา", "ต้องเริ่มส่งก่อน", "รอถึงเวลา", "รอส่ง"):
        assert untrue not in confirmed
    assert goes_out(town) == ["คลองใหญ่ น้ำล้นตลิ่ง คืนนี้ 22.00 น. ขอให้ย้ายขึ้นที่สูงค่ะ"]
    assert "อ่านและยืนยัน" not in supervisor.visit("/").html
    _is_told_and_reviewed(officer, supervisor, database, broadcast)


def _is_told_and_reviewed(officer: Person, supervisor: Person, database: Database, broadcast: int) -> None:
    page = words(officer.visit(f"/broadcasts/{broadcast}").html)
    assert "ยืนยันโดย นายวิชัย ขยันงาน" in page
    assert "โทรศัพท์ 02.10 น. น้ำเกินตลิ่ง 20 ซม." in page
    assert "ฉุกเฉิน รอทบทวน" in page
    assert "ทบทวนการเตือนภัย" in words(supervisor.visit("/broadcasts").html)
    assert do(supervisor, broadcast, "review", "ส่งถูกต้อง ทันเวลา").status_code == 303
    assert "รอทบทวน" not in officer.visit(f"/broadcasts/{broadcast}").html
    assert [act for act, _ in history(database, broadcast)] == ["emergency", "approve", "review"]
    assert named_on_the_public_page(database, broadcast) == "นายวิชัย ขยันงาน"


def named_on_the_public_page(database: Database, broadcast: int) -> str:
    with database.reading() as session:
        published = find_announcement(session, broadcast)
    assert published is not None
    return published.approved_by


def test_who_was_only_named_is_not_said_to_have_approved(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    """The emergency is like those of before, which their sender alone recorded."""
    broadcast = ordered(officer, ready(officer, supervisor))
    do(supervisor, broadcast, "approve")
    goes_out(town)
    with database.transaction() as session:
        session.execute(delete(BroadcastAct).where(BroadcastAct.act == "approve"))
    assert named_on_the_public_page(database, broadcast) == ""
    assert "ไม่มีบันทึกว่าผู้ใดยืนยันด้วยตนเอง" in town.web.get(f"/announcements/{broadcast}").text


def refuses_to_confirm(person: Person, town: Town, broadcast: int, status: int = 403) -> None:
    assert "approve" not in offers(person, broadcast)
    answer = raw(person, f"/broadcasts/{broadcast}/approve", **forged(town.database, broadcast))
    assert answer.status_code == status
    assert (goes_out(town), status_of(town.database, broadcast)) == ([], "submitted")


def test_neither_who_filled_it_in_nor_who_wrote_the_template_confirms(
    officer: Person, supervisor: Person, chief: Person, town: Town
) -> None:
    """They cannot do so as superiors either, nor by hand."""
    by_chief = prepare(chief)
    page = supervisor.visit(f"/broadcasts/emergency/{by_chief}")
    assert supervisor.submit(page, f"/broadcasts/emergency/{by_chief}/approve").status_code == 303
    broadcast = ordered(officer, by_chief)
    make(officer, town.database, "supervisor")
    for person in (officer, chief):
        refuses_to_confirm(person, town, broadcast)
        assert refusals_of(town.database)[-1][:2] == (f"broadcast {broadcast}", "approve")
    assert do(supervisor, broadcast, "approve").status_code == 303
    assert len(goes_out(town)) == 1


def test_an_officer_confirms_nothing(
    officer: Person, colleague: Person, supervisor: Person, town: Town
) -> None:
    refuses_to_confirm(colleague, town, ordered(officer, ready(officer, supervisor)))


def number_of(database: Database, person: Person) -> int:
    return person_of(database, person.username).id


def test_naming_a_superior_lets_nothing_out(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    """The officer sends fields of a form that is no more, and fields of the store."""
    template, chief = ready(officer, supervisor), str(number_of(database, supervisor))
    named = {"decided_by": chief, "approver_id": chief, "status": "approved", "do": "send"}
    answer = raw(officer, f"/broadcasts/emergency/{template}", **ORDER, **named)
    broadcast = int(answer.headers["Location"].rsplit("/", 1)[1])
    assert (row(database, broadcast).status, row(database, broadcast).approver_id) == ("submitted", None)
    assert goes_out(town) == []


def test_it_is_confirmed_once_and_as_it_was_read(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    template = ready(officer, supervisor)
    first, second = ordered(officer, template), ordered(officer, template, **{"blank.0": "คลองน้อย"})
    form, other = (form_of(supervisor, each, "approve") for each in (first, second))
    # Read in one page, pressed for another.
    answer = supervisor.send(other, digest=form.fields["digest"])
    assert answer.status_code == 409
    assert goes_out(town) == []
    assert [supervisor.send(form).status_code for _ in range(2)] == [303, 303]
    replayed = raw(supervisor, f"/broadcasts/{first}/approve", **forged(database, first))
    assert replayed.status_code == 409
    assert len(goes_out(town)) == 1


def test_after_an_hour_nobody_confirms_it(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = ordered(officer, ready(officer, supervisor))
    form = form_of(supervisor, broadcast, "approve")
    for _ in range(3):
        town.clock.shift(timedelta(minutes=21))
        supervisor.visit("/password")
    assert "เกิน 1 ชั่วโมงแล้ว" in supervisor.send(form).text
    assert goes_out(town) == []
    assert "อ่านและยืนยัน" not in supervisor.visit("/").html


def test_where_no_superior_could_confirm_it_is_said_at_once(
    officer: Person, supervisor: Person, chief: Person, database: Database, town: Town
) -> None:
    template = prepare(chief)
    page = supervisor.visit(f"/broadcasts/emergency/{template}")
    supervisor.submit(page, f"/broadcasts/emergency/{template}/approve")
    make(supervisor, database, "officer")
    answer = order(officer, template)
    assert (answer.status_code, "ไม่มีหัวหน้างานท่านอื่นที่ยืนยันได้" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("blank", "said"),
    [
        ("ดูที่ evil.com", "ใส่ลิงก์ ชื่อเว็บ"),
        ("โทร 081-234-5678", "เบอร์โทรอื่นไม่ได้"),
        ("@scammer", "ไอดี LINE"),
    ],
)
def test_a_blank_leads_nowhere(
    officer: Person, supervisor: Person, town: Town, blank: str, said: str
) -> None:
    template = ready(officer, supervisor)
    for do_ in ("confirm", "send"):
        page = Page(order(officer, template, do_, **{"blank.0": blank}))
        assert (page.status, said in said_at(page.html, "blanks")) == (400, True)


def test_the_page_that_asks_once_more_keeps_nothing_of_it(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    template = ready(officer, supervisor)
    before = snapshot(database)
    assert order(officer, template, "confirm").status_code == 200
    assert snapshot(database) == before


def test_pressed_twice_it_is_asked_once(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    template = ready(officer, supervisor)
    address = f"/broadcasts/emergency/{template}"
    form = officer.visit(address).form(address)
    typed = {**ORDER, "do": "send"}
    assert [officer.send(form, **typed).status_code for _ in range(2)] == [303, 303]
    with database.reading() as session:
        assert len(lane.unconfirmed(session)) == 1


def test_an_emergency_nobody_confirmed_within_the_hour_is_over(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = ordered(officer, ready(officer, supervisor))
    digest = forged(database, broadcast)
    town.wait(minutes=59)
    for person in (officer, supervisor):
        person.sign_in()
    assert "approve" in offers(supervisor, broadcast)
    town.wait(minutes=1)
    for person in (officer, supervisor):
        page = words(person.visit(f"/broadcasts/{broadcast}").html)
        assert "เลยเวลาแล้ว ไม่ได้ส่ง" in page
        assert "เกิน 1 ชั่วโมงแล้วยังไม่มีผู้ยืนยัน จึงไม่ส่ง" in page
        assert "รอยืนยัน" not in page
        assert "รอหัวหน้างาน" not in page
    assert "approve" not in offers(supervisor, broadcast)
    assert raw(supervisor, f"/broadcasts/{broadcast}/approve", **digest).status_code == 409
    everything = supervisor.visit("/broadcasts").html
    assert "รอท่านดำเนินการ" not in everything
    assert 'class="nav-count"' not in everything
    assert goes_out(town) == []


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
    waiting, retired = prepare(officer), ready(officer, supervisor)
    page = supervisor.visit(f"/broadcasts/emergency/{retired}")
    assert supervisor.submit(page, f"/broadcasts/emergency/{retired}/retire").status_code == 303
    for number, template in enumerate((waiting, retired)):
        typed = {**ORDER, "do": "send", "form_token": f"{number:022}"}
        assert raw(officer, f"/broadcasts/emergency/{template}", **typed).status_code == 409
    assert goes_out(town) == []


MISSING = (
    ({"blank.1": " "}, "blanks", "กรุณากรอกทุกช่องว่าง"),
    ({"blank.1": "ก" * 101}, "blanks", "ไม่เกิน 100 ตัวอักษร"),
    ({"how": ""}, "how", "กรุณากรอกข้อความก่อน"),
    ({"audience.who": "moo"}, "audience", "กรุณาเลือกอย่างน้อยหนึ่งรายการ"),
)


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(
    officer: Person, supervisor: Person, town: Town
) -> None:
    template = ready(officer, supervisor)
    for typed, beside, said in MISSING:
        page = Page(order(officer, template, **typed)).check()
        assert page.status == 400, typed
        assert said in said_at(page.html, beside)
        assert 'value="คลองใหญ่"' in page.html


def test_who_sent_it_does_not_review_it_whatever_they_become(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    template = ready(officer, supervisor)
    broadcast = ordered(officer, template)
    do(supervisor, broadcast, "approve")
    with database.transaction() as session:
        session.merge(person_of(database, officer.username)).role = "supervisor"
    assert "review" not in offers(officer, broadcast)
    asked = {"seen_version": str(row(database, broadcast).version), "note": "ดีมาก"}
    assert raw(officer, f"/broadcasts/{broadcast}/review", **asked).status_code == 403
    assert row(database, broadcast).reviewed_at is None
    assert refusals_of(database)[-1][:2] == (f"broadcast {broadcast}", "review")


def test_an_ordinary_broadcast_is_not_reviewed_and_an_edited_emergency_is_one_no_more(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = ordered(officer, ready(officer, supervisor))
    do(supervisor, broadcast, "approve")
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
