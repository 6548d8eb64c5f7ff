"""Tests test messages: to oneself and to named colleagues, on their own LINE, for one message each."""

import re

import pytest
from sqlalchemy import select

from line_simulator.residents import Resident as Phone
from staff_console.access.rate_limits import TEST_SENDS
from store.broadcasts.models import Tester as Colleague
from store.database.engine import Database
from tests.console.access.test_rate_limits import use_up
from tests.console.looks import acts_of, person_of
from tests.console.news import TEXT, history, raw, row, status_of, words, write
from tests.console.pages import Page, Person
from tests.stories.scenes import friend, texts
from tests.town import Town

ADDRESS = "/broadcasts/testers"
# What a tester hears does not depend on the database.
pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)


def invite(person: Person) -> str:
    """Returns the code to type in the chat."""
    assert person.submit(person.visit(ADDRESS), ADDRESS).status_code == 303
    return re.findall(r"ทดสอบ\d{6}", person.visit(ADDRESS).html)[-1]


def link(town: Town, person: Person, name: str) -> tuple[Phone, int]:
    """Links a phone, known to LINE by this name, with this person's code. Returns it and the tester's number."""
    phone = friend(town, name)
    phone.says(invite(person))
    town.settle()
    assert "เชื่อมบัญชีแล้วค่ะ" in texts(phone)[-1]
    with town.database.reading() as session:
        return phone, session.scalars(
            select(Colleague.id).where(Colleague.staff_id == person_of(town.database, person.username).id)
        ).one()


def test_nobody_links_anybody_but_themselves(officer: Person, supervisor: Person, database: Database) -> None:
    """Checks that a request of their own does not help: who links residents could send them unapproved words."""
    other = str(person_of(database, supervisor.username).id)
    raw(officer, ADDRESS, name="ชาวบ้าน", staff_id=other, tester=other)
    with database.reading() as session:
        found = session.scalars(select(Colleague)).one()
    assert (found.staff_id, found.name) == (
        person_of(database, officer.username).id,
        person_of(database, officer.username).full_name,
    )


@pytest.mark.parametrize("why", ["linked before links belonged to accounts", "account closed"])
def test_a_link_behind_which_no_account_stands_gets_no_test(
    town: Town, officer: Person, colleague: Person, database: Database, why: str
) -> None:
    broadcast = write(officer)
    own, me = link(town, colleague, "มาลี")
    with database.transaction() as session:
        if why == "account closed":
            session.merge(person_of(database, colleague.username)).active = False
        else:
            session.get_one(Colleague, me).staff_id = None
    seen = str(row(database, broadcast).version)
    assert raw(officer, f"/broadcasts/{broadcast}/test", seen_version=seen, tester=str(me)).status_code == 400
    town.settle()
    assert TEXT not in " ".join(texts(own))


def test_nobody_takes_away_a_colleagues_link(
    town: Town, officer: Person, colleague: Person, supervisor: Person
) -> None:
    _, theirs = link(town, colleague, "มาลี")
    assert raw(officer, f"{ADDRESS}/{theirs}/remove").status_code == 403
    assert raw(supervisor, f"{ADDRESS}/{theirs}/remove").status_code == 303


def test_a_test_goes_to_the_chosen_phone_alone_and_costs_one_message(
    town: Town, officer: Person, colleague: Person, database: Database
) -> None:
    broadcast = write(officer)
    (own, me), (other, _) = link(town, officer, "ตัวเอง"), link(town, colleague, "มาลี")
    used = town.simulator.quota.used
    page = officer.visit(f"/broadcasts/{broadcast}")
    assert "ใช้ 1 ข้อความ" in page.html
    sent = officer.submit(page, f"/broadcasts/{broadcast}/test", tester=str(me))
    town.settle()
    assert sent.status_code == 303
    assert TEXT in " ".join(texts(own))
    assert "ยังไม่ได้ส่งถึงประชาชน" in " ".join(texts(own))
    assert TEXT not in " ".join(texts(other))
    assert town.simulator.quota.used == used + 1
    assert (status_of(database, broadcast), history(database, broadcast)[-1]) == (
        "draft",
        ("test", person_of(database, officer.username).full_name),
    )


def test_tests_stop_at_twenty_an_hour(town: Town, officer: Person, database: Database) -> None:
    broadcast = write(officer)
    _, me = link(town, officer, "ตัวเอง")
    use_up(database, TEST_SENDS, officer)
    used = town.simulator.quota.used
    page = officer.visit(f"/broadcasts/{broadcast}")
    refused = officer.submit(page, f"/broadcasts/{broadcast}/test", tester=str(me))
    town.settle()
    assert refused.status_code == 429
    assert "ใช้ได้อีกครั้งในอีก" in refused.text
    assert town.simulator.quota.used == used
    assert "test" not in dict(history(database, broadcast))


def test_the_closing_message_can_be_tested_too(town: Town, officer: Person) -> None:
    closing = {"closing.parts.0.kind": "words", "closing.parts.0.text": "น้ำไหลตามปกติแล้วค่ะ"}
    broadcast = write(officer, **closing)
    own, me = link(town, officer, "ตัวเอง")
    page = officer.visit(f"/broadcasts/{broadcast}")
    officer.submit(page, f"/broadcasts/{broadcast}/test", tester=str(me), part="closing")
    town.settle()
    assert "น้ำไหลตามปกติแล้วค่ะ" in " ".join(texts(own))
    assert TEXT not in " ".join(texts(own))


def test_pressed_twice_it_is_tested_once(town: Town, officer: Person) -> None:
    broadcast = write(officer)
    own, me = link(town, officer, "ตัวเอง")
    form = officer.visit(f"/broadcasts/{broadcast}").form(f"/broadcasts/{broadcast}/test")
    assert [officer.send(form, tester=str(me)).status_code for _ in range(2)] == [303, 303]
    town.settle()
    assert sum(TEXT in text for text in texts(own)) == 1


@pytest.mark.parametrize("tester", ["", "99", "x", "-1", "9" * 12])
def test_nobody_but_a_tester_gets_a_test(
    town: Town, officer: Person, database: Database, tester: str
) -> None:
    """Checks that the number of a resident is not taken for that of a tester."""
    broadcast = write(officer)
    friend(town)
    seen = str(row(database, broadcast).version)
    answer = raw(officer, f"/broadcasts/{broadcast}/test", seen_version=seen, tester=tester)
    assert (answer.status_code, "เลือกผู้รับทดสอบที่ผูก LINE แล้ว" in Page(answer).html) == (400, True)


def test_who_was_invited_and_has_not_answered_cannot_be_chosen(town: Town, officer: Person) -> None:
    broadcast = write(officer)
    invite(officer)
    page = words(officer.visit(f"/broadcasts/{broadcast}").html)
    assert "ยังไม่มีผู้รับทดสอบ" in page


def test_who_is_removed_gets_no_more_tests(town: Town, officer: Person, database: Database) -> None:
    broadcast = write(officer)
    own, me = link(town, officer, "ตัวเอง")
    form = officer.visit(f"/broadcasts/{broadcast}").form(f"/broadcasts/{broadcast}/test")
    assert officer.submit(officer.visit(ADDRESS), f"{ADDRESS}/{me}/remove").status_code == 303
    assert officer.send(form, tester=str(me)).status_code == 400
    town.settle()
    assert TEXT not in " ".join(texts(own))
    assert len(acts_of(database, "remove_tester")) == 1


def test_of_forty_tests_in_a_moment_twenty_go(town: Town, officer: Person, database: Database) -> None:
    broadcast = write(officer)
    _, me = link(town, officer, "ตัวเอง")
    seen = str(row(database, broadcast).version)
    answers = [
        raw(
            officer, f"/broadcasts/{broadcast}/test", seen_version=seen, tester=str(me), form_token=f"{n:022}"
        ).status_code
        for n in range(40)
    ]
    assert (answers.count(303), answers.count(429)) == (20, 20)
