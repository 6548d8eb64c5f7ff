"""Tests the queries of the queue: who sees what, and what is found."""

from datetime import timedelta

import pytest
import time_machine

from store.cases import queue
from store.cases.queue import Filters, Tab
from store.cases.workflows import Status
from store.clock import now
from store.database.engine import Database
from store.errors import NotFound
from store.municipality.profile import Municipality
from store.staff.models import Staff
from tests.builders import a_case, an_officer


@pytest.fixture
def officer(database: Database, municipality: Municipality) -> Staff:
    with database.transaction() as session:
        return an_officer(session, municipality, department="engineering")


@pytest.fixture
def supervisor(database: Database, municipality: Municipality) -> Staff:
    with database.transaction() as session:
        return an_officer(session, municipality, role="supervisor", department=None)


def _listed(
    database: Database, person: Staff, tab: Tab = Tab.ALL, filters: Filters | None = None
) -> list[int]:
    with database.reading() as session:
        return [case.id for case in queue.list_queue(session, person, tab, filters or Filters()).cases]


def _add(database: Database, municipality: Municipality, **kwargs: object) -> int:
    with database.transaction() as session:
        return a_case(session, municipality, **kwargs).id  # type: ignore[arg-type]


def test_officers_see_their_department_who_was_granted_all_everything_others_and_admins_nothing(
    database: Database, municipality: Municipality, officer: Staff, supervisor: Staff
) -> None:
    own = _add(database, municipality, department="engineering")
    other = _add(database, municipality, department="health")
    with database.transaction() as session:
        admin = an_officer(session, municipality, role="admin", department="engineering")
        nowhere = an_officer(session, municipality)
        nowhere.department = None
    assert _listed(database, officer) == [own]
    assert _listed(database, supervisor) == [other, own]
    assert _listed(database, admin) == []
    assert _listed(database, nowhere) == []
    with database.reading() as session:
        for person, case_id in ((officer, other), (admin, own), (nowhere, own)):
            with pytest.raises(NotFound):
                queue.find_case(session, person, case_id)
        assert queue.find_case(session, officer, own).id == own
        assert queue.count_tabs(session, admin, Filters())[Tab.ALL] == 0
        assert queue.newest_id(session, officer) == own


def test_urgent_cases_come_first_then_those_due_soonest(
    database: Database, municipality: Municipality, officer: Staff
) -> None:
    late = _add(database, municipality, entered_at=now() - timedelta(days=20))
    fresh = _add(database, municipality)
    urgent = _add(database, municipality, urgent=True)
    assert _listed(database, officer, Tab.NEW) == [urgent, late, fresh]
    assert _listed(database, officer, Tab.ALL) == [urgent, fresh, late]


def test_a_case_is_overdue_the_day_after_it_was_due_but_not_while_we_wait_for_the_resident(
    database: Database, municipality: Municipality, officer: Staff, clock: time_machine.Traveller
) -> None:
    running = _add(database, municipality)
    _add(database, municipality, status=Status.NEED_INFO)
    _add(database, municipality, status=Status.DONE)
    clock.shift(timedelta(days=5))
    assert _listed(database, officer, Tab.OVERDUE) == []
    clock.shift(timedelta(days=1))
    assert _listed(database, officer, Tab.OVERDUE) == [running]


def test_filters_narrow_together(
    database: Database, municipality: Municipality, officer: Staff, supervisor: Staff
) -> None:
    plain = _add(database, municipality)
    urgent = _add(database, municipality, urgent=True)
    health = _add(database, municipality, department="health", urgent=True)
    for filters, expected in (
        (Filters(urgent=True), [health, urgent]),
        (Filters(department="health"), [health]),
        (Filters(urgent=True, department="engineering"), [urgent]),
        (Filters(service="street_light"), [health, urgent, plain]),
        (Filters(service="road"), []),
        (Filters(status=Status.SUBMITTED, assignee=0), [health, urgent, plain]),
        (Filters(assignee=officer.id), []),
    ):
        assert _listed(database, supervisor, Tab.ALL, filters) == expected, filters


@pytest.mark.parametrize("way", ["number", "short", "thai", "code", "lower"])
def test_a_case_is_found_by_what_people_read_out(
    database: Database, municipality: Municipality, officer: Staff, way: str
) -> None:
    with database.transaction() as session:
        for _ in range(3):
            case = a_case(session, municipality)
        number, code = case.shown_number, case.tracking_code
    typed = {
        "number": number,
        "short": str(case.number),
        "thai": f" {number} ".translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")),
        "code": code,
        "lower": f" {code.lower()} ",
    }[way]
    with database.reading() as session:
        assert [c.id for c in queue.find_by_number(session, officer, typed).cases] == [case.id]


def test_what_is_no_number_finds_nothing(
    database: Database, municipality: Municipality, officer: Staff
) -> None:
    _add(database, municipality)
    with database.reading() as session:
        for typed in ("", "%", "0/0", "9" * 7, "' OR 1=1", "x" * 1000, "๙๙๙๙/๒๕๗๐"):
            assert queue.find_by_number(session, officer, typed).cases == [], typed


def test_the_tabs_count_what_they_hold(
    database: Database, municipality: Municipality, officer: Staff
) -> None:
    for status in Status:
        _add(database, municipality, status=status)
    with database.reading() as session:
        counts = queue.count_tabs(session, officer, Filters())
        assert counts == {Tab.NEW: 2, Tab.DOING: 2, Tab.WAITING: 1, Tab.OVERDUE: 0, Tab.DONE: 4, Tab.ALL: 9}
        road = queue.count_tabs(session, officer, Filters(service="road"))
        lamp = queue.count_tabs(session, officer, Filters(service="street_light"))
        polled = queue.count_tabs(session, officer, Filters(urgent=True), ended=False)
    assert road == dict.fromkeys(Tab, 0)
    assert lamp == counts
    assert polled == {Tab.NEW: 0, Tab.DOING: 0, Tab.WAITING: 0, Tab.OVERDUE: 0}


def test_pages_do_not_overlap_and_end(database: Database, municipality: Municipality, officer: Staff) -> None:
    with database.transaction() as session:
        made = [a_case(session, municipality).id for _ in range(queue.PER_PAGE + 2)]
    with database.reading() as session:
        first = queue.list_queue(session, officer, Tab.ALL, Filters())
        second = queue.list_queue(session, officer, Tab.ALL, Filters(), page=2)
    assert [case.id for case in first.cases + second.cases] == made[::-1]
    assert first.has_next
    assert not second.has_next
