"""Tests that one person's words reach five residents a day at most; beyond them another supervisor sends."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from store.cases.bulk import digest_of
from store.cases.models import BulkMessage, Case
from store.clock import now
from store.database.engine import Database
from store.messaging.models import OutboxRow
from store.municipality.profile import Municipality
from store.operations.retention import purge
from store.staff.models import Staff
from tests.builders import a_case, a_resident, an_officer, line_of
from tests.console.cases.test_surge import asked_again, picked, tell, too_new
from tests.console.conftest import _signed_in
from tests.console.looks import acts_of, events_of, person_of
from tests.console.news import raw
from tests.console.pages import Page, Person

NOTE = "รถน้ำจะมาพรุ่งนี้ 9.00 น. ค่ะ"
Cases = Callable[[int], list[int]]


@pytest.fixture
def cases(clock: time_machine.Traveller, database: Database, municipality: Municipality) -> Cases:
    """Makes so many cases, each of another resident."""

    def make(count: int) -> list[int]:
        with database.transaction() as session:
            return [a_case(session, municipality, resident=a_resident(session)).id for _ in range(count)]

    return make


@pytest.fixture
def chief(request: pytest.FixtureRequest, cases: Cases, database: Database) -> Person:
    """Returns another supervisor."""
    app, municipality = request.getfixturevalue("app"), request.getfixturevalue("municipality")
    with database.transaction() as session:
        name = an_officer(session, municipality, role="supervisor", department=None).username
    return _signed_in(app, name)


def told(database: Database) -> int:
    with database.reading() as session:
        return session.query(OutboxRow).count()


def sends(person: Person, ids: list[int], note: str = NOTE) -> int:
    """Sends by hand, without the page that asks again, and returns the status of the answer."""
    token = f"{abs(hash((tuple(ids), note))):022}"[:22]
    answer = raw(
        person, "/cases/tell", note=note, case=[str(each) for each in ids], do="send", form_token=token
    )
    return answer.status_code


def the_message(database: Database) -> BulkMessage:
    with database.reading() as session:
        return session.scalars(select(BulkMessage).order_by(BulkMessage.id.desc())).first() or pytest.fail(
            "none"
        )


def test_beyond_five_residents_another_supervisor_sends_it(
    cases: Cases, supervisor: Person, chief: Person, database: Database
) -> None:
    ids = cases(6)
    form, boxes = picked(supervisor.visit("/?tab=all"), *ids)
    again = asked_again(supervisor, form, NOTE, boxes)
    answer = supervisor.send(again, case=boxes, do="send")
    assert (answer.status_code, told(database)) == (303, 0)
    address = answer.headers["Location"]
    own = supervisor.visit(address)
    assert f"{address}/release" not in {form.action for form in own.forms}
    assert 'class="nav-count"' in chief.visit("/").html
    assert f'href="{address}"' in chief.visit("/broadcasts").html
    page = chief.visit(address)
    assert NOTE in page.html
    assert "6 เรื่อง ถึงผู้แจ้ง 6 คน" in page.html
    sent = Page(chief.submit(page, f"{address}/release"))
    assert "ส่งข้อความแล้ว 6 เรื่อง ถึงผู้แจ้ง 6 คน" in sent.html
    assert told(database) == 6
    assert [events_of(database, each)[-1].note for each in ids] == [NOTE] * 6
    assert [
        len(acts_of(database, act)) for act in ("tell_many_asked", "tell_many_released", "tell_many")
    ] == [1, 1, 1]
    assert chief.submit(page, f"{address}/release").status_code == 303
    assert raw(chief, f"{address}/release", form_token="r" * 22).status_code == 409
    assert told(database) == 6


def test_five_go_at_once_after_being_asked_again(
    cases: Cases, supervisor: Person, database: Database
) -> None:
    page = tell(supervisor, NOTE, *cases(5))
    assert "ส่งข้อความแล้ว 5 เรื่อง ถึงผู้แจ้ง 5 คน" in page.html
    assert told(database) == 5


def test_residents_whom_nothing_reaches_count_neither_before_nor_when_it_is_sent(
    cases: Cases, supervisor: Person, database: Database
) -> None:
    ids = cases(6)
    with database.transaction() as session:
        line_of(session.get_one(Case, ids[0]).resident).blocked_at = now()
    form, boxes = picked(supervisor.visit("/?tab=all"), *ids)
    asked = Page(supervisor.send(form, note=NOTE, case=boxes))
    assert "ส่งทันที เรียกคืนไม่ได้" in asked.html
    assert sends(supervisor, ids) == 200
    assert told(database) == 5


def test_many_presses_of_a_few_do_not_add_up(
    cases: Cases, supervisor: Person, database: Database, clock: time_machine.Traveller
) -> None:
    """Sends the words by hand; the same residents may be told again, and after a day others."""
    ids = cases(9)
    for part, note in ((ids[:3], NOTE), (ids[3:5], "อื่น"), (ids[:5], "อีก")):
        assert sends(supervisor, part, note) == 200
    before = told(database)
    assert sends(supervisor, ids[5:6]) == 303
    assert sends(supervisor, ids[6:9], "แยกส่ง") == 303
    assert told(database) == before
    clock.shift(timedelta(hours=25))
    supervisor.sign_in()
    assert sends(supervisor, ids[5:6], "วันใหม่") == 200


def test_nobody_releases_their_own_and_no_officer_anothers(
    cases: Cases, supervisor: Person, officer: Person, database: Database
) -> None:
    sends(supervisor, cases(6))
    message = the_message(database)
    address = f"/cases/tell/{message.id}"
    read = {"digest": digest_of(message)}
    assert raw(supervisor, f"{address}/release", **read).status_code == 403
    assert raw(officer, f"{address}/release", **read, form_token="o" * 22).status_code == 403
    assert officer.client.get(address).status_code == 404
    assert raw(officer, f"{address}/refuse", form_token="p" * 22).status_code == 404
    assert told(database) == 0


def test_who_got_the_role_within_a_day_releases_nothing(
    cases: Cases, supervisor: Person, chief: Person, database: Database
) -> None:
    sends(supervisor, cases(6))
    message = the_message(database)
    too_new(chief, database)
    page = chief.visit(f"/cases/tell/{message.id}")
    assert not [form for form in page.forms if form.action.startswith("/cases/tell/")]
    assert "ท่านจะอนุมัติและยืนยันได้ตั้งแต่" in page.html
    answer = raw(chief, f"/cases/tell/{message.id}/release", digest=digest_of(message))
    assert answer.status_code == 403
    assert told(database) == 0


def test_only_what_was_read_is_released(
    cases: Cases, supervisor: Person, chief: Person, database: Database
) -> None:
    sends(supervisor, cases(6))
    address = f"/cases/tell/{the_message(database).id}"
    page = chief.visit(address)
    with database.transaction() as session:
        session.scalars(select(BulkMessage)).one().note = "ถ้อยคำอื่น"
    assert chief.submit(page, f"{address}/release").status_code == 409
    assert raw(chief, f"{address}/release", digest="", form_token="q" * 22).status_code == 409
    assert told(database) == 0


def test_who_does_not_see_every_case_does_not_release_it(
    cases: Cases, supervisor: Person, chief: Person, database: Database
) -> None:
    sends(supervisor, cases(6))
    message = the_message(database)
    with database.transaction() as session:
        for person in session.query(type(message.author)).filter_by(username=chief.username):
            person.department = "health"
    page = chief.visit(f"/cases/tell/{message.id}")
    assert "อีก 6 เรื่องเป็นของกองที่ท่านดูไม่ได้" in page.html
    answer = raw(chief, f"/cases/tell/{message.id}/release", digest=digest_of(message))
    assert (answer.status_code, told(database)) == (403, 0)


def test_a_message_about_cases_of_others_is_not_read_counted_or_refused(
    cases: Cases, supervisor: Person, chief: Person, database: Database
) -> None:
    ids = cases(6)
    sends(supervisor, ids)
    address = f"/cases/tell/{the_message(database).id}"
    with database.transaction() as session:
        session.get_one(Staff, person_of(database, chief.username).id).department = "health"
        session.get_one(Case, ids[0]).department = "health"
    page = chief.visit(address)
    assert NOTE not in page.html
    assert f"{address}/refuse" not in {form.action for form in page.forms}
    assert 'class="nav-count"' not in chief.visit("/").html
    assert f'href="{address}"' not in chief.visit("/broadcasts").html
    assert raw(chief, f"{address}/refuse").status_code == 403
    assert the_message(database).state == "waiting"


def test_an_author_who_changed_department_takes_their_message_back(
    cases: Cases, supervisor: Person, database: Database
) -> None:
    sends(supervisor, cases(6))
    address = f"/cases/tell/{the_message(database).id}"
    with database.transaction() as session:
        session.get_one(Staff, person_of(database, supervisor.username).id).department = "health"
    page = supervisor.visit(address)
    assert NOTE in page.html
    assert supervisor.submit(page, f"{address}/refuse").status_code == 303
    assert the_message(database).state == "refused"


def test_what_nobody_released_within_a_week_is_released_no_more_and_forgotten(
    cases: Cases, supervisor: Person, chief: Person, database: Database, clock: time_machine.Traveller
) -> None:
    sends(supervisor, cases(6))
    message = the_message(database)
    address, read = f"/cases/tell/{message.id}", {"digest": digest_of(message)}
    clock.shift(timedelta(days=7) - timedelta(hours=1))
    purge(database)
    chief.sign_in()
    assert f"{address}/release" in {form.action for form in chief.visit(address).forms}
    clock.shift(timedelta(hours=1))
    chief.sign_in()
    assert 'class="nav-count"' not in chief.visit("/").html
    for _ in ("before", "after it is forgotten"):
        page = chief.visit(address)
        assert "ไม่มีผู้ส่งภายใน 7 วัน จึงไม่ส่งแล้ว" in page.html
        assert not [form for form in page.forms if form.action.startswith(address)]
        assert raw(chief, f"{address}/release", **read, form_token="r" * 22).status_code == 409
        assert raw(chief, f"{address}/refuse", form_token="f" * 22).status_code == 409
        purge(database)
    assert (the_message(database).state, the_message(database).note, told(database)) == ("refused", None, 0)


def test_what_is_refused_or_taken_back_is_sent_no_more(
    cases: Cases, supervisor: Person, chief: Person, database: Database
) -> None:
    sends(supervisor, cases(6))
    address = f"/cases/tell/{the_message(database).id}"
    page, own = chief.visit(address), supervisor.visit(address)
    supervisor.submit(own, f"{address}/refuse")
    assert chief.submit(page, f"{address}/release").status_code == 409
    assert (the_message(database).state, the_message(database).note, told(database)) == ("refused", None, 0)


def test_the_box_for_words_stands_beside_the_ticks(cases: Cases, supervisor: Person) -> None:
    """Checks that the form is a bar that stays in sight below the table of boxes, and is there without a script."""
    cases(1)
    page = supervisor.visit("/?tab=all").html
    assert re.search(r'<form id="tell-many"[^>]*class="[^"]*bulk-bar', page)


def one_by_one(person: Person, ids: list[int], *notes: str, action: str = "tell") -> list[int]:
    """Writes to each case by itself, the notes in turn, and returns the status of each answer."""
    return [
        person.do(case_id, action, note=notes[number % len(notes)]).status_code
        for number, case_id in enumerate(ids)
    ]


@pytest.mark.parametrize("notes", [(NOTE,), (NOTE, f"{NOTE} 2", f"1. {NOTE}")], ids=["the same", "numbered"])
def test_the_same_words_to_one_case_after_another_reach_five_residents(
    cases: Cases, officer: Person, database: Database, notes: tuple[str, ...]
) -> None:
    assert one_by_one(officer, cases(7), *notes) == [303] * 5 + [400] * 2
    assert told(database) == 5


def test_nor_does_any_word_with_a_link_whatever_else_it_says(
    cases: Cases, officer: Person, database: Database
) -> None:
    notes = [f"เรื่อง{word} ดูที่ evil.example/{word}" for word in ("ไฟ", "น้ำ", "ถนน", "ท่อ", "ขยะ", "หมา")]
    assert one_by_one(officer, cases(6), *notes) == [303] * 5 + [400]


def test_words_of_their_own_to_each_are_the_work_itself(cases: Cases, officer: Person) -> None:
    words = ("ไฟดวงไหน", "น้ำไม่ไหลกี่วัน", "ถนนตรงไหน", "ท่อหน้าบ้าน", "ขยะกองไหน", "หมากี่ตัว", "กลิ่นอะไร")
    assert one_by_one(officer, cases(7), *(f"{word}คะ" for word in words)) == [303] * 7


def test_nor_a_telephone_number_alone(cases: Cases, officer: Person) -> None:
    assert one_by_one(officer, cases(6), "081-234-5678") == [303] * 5 + [400]


def test_the_same_words_case_by_case_and_then_to_many_are_counted_together(
    cases: Cases, supervisor: Person, database: Database
) -> None:
    assert one_by_one(supervisor, cases(4), NOTE) == [303] * 4
    assert sends(supervisor, cases(2)) == 303
    assert told(database) == 4
    assert the_message(database).state == "waiting"


LINK = "กรอกแบบสำรวจที่ survey.example/{} ค่ะ"


def release(person: Person, database: Database) -> None:
    address = f"/cases/tell/{the_message(database).id}"
    assert person.submit(person.visit(address), f"{address}/release").status_code == 200


def test_what_another_person_released_does_not_count_against_its_author(
    cases: Cases, supervisor: Person, chief: Person, database: Database
) -> None:
    ids = cases(6)
    assert sends(supervisor, ids, LINK.format("1")) == 303
    release(chief, database)
    others = cases(6)
    assert one_by_one(supervisor, others, LINK.format("2")) == [303] * 5 + [400]
    assert one_by_one(supervisor, ids[:1], LINK.format("3")) == [400]


def test_after_a_release_its_residents_count_like_any(
    cases: Cases, supervisor: Person, chief: Person, database: Database
) -> None:
    """A released message is no leave to write a link of one's own to all who heard it."""
    ids = cases(6)
    sends(supervisor, ids, LINK.format("1"))
    release(chief, database)
    assert one_by_one(supervisor, ids, LINK.format("2")) == [303] * 5 + [400]


def test_who_was_told_already_may_be_told_again(cases: Cases, officer: Person) -> None:
    ids = cases(6)
    assert one_by_one(officer, ids, NOTE) == [303] * 5 + [400]
    assert one_by_one(officer, ids[:1], NOTE) == [303]
