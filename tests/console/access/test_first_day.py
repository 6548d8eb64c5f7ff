"""A superior reads in the first day of their account from when they may let things out, and sees no button before."""

from datetime import timedelta

import pytest
import time_machine

from line_simulator.residents import Resident as Phone
from store.clock import now
from store.database.engine import Database
from store.line_breaks import unbroken
from store.staff.models import Staff
from store.thai import thai_moment
from tests.console.broadcasts.test_emergency import chief, ordered, prepare, ready
from tests.console.news import offers, submit
from tests.console.pages import Person
from tests.stories.press import crowd
from tests.town import Town

__all__ = ["chief"]


@pytest.fixture(autouse=True)
def people(town: Town) -> list[Phone]:
    return crowd(town, 1)


def begin_first_day(person: Person, database: Database) -> str:
    """Leaves half an hour of the first day, and returns its end as the pages say it."""
    until = now() + timedelta(minutes=30)
    with database.transaction() as session:
        session.query(Staff).filter_by(username=person.username).one().approves_from = until
    return unbroken(thai_moment(until))


@pytest.mark.parametrize("what", ["broadcast", "emergency", "template"])
def test_no_button_is_offered_that_would_refuse(
    officer: Person,
    supervisor: Person,
    chief: Person,
    database: Database,
    clock: time_machine.Traveller,
    what: str,
) -> None:
    until = begin_first_day(chief, database)
    if what == "template":
        template = prepare(officer)
        address, button = f"/broadcasts/emergency/{template}", f"/broadcasts/emergency/{template}/approve"
    else:
        number = submit(officer) if what == "broadcast" else ordered(officer, ready(officer, supervisor))
        address, button = f"/broadcasts/{number}", f"/broadcasts/{number}/approve"
    page = chief.visit(address)
    assert button not in {form.action for form in page.forms}
    assert f"ท่านจะอนุมัติและยืนยันได้ตั้งแต่ {until}" in page.html
    assert 'class="nav-count"' not in page.html
    assert "รอท่าน" not in page.html
    clock.shift(timedelta(minutes=30))
    chief.sign_in()
    page = chief.visit(address)
    assert button in {form.action for form in page.forms}
    assert "ท่านจะอนุมัติและยืนยันได้ตั้งแต่" not in page.html


def test_an_emergency_waits_for_others_on_the_banner(
    officer: Person, supervisor: Person, chief: Person, database: Database
) -> None:
    begin_first_day(chief, database)
    broadcast = ordered(officer, ready(officer, supervisor))
    assert "รอท่านหรือหัวหน้างานท่านอื่นยืนยัน" in supervisor.visit("/").html
    page = chief.visit("/").html
    assert "ยังไม่ได้ส่ง รอหัวหน้างานท่านอื่นยืนยัน" in page
    assert f'<a href="/broadcasts/{broadcast}">อ่าน</a>' in page
    assert "approve" in offers(supervisor, broadcast)


def test_the_form_of_an_emergency_says_who_may_confirm_later_and_when(
    supervisor: Person, chief: Person, database: Database
) -> None:
    """Everybody else wrote it: opening another account would not help tonight."""
    template = ready(supervisor, chief)
    until = begin_first_day(chief, database)
    page = supervisor.visit(f"/broadcasts/emergency/{template}").html
    assert f"ยืนยันได้ตั้งแต่ {until}" in page
    assert "เปิดบัญชีเพิ่มตอนนี้ก็ต้องรอ 1 วันเช่นกัน" in page
    assert "ให้ผู้ดูแลระบบเปิดบัญชีหัวหน้างานเพิ่ม" not in page
