"""The queue: what an officer finds in it, and that it tells of news by itself."""

from datetime import timedelta

import pytest
import time_machine

from store.cases.workflows import Status
from store.clock import now
from store.database.engine import Database
from store.municipality.profile import Municipality
from tests.builders import a_case
from tests.console.pages import Person


def _add(database: Database, municipality: Municipality, **kwargs: object) -> str:
    with database.transaction() as session:
        return a_case(session, municipality, **kwargs).shown_number  # type: ignore[arg-type]


def test_a_new_case_stands_in_the_queue_with_its_words(
    clock: time_machine.Traveller, officer: Person, database: Database, municipality: Municipality
) -> None:
    number = _add(database, municipality, summary="ไฟดับ ซอย 9")
    html = officer.visit("/").html
    for words in (number, "แจ้งซ่อมไฟสาธารณะ", "ไฟดับ ซอย 9", "รอรับเรื่อง", "เหลือ 5 วัน", "ยังไม่มอบหมาย"):
        assert words in html
    assert "⚠" not in html


@pytest.mark.parametrize("told", [{"urgent": True}, {"triage": "green"}], ids=["danger", "surge"])
def test_a_case_that_was_promised_no_day_does_not_look_as_if_it_had_time(
    told: dict[str, object],
    clock: time_machine.Traveller,
    officer: Person,
    database: Database,
    municipality: Municipality,
) -> None:
    _add(database, municipality, **told)
    queue = officer.visit("/").html
    assert "ไม่ได้บอกวันกับผู้แจ้ง" in queue
    assert "เหลือ 5 วัน" not in queue
    assert ("เร่งด่วน</span>" in queue) == ("urgent" in told)
    _add(database, municipality, entered_at=now() - timedelta(days=8), **told)
    assert "เกิน 3 วัน" in officer.visit("/?tab=overdue").html


def test_an_overdue_case_says_by_how_much(
    clock: time_machine.Traveller, officer: Person, database: Database, municipality: Municipality
) -> None:
    number = _add(database, municipality, entered_at=now() - timedelta(days=8))
    html = officer.visit("/?tab=overdue").html
    assert number in html
    assert "เกิน 3 วัน" in html


def test_each_tab_holds_its_cases(officer: Person, database: Database, municipality: Municipality) -> None:
    numbers = {status: _add(database, municipality, status=status) for status in Status}
    for tab, statuses in {
        "new": {Status.SUBMITTED, Status.REOPENED},
        "doing": {Status.RECEIVED, Status.IN_PROGRESS},
        "waiting": {Status.NEED_INFO},
        "done": {Status.DONE, Status.CLOSED, Status.CANCELLED, Status.FORWARDED_OUT},
        "all": set(Status),
    }.items():
        html = officer.visit(f"/?tab={tab}").html
        assert {status for status, number in numbers.items() if number in html} == statuses, tab


def test_a_case_is_found_by_its_number_in_thai_digits_whatever_the_tab(
    officer: Person, database: Database, municipality: Municipality
) -> None:
    number = _add(database, municipality, status=Status.DONE)
    thai_digits = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
    page = officer.visit("/?tab=new&number=" + number.translate(thai_digits))
    assert f">{number}<" in page.html
    assert "ไม่พบเรื่องเลข" in officer.visit("/?number=9999/2570").html


def test_nonsense_in_the_address_is_as_if_it_were_not_there(officer: Person) -> None:
    officer.visit("/?tab=none&status=zz&assignee=-1&page=99999999999999999999&urgent=")
    officer.visit("/?page=0&assignee=%E0%B9%92&_scheme=javascript&_external=1&endpoint=x&_anchor=y")
    officer.visit("/?number=%27%20OR%201=1--&service=%ff&department=nowhere")


def test_the_page_learns_of_a_new_case_by_asking(
    officer: Person, database: Database, municipality: Municipality
) -> None:
    before = officer.client.get("/counts").get_json()
    _add(database, municipality)
    after = officer.client.get("/counts").get_json()
    assert after["newest"] > before["newest"]
    assert after["counts"]["new"] == before["counts"]["new"] + 1


def test_cases_of_other_departments_are_neither_shown_nor_counted(
    stranger: Person, database: Database, municipality: Municipality
) -> None:
    number = _add(database, municipality)
    assert number not in stranger.visit("/?tab=all").html
    assert number not in stranger.visit("/?tab=all&department=engineering").html
    assert "ไม่พบเรื่องเลข" in stranger.visit(f"/?number={number}").html
    assert stranger.client.get("/counts").get_json() == {
        "counts": {"new": 0, "doing": 0, "waiting": 0, "overdue": 0, "done": 0, "all": 0},
        "newest": 0,
    }


def test_a_long_queue_comes_in_pages(officer: Person, database: Database, municipality: Municipality) -> None:
    with database.transaction() as session:
        numbers = [a_case(session, municipality).shown_number for _ in range(51)]
    first, second = officer.visit("/").html, officer.visit("/?page=2").html
    assert sum(number in first for number in numbers) == 50
    assert sum(number in second for number in numbers) == 1
    assert "หน้าถัดไป" in first
    assert "หน้าถัดไป" not in second
