"""Tests whom a broadcast is for: every way to choose, how many it reaches, what it costs against what is left."""

import base64
import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.broadcasts.imported_list import MAX_ROWS
from store.cases.models import Case
from store.clock import in_bangkok, now
from store.database.engine import Database
from store.municipality.profile import Municipality
from store.quota.usage import note_reading
from store.residents import preferences
from tests.builders import a_case, a_resident, line_of
from tests.console.looks import acts_of
from tests.console.news import (
    CARD,
    FORM,
    NEW,
    do,
    press,
    raw,
    row,
    said_at,
    states,
    status_of,
    submit,
    words,
    write,
    wrote,
)
from tests.console.pages import Page, Person

# The same form over either database.
pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)


@pytest.fixture
def village(database: Database, municipality: Municipality) -> dict[str, int]:
    """Makes six residents, each of another kind, and returns their ids."""
    with database.transaction() as session:
        found = {name: a_resident(session) for name in ("moo1", "moo3", "market", "asked", "refused", "gone")}
        found["moo1"].moo, found["moo3"].moo, found["market"].community = "1", "3", "ชุมชนตลาด"
        found["gone"].moo, line_of(found["gone"]).blocked_at = "1", now()
        preferences.choose(session, found["asked"], "water", wanted=True)
        preferences.choose(session, found["refused"], "water", wanted=False)
        a_case(session, municipality, resident=found["moo3"])
        return {name: resident.id for name, resident in found.items()}


def figures(person: Person, **typed: Any) -> dict[str, str]:
    answer = raw(person, "/broadcasts/preview", **{**FORM, **typed}).get_json()
    return {**dict(answer["figures"]), "คำเตือน": answer["warning"]}


@pytest.mark.parametrize(
    ("typed", "counts"),
    [
        ({"audience.who": "everyone"}, (6, 4, 1, 1)),
        ({"audience.who": "everyone", "topic": "urgent", "category": "warning"}, (6, 5, 1, 0)),
        ({"audience.who": "moo", "audience.moo": ["1", "3"]}, (3, 2, 1, 0)),
        ({"audience.who": "community", "audience.community": ["ชุมชนตลาด"]}, (1, 1, 0, 0)),
        ({"audience.who": "topic", "audience.topic": ["water"]}, (1, 1, 0, 0)),
        ({"audience.who": "service", "audience.service": ["street_light"]}, (1, 1, 0, 0)),
    ],
)
def test_the_number_who_can_be_reached_is_said_before_anybody_approves(
    officer: Person, village: dict[str, int], typed: dict[str, Any], counts: tuple[int, int, int, int]
) -> None:
    shown = figures(officer, **typed)
    labels = ("ตั้งใจส่งถึง", "ส่งถึงได้ตอนนี้", "บล็อกบัญชี", "ไม่รับหัวข้อนี้")
    assert [shown[label] for label in labels] == [f"{count} คน" for count in counts]
    assert shown["ใช้ข้อความ"] == f"{counts[1]} ข้อความ"


def test_the_cost_is_said_in_messages_and_baht_against_what_is_left(
    officer: Person, supervisor: Person, database: Database
) -> None:
    with database.transaction() as session:
        for _ in range(30):
            a_resident(session)
        note_reading(session, most=15000, used=14450)
    closing = {
        "closing.parts.0.kind": "words",
        "closing.parts.0.text": "จบแล้ว",
        "ends_at": "2099-01-01T09:00",
    }
    shown = figures(officer, **closing)
    assert shown["ใช้ข้อความ"] == "60 ข้อความ (รวมข้อความปิดท้าย)"
    assert shown["คิดเป็นเงิน"] == "5.12 บาท ในค่าแพ็กเกจที่จ่ายแล้ว ไม่ต้องจ่ายเพิ่ม"
    assert shown["เดือนนี้เหลือ"] == "550 ข้อความ (กันไว้ 500)"
    assert shown["คำเตือน"] == "ข้อความของเดือนนี้ไม่พอ จะส่งได้ 50 จาก 60 ข้อความ แล้วหยุดรอ"
    assert figures(officer)["คำเตือน"] == ""
    page = words(supervisor.visit(f"/broadcasts/{submit(officer)}").html)
    assert "ใช้ข้อความ 30 ข้อความ" in page
    assert "คิดเป็นเงิน 2.56 บาท" in page
    assert "ขอใช้ไม่เกิน 30 ข้อความ" in page


def test_messages_beyond_the_plan_are_said_to_cost_more(officer: Person, database: Database) -> None:
    with database.transaction() as session:
        for _ in range(30):
            a_resident(session)
        note_reading(session, most=20000, used=14990)
    assert figures(officer)["คิดเป็นเงิน"] == "ต้องจ่ายเพิ่ม 2 บาท เพราะเกินแพ็กเกจ"


def test_a_menu_alone_costs_nothing_and_is_approved_like_words(
    officer: Person, supervisor: Person, database: Database
) -> None:
    bare = {name: value for name, value in FORM.items() if not name.startswith("message")}
    ends_at = in_bangkok(now() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    saved = raw(officer, NEW, **bare, menu="flood", ends_at=ends_at, do="submit")
    broadcast = wrote(saved)
    page = words(supervisor.visit(f"/broadcasts/{broadcast}").html)
    assert "ไม่ใช้ เปลี่ยนเมนูอย่างเดียว" in page
    assert "เมนูน้ำท่วม" in page
    assert do(supervisor, broadcast, "approve").status_code == 303
    assert (status_of(database, broadcast), states(database, broadcast)) == ("approved", {})


def test_who_can_be_chosen_is_offered(officer: Person, village: dict[str, int]) -> None:
    page = words(officer.visit("/broadcasts/new").html)
    for choice in ("หมู่ 1", "หมู่ 3", "ชุมชนตลาด", "เก็บขยะ", "แจ้งไฟฟ้าสาธารณะขัดข้อง"):
        assert choice in page


@pytest.mark.parametrize("who", ["moo", "community", "topic", "service", "cases", "list"])
def test_nobody_named_is_said_beside_the_choice(officer: Person, village: dict[str, int], who: str) -> None:
    answer = press(officer, "save", **{"audience.who": who})
    assert answer.status_code == 400
    assert said_at(answer.text, "audience").startswith("กรุณา")
    assert Page(answer).check()


def csv(text: str, encoding: str = "utf-8-sig") -> tuple[io.BytesIO, str]:
    return io.BytesIO(text.encode(encoding)), "list.csv"


def someone_known(session: Session, municipality: Municipality) -> int:
    """Returns the number of a resident with a phone, and with a case of the engineering department."""
    resident = a_resident(session, person={"name": "ก", "phone": "0891112222"})
    a_case(session, municipality, resident=resident)
    return resident.id


def test_a_list_tells_nothing_about_people_and_cases_of_other_departments(
    stranger: Person, supervisor: Person, database: Database, municipality: Municipality
) -> None:
    """Checks that a resident without a case that this officer may see is like nobody, by phone and by code."""
    with database.transaction() as session:
        known = someone_known(session, municipality)
        code = session.scalars(select(Case.tracking_code)).one()
    answers = []
    for rows in ("0891112222", code, "0800000000"):
        sent: dict[str, Any] = {"audience.who": "list", "audience.file": csv(rows)}
        page = words(Page(press(stranger, "look", **sent)).html)
        answers.append(page.replace(rows, "?"))
    assert answers[0] == answers[1] == answers[2]
    assert "ไม่พบใครเลย จาก 1 แถว" in answers[0]
    sent = {"audience.who": "list", "audience.file": csv(code)}
    saved = wrote(press(supervisor, "save", **sent))
    assert row(database, saved).audience["residents"] == [known]


def test_nobody_reads_who_was_found_out_of_the_form_or_uses_a_colleagues(
    officer: Person, colleague: Person, database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        someone_known(session, municipality)
    sent: dict[str, Any] = {"audience.who": "list", "audience.file": csv("0891112222")}
    kept = Page(press(officer, "look", **sent)).form("/broadcasts/new").fields["audience.kept"]
    assert b"residents" not in base64.urlsafe_b64decode(kept + "==")
    typed = {**FORM, "do": "save", "audience.who": "list", "audience.kept": kept}
    assert raw(colleague, "/broadcasts/new", **typed).status_code == 400
    assert raw(officer, "/broadcasts/new", **typed).status_code == 303


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp874"])
def test_a_list_of_phones_and_codes_names_those_we_know_and_counts_the_others(
    officer: Person, database: Database, municipality: Municipality, encoding: str
) -> None:
    with database.transaction() as session:
        known = someone_known(session, municipality)
        case = a_case(session, municipality, resident=a_resident(session))
        followed, code = case.resident_id, case.tracking_code
    rows = f"เบอร์\n๐๘๙-๑๑๑-๒๒๒๒,นายก\n{code.lower()}\n0800000000\n"
    sent: dict[str, Any] = {"audience.who": "list", "audience.file": csv(rows, encoding)}
    answer = press(officer, "look", **sent)
    page = Page(answer).check()
    assert "พบในระบบ 2 คน · ไม่พบ 2 แถว" in words(page.html)
    assert "แถว 1: เบอร์" in words(page.html)
    assert "แถว 4: 0800000000" in words(page.html)
    assert "0891112222" not in page.html
    assert acts_of(database, "list_lookup")[-1].details == {"residents": 2, "rows_of_nobody": 2}
    encrypted = page.form("/broadcasts/new")
    saved = officer.send(encrypted, **{**FORM, "audience.who": "list", "do": "save"})
    found = row(database, int(saved.headers["Location"].rsplit("/", 1)[1])).audience
    assert found == {"who": "list", "residents": sorted([known, followed])}


def test_a_list_sealed_by_nobody_of_ours_names_nobody(officer: Person, village: dict[str, int]) -> None:
    for forged in ('{"who":"list","residents":[1,2,3]}', "eyJ3aG8iOiJsaXN0In0.AAAA", "x" * 4000):
        answer = raw(
            officer,
            "/broadcasts/new",
            **{**FORM, "do": "save", "audience.who": "list", "audience.kept": forged},
        )
        assert (answer.status_code, "แนบไฟล์รายชื่อ" in said_at(answer.text, "audience")) == (400, True)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\0\1\2", "อ่านไฟล์ไม่ได้"),
        (b"0800000000\n" * (MAX_ROWS + 1), "มากกว่า 20,000 แถว"),
        (b"", "ต้องพบอย่างน้อยหนึ่งคน"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(officer: Person, data: bytes, said: str) -> None:
    sent: dict[str, Any] = {"audience.who": "list", "audience.file": (io.BytesIO(data), "list.csv")}
    answer = press(officer, "save", **sent)
    assert (answer.status_code, said in said_at(answer.text, "audience")) == (400, True)


def test_more_cases_than_may_be_typed_are_refused_and_none_is_left_out_silently(officer: Person) -> None:
    refused = press(officer, "save", **{"audience.who": "cases", "audience.cases": "1/2570 " * 201})
    assert said_at(refused.text, "audience") == "ใส่เลขที่เรื่องได้ไม่เกิน 200 เรื่อง"


def test_followers_of_a_case_are_named_by_its_number_and_only_by_who_may_see_it(
    officer: Person, stranger: Person, database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        case = a_case(session, municipality)
        number = case.shown_number
    typed = {"audience.who": "cases", "audience.cases": number}
    broadcast = submit(officer, **typed)
    assert row(database, broadcast).audience == {"who": "cases", "values": ["1"]}
    assert "ผู้แจ้งของ 1 เรื่อง" in officer.visit(f"/broadcasts/{broadcast}").html
    foreign, missing = (
        press(stranger, "save", **{**typed, "audience.cases": n}) for n in (number, "9999/2570")
    )
    assert said_at(foreign.text, "audience") == said_at(missing.text, "audience") == "ไม่พบเรื่องบางเลขที่"


def test_every_friend_of_the_account_hears_only_what_is_urgent(
    officer: Person, village: dict[str, int]
) -> None:
    answer = press(officer, "submit", **{"audience.who": "friends"})
    assert (answer.status_code, "เฉพาะเรื่องด่วน" in said_at(answer.text, "audience")) == (400, True)
    urgent = {**CARD, "audience.who": "friends", "topic": "urgent", "category": "warning"}
    assert press(officer, "submit", **urgent).status_code == 303


def test_a_draft_keeps_the_list_that_was_imported(
    officer: Person, database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        known = someone_known(session, municipality)
    broadcast = write(officer, **{"audience.who": "list", "audience.file": csv("0891112222")})
    address = f"/broadcasts/{broadcast}/edit"
    page = officer.visit(address)
    assert "พบในระบบ 1 คน" in words(page.html)
    assert (
        officer.send(page.form(address), **{**FORM, "audience.who": "list", "do": "save"}).status_code == 303
    )
    assert row(database, broadcast).audience["residents"] == [known]
