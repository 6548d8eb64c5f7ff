"""Surge mode at the console: its page and switch, the order of the queue, and one message to many."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from store.cases import surge
from store.cases.models import Case, CaseEvent
from store.cases.workflows import Status
from store.clock import now
from store.database.engine import Database
from store.municipality.profile import Municipality
from store.staff.models import Staff
from tests.builders import a_case, a_resident, an_officer
from tests.console.conftest import Known, _signed_in
from tests.console.looks import acts_of, events_of, notices_of, snapshot
from tests.console.news import raw
from tests.console.pages import Form, Page, Person

WORDS = "น้ำท่วม 3 หมู่บ้าน ช่วยผู้ป่วยก่อนค่ะ"


def propose(person: Person, **typed: str) -> int:
    page = person.visit("/surge")
    return person.submit(page, "/surge/start", **{"words": WORDS, "sure": "yes", **typed}).status_code


def turn_on(person: Person, other: Person, **typed: str) -> int:
    """One proposes their own words, another confirms them."""
    assert propose(person, **typed) == 303
    page = other.visit("/surge")
    confirm = next(form for form in page.forms if form.action.endswith("/confirm"))
    return other.send(confirm).status_code


@pytest.fixture
def chief(request: pytest.FixtureRequest, database: Database, municipality: Municipality) -> Person:
    """Returns another supervisor."""
    with database.transaction() as session:
        name = an_officer(session, municipality, role="supervisor", department=None).username
    return _signed_in(request.getfixturevalue("app"), name)


@pytest.mark.parametrize("typed", [{}, {"words": surge.STANDARD_WORDS[0], "menu": "flood"}])
def test_own_words_and_another_menu_wait_for_another_supervisor(
    supervisor: Person, chief: Person, database: Database, typed: dict[str, str]
) -> None:
    assert propose(supervisor, **typed) == 303
    assert not is_on(database)
    with database.reading() as session:
        proposal = surge.find_waiting(session)[0].id
    assert f"/surge/{proposal}/confirm" not in supervisor.visit("/surge").html
    assert raw(supervisor, f"/surge/{proposal}/confirm").status_code == 403
    assert not is_on(database)
    assert 'class="nav-count"' in chief.visit("/").html
    assert raw(chief, f"/surge/{proposal}/confirm", form_token="c" * 22).status_code == 303
    assert is_on(database)
    assert raw(chief, f"/surge/{proposal}/confirm", form_token="d" * 22).status_code == 409


def too_new(person: Person, database: Database) -> None:
    """Makes the account one that was opened, or got its role, less than a day ago."""
    with database.transaction() as session:
        session.query(Staff).filter_by(username=person.username).one().approves_from = now() + timedelta(
            hours=1
        )


def test_who_got_the_role_within_a_day_confirms_no_words(
    supervisor: Person, chief: Person, database: Database
) -> None:
    propose(supervisor)
    with database.reading() as session:
        proposal = surge.find_waiting(session)[0].id
    too_new(chief, database)
    page = chief.visit("/surge").html
    assert f"/surge/{proposal}/confirm" not in page
    assert "ท่านจะอนุมัติและยืนยันได้ตั้งแต่" in page
    assert 'class="nav-count"' not in page
    assert raw(chief, f"/surge/{proposal}/confirm").status_code == 403
    assert not is_on(database)


def test_with_standard_words_one_supervisor_starts_it_at_once(supervisor: Person, database: Database) -> None:
    assert propose(supervisor, words=surge.STANDARD_WORDS[0]) == 303
    assert is_on(database)


def test_a_proposal_that_was_withdrawn_is_confirmed_by_nobody(
    supervisor: Person, chief: Person, database: Database
) -> None:
    propose(supervisor)
    with database.reading() as session:
        proposal = surge.find_waiting(session)[0].id
    assert raw(supervisor, f"/surge/{proposal}/withdraw").status_code == 303
    assert raw(chief, f"/surge/{proposal}/confirm", form_token="c" * 22).status_code == 409
    assert not is_on(database)


def test_proposals_are_told_apart_and_one_that_starts_ends_the_others(
    supervisor: Person, chief: Person, database: Database
) -> None:
    for words in (WORDS, "พายุเข้าค่ะ"):
        propose(supervisor, words=words)
    page = chief.visit("/surge")
    heads = re.findall(r"<h2 id=\"waiting-\d+\">([^<]+)<", page.html)
    assert heads == [f"ข้อเสนอที่ {number}: รอหัวหน้างานท่านอื่นยืนยัน ยังไม่ได้เปิด" for number in (1, 2)]
    first, second = (form for form in page.forms if form.action.endswith("/confirm"))
    assert chief.send(first).status_code == 303
    assert "พายุเข้า" not in chief.visit("/surge").html
    chief.submit(chief.visit("/surge"), "/surge/end", sure="yes")
    assert not is_on(database)
    assert "พายุเข้า" not in chief.visit("/surge").html
    assert raw(chief, second.action, form_token="e" * 22).status_code == 409
    assert not is_on(database)


def a_surge(database: Database, municipality: Municipality) -> None:
    with database.transaction() as session:
        chief = an_officer(session, municipality, role="supervisor", department=None)
        surge.start(session, chief, WORDS, None)


def is_on(database: Database) -> bool:
    with database.reading() as session:
        return surge.find_running(session) is not None


def picked(page: Page, *case_ids: int) -> tuple[Form, list[str]]:
    """The form under the queue, and the boxes ticked."""
    offered = re.findall(r'name="case" value="(\d+)"', page.html)
    assert {str(case_id) for case_id in case_ids} <= set(offered), offered
    return page.form("/cases/tell"), [str(case_id) for case_id in case_ids]


def tell(person: Person, note: str, *case_ids: int, address: str = "/?tab=all") -> Page:
    form, cases = picked(person.visit(address), *case_ids)
    return Page(person.send(asked_again(person, form, note, cases), case=cases, do="send"))


def asked_again(person: Person, form: Form, note: str, cases: list[str]) -> Form:
    """Returns the form of the page that shows the words and the cases once more."""
    page = Page(person.send(form, note=note, case=cases)).check()
    assert "ยังไม่ได้ส่ง" in page.html
    return page.form("/cases/tell")


def test_a_supervisor_turns_it_on_and_everybody_sees_that_it_is(
    supervisor: Person, chief: Person, officer: Person, database: Database
) -> None:
    assert turn_on(supervisor, chief, menu="flood") == 303
    page = supervisor.visit("/surge").html
    assert WORDS in page
    assert "เมนูน้ำท่วม" in page
    assert "นายวิชัย ขยันงาน" in page
    assert "โหมดรับเหตุใหญ่เปิดอยู่" in officer.visit("/").html
    assert len(acts_of(database, "surge_start")) == 1


def test_without_the_confirmation_nothing_happens_and_what_was_typed_stays(
    supervisor: Person, database: Database
) -> None:
    page = supervisor.visit("/surge")
    answer = supervisor.submit(page, "/surge/start", words=WORDS, menu="flood")
    assert answer.status_code == 400
    again = Page(answer).check()
    assert "กรุณาทำเครื่องหมายยืนยัน" in again.html
    assert WORDS in again.html
    assert '<option value="flood" selected>' in again.html
    assert not is_on(database)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"words": " "}, "กรุณาเขียนข้อความ"),
        ({"words": "ก" * 301}, "ข้อความยาวเกินไป"),
        ({"menu": "resident"}, "ไม่มีเมนูนี้"),
    ],
)
def test_what_cannot_be_shown_to_residents_is_refused_in_words(
    supervisor: Person, database: Database, typed: dict[str, str], said: str
) -> None:
    page = supervisor.visit("/surge")
    answer = supervisor.submit(page, "/surge/start", **{"words": WORDS, "sure": "yes", **typed})
    assert answer.status_code == 400
    assert said in Page(answer).check().html
    assert not is_on(database)


def test_who_is_a_moment_too_late_is_told_that_it_is_on_and_nothing_is_changed(
    supervisor: Person, database: Database, municipality: Municipality
) -> None:
    page = supervisor.visit("/surge")
    a_surge(database, municipality)
    before = snapshot(database)
    answer = supervisor.submit(page, "/surge/start", words="อื่น", sure="yes")
    assert answer.status_code == 409
    assert "มีผู้เปิดโหมดรับเหตุใหญ่ไว้แล้ว" in Page(answer).check().html
    assert snapshot(database) == before


def test_turning_it_off_pressed_twice_does_it_once(
    supervisor: Person, database: Database, municipality: Municipality
) -> None:
    a_surge(database, municipality)
    page = supervisor.visit("/surge")
    for _ in range(2):
        assert supervisor.submit(page, "/surge/end", sure="yes").status_code == 303
    assert not is_on(database)
    assert len(acts_of(database, "surge_end")) == 1


def test_the_words_are_shown_as_words_and_never_as_html(supervisor: Person, chief: Person) -> None:
    turn_on(supervisor, chief, words="<b>น้ำท่วม</b>{phone_duty}")
    assert "&lt;b&gt;น้ำท่วม&lt;/b&gt;{phone_duty}" in supervisor.visit("/surge").html


def test_the_level_stands_in_words_in_the_queue_and_on_the_case_and_filters(
    officer: Person, database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        red = a_case(session, municipality, triage="red").id
        green = a_case(session, municipality, triage="green").id
    assert "แดง อันตราย" in officer.visit(f"/cases/{red}").html
    queue = officer.visit("/").html
    assert queue.index(f"/cases/{red}") < queue.index(f"/cases/{green}")
    only = officer.visit("/?triage=green").html
    assert f"/cases/{green}" in only
    assert f"/cases/{red}" not in only
    officer.visit("/?triage=purple")


def test_the_queue_tells_everybody_how_many_of_each_level_wait_while_it_is_on(
    officer: Person, database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        for level in ("red", "red", "yellow"):
            a_case(session, municipality, triage=level)
    assert "surge-counts" not in officer.visit("/").html
    a_surge(database, municipality)
    counts = re.findall(r"triage=(\w+)[^<]*>.*?<strong>(\d+)<", officer.visit("/").html)
    assert counts == [("red", "2"), ("yellow", "1"), ("green", "0")]


def test_an_officer_who_knows_better_changes_the_level_and_the_timeline_keeps_who(
    officer: Person, database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        green = a_case(session, municipality, triage="green").id
    page = officer.visit(f"/cases/{green}")
    for _ in range(2):
        assert officer.submit(page, f"/cases/{green}/level", level="red").status_code == 303
    again = officer.visit(f"/cases/{green}").html
    assert '<option value="red" selected>' in again
    assert [event.note for event in events_of(database, green)] == ["", "ระดับ: แดง อันตราย"]
    assert notices_of(database, green) == []
    refused = officer.submit(officer.visit(f"/cases/{green}"), f"/cases/{green}/level", level="purple")
    assert refused.status_code == 400


def test_a_case_from_before_is_sorted_only_while_it_is_on(
    officer: Person, database: Database, municipality: Municipality, case: Known
) -> None:
    assert "/level" not in officer.visit(f"/cases/{case.case_id}").html
    a_surge(database, municipality)
    page = officer.visit(f"/cases/{case.case_id}")
    assert "ยังไม่คัดแยก" in page.html
    officer.submit(page, f"/cases/{case.case_id}/level", level="yellow")
    assert "เหลือง เร่งด่วน" in officer.visit("/").html


def test_without_a_surge_no_level_is_set_even_by_a_form_that_no_page_offers(
    database: Database, officer: Person, case: Known
) -> None:
    form = {"csrf_token": officer.token(), "form_token": "0123456789abcdef", "level": "red"}
    assert officer.client.post(f"/cases/{case.case_id}/level", data=form).status_code == 409
    with database.reading() as session:
        assert session.get_one(Case, case.case_id).triage is None


def test_the_level_of_another_departments_case_is_not_changed(
    stranger: Person, database: Database, case: Known
) -> None:
    before = snapshot(database)
    data = {"csrf_token": stranger.token(), "level": "red", "form_token": "x" * 20}
    assert stranger.client.post(f"/cases/{case.case_id}/level", data=data).status_code == 404
    assert snapshot(database) == before


def test_one_message_goes_to_every_case_that_was_picked(
    supervisor: Person, database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        ids = [a_case(session, municipality, status=Status.RECEIVED).id for _ in range(3)]
    page = tell(supervisor, "รถน้ำจะมาพรุ่งนี้ค่ะ", ids[0], ids[2])
    assert page.status == 200
    assert "ส่งข้อความแล้ว 2 เรื่อง" in page.check().html
    for case_id in (ids[0], ids[2]):
        assert (events_of(database, case_id)[-1].action, events_of(database, case_id)[-1].note) == (
            "tell",
            "รถน้ำจะมาพรุ่งนี้ค่ะ",
        )
        assert notices_of(database, case_id)[-1] == "case_message"
    assert events_of(database, ids[1])[-1].action != "tell"


def test_a_resident_with_several_of_the_cases_is_told_once_and_each_case_keeps_it(
    supervisor: Person, database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        somsri = a_resident(session)
        ids = [a_case(session, municipality, resident=somsri).id for _ in range(3)]
        ids.append(a_case(session, municipality).id)
    page = tell(supervisor, "รถน้ำจะมาพรุ่งนี้ค่ะ", *ids).check()
    assert "ส่งข้อความแล้ว 4 เรื่อง ถึงผู้แจ้ง 2 คน" in page.html
    assert [notices_of(database, case_id) for case_id in ids] == [["case_message"], [], [], ["case_message"]]
    assert [events_of(database, case_id)[-1].note for case_id in ids] == ["รถน้ำจะมาพรุ่งนี้ค่ะ"] * 4
    assert [act.details for act in acts_of(database, "tell_many")] == [{"cases": 4, "told": 4}]


def test_what_may_not_be_told_any_more_is_named_and_the_others_are_told(
    supervisor: Person, database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        open_, closed = (
            a_case(session, municipality, status=status) for status in (Status.RECEIVED, Status.CANCELLED)
        )
        number = closed.shown_number
    page = tell(supervisor, "รถน้ำจะมาพรุ่งนี้ค่ะ", open_.id, closed.id).check()
    assert "ส่งข้อความแล้ว 1 เรื่อง" in page.html
    assert "ส่งไม่ได้ 1 เรื่อง" in page.html
    assert number in page.html
    assert "ผู้แจ้งยกเลิก" in page.html
    assert events_of(database, closed.id)[-1].action == "cancel"


def test_pressed_twice_it_is_told_once(supervisor: Person, database: Database, case: Known) -> None:
    form, cases = picked(supervisor.visit("/?tab=all"), case.case_id)
    again = asked_again(supervisor, form, "รอสักครู่ค่ะ", cases)
    assert notices_of(database, case.case_id) == []
    answers = [supervisor.send(again, do="send") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 303]
    assert notices_of(database, case.case_id) == ["case_message"]


def test_officers_may_only_while_a_surge_runs(
    officer: Person, database: Database, municipality: Municipality, case: Known
) -> None:
    assert "/cases/tell" not in officer.visit("/").html
    refused = officer.client.post(
        "/cases/tell",
        data={
            "csrf_token": officer.token(),
            "note": "x",
            "case": str(case.case_id),
            "form_token": "x" * 20,
        },
    )
    assert refused.status_code == 403
    a_surge(database, municipality)
    assert "ส่งข้อความแล้ว 1 เรื่อง" in tell(officer, "รอสักครู่ค่ะ", case.case_id).html


def test_a_case_of_another_department_is_neither_told_nor_named(
    stranger: Person, database: Database, municipality: Municipality, case: Known
) -> None:
    a_surge(database, municipality)
    with database.transaction() as session:
        own = a_case(session, municipality, department="health")
        number = session.get_one(type(own), case.case_id).shown_number
    form, _ = picked(stranger.visit("/?tab=all"), own.id)
    page = Page(
        stranger.send(form, note="รอสักครู่ค่ะ", do="send", case=[str(own.id), str(case.case_id), "999999"])
    )
    assert "ส่งข้อความแล้ว 1 เรื่อง" in page.html
    assert number not in page.html
    assert notices_of(database, own.id) == ["case_message"]
    assert notices_of(database, case.case_id) == []


@pytest.mark.parametrize(
    ("note", "picks", "said"),
    [
        ("รอค่ะ", False, "กรุณาเลือกเรื่องอย่างน้อยหนึ่งเรื่อง"),
        (" ", True, "กรุณากรอกข้อความ"),
        ("ก" * 1001, True, "ไม่เกิน 1,000 ตัวอักษร"),
    ],
)
def test_what_cannot_be_sent_is_said_and_nothing_typed_is_lost(
    supervisor: Person, database: Database, case: Known, note: str, picks: bool, said: str
) -> None:
    form, cases = picked(supervisor.visit("/?tab=all"), case.case_id)
    answer = supervisor.send(form, note=note, case=cases if picks else [])
    assert answer.status_code == 400
    page = Page(answer).check()
    assert said in page.html
    assert note.strip()[:100] in page.html
    assert notices_of(database, case.case_id) == []


@pytest.mark.parametrize("cases", [["x"], ["-1"], ["1" * 12], [str(n) for n in range(51)]])
def test_a_form_that_no_page_of_ours_sends_is_refused(
    supervisor: Person, database: Database, cases: list[str]
) -> None:
    data = {"csrf_token": supervisor.token(), "note": "x", "case": cases, "form_token": "x" * 20}
    assert supervisor.client.post("/cases/tell", data=data).status_code == 400
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CaseEvent)) == 0
