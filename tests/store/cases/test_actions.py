"""Tests cases: numbers without gaps, one function that changes their status, and notices to the right people."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from store.cases import actions
from store.cases.actions import RESIDENT, Actor, StaleCase, act, hold_case, lock_case
from store.cases.models import Case
from store.cases.queue import find_case
from store.cases.ratings import rate
from store.cases.workflows import Action, NotAllowed, Status, Who
from store.clock import BANGKOK, now
from store.database.engine import Database
from store.errors import NotFound
from store.files.models import File
from store.messaging.models import OutboxRow
from store.municipality.profile import Municipality
from store.staff.models import ALL_DEPARTMENTS, Staff
from store.staff.permissions import Permission
from tests.builders import a_case, a_resident, an_officer

OFFICER = Actor(Who.OFFICER)
EVERYWHERE = Staff(role="supervisor", department=ALL_DEPARTMENTS)


def open_one(database: Database, municipality: Municipality, **facts: object) -> int:
    with database.transaction() as session:
        return a_case(session, municipality, **facts).id  # type: ignore[arg-type]


def do(
    database: Database,
    municipality: Municipality,
    case_id: int,
    action: Action,
    by: Actor = OFFICER,
    note: str = "",
) -> None:
    with database.transaction() as session:
        act(session, municipality, hold_case(session, case_id), action, by, note=note)


def notices(database: Database) -> list[OutboxRow]:
    with database.reading() as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def numbers(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(case.shown_number for case in session.scalars(select(Case)))


def test_cases_sent_at_the_same_moment_are_numbered_without_gap_or_double(
    database: Database, municipality: Municipality, clock: time_machine.Traveller
) -> None:
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: open_one(database, municipality), range(12)))
    assert numbers(database) == [f"{number:04d}/2570" for number in range(1, 13)]


def test_a_case_that_did_not_come_about_takes_no_number(
    database: Database, municipality: Municipality, clock: time_machine.Traveller
) -> None:
    with pytest.raises(ZeroDivisionError):
        _open_and_fail(database, municipality)
    open_one(database, municipality)
    assert numbers(database) == ["0001/2570"]


def _open_and_fail(database: Database, municipality: Municipality) -> None:
    with database.transaction() as session:
        a_case(session, municipality)
        raise ZeroDivisionError


def test_numbers_begin_anew_at_midnight_in_bangkok_before_the_first_of_october(
    database: Database, municipality: Municipality
) -> None:
    with time_machine.travel(datetime(2027, 9, 30, 23, 59, 59, tzinfo=BANGKOK), tick=False) as clock:
        open_one(database, municipality)
        clock.shift(timedelta(seconds=1))
        open_one(database, municipality)
        open_one(database, municipality)
    assert numbers(database) == ["0001/2570", "0001/2571", "0002/2571"]


def test_tracking_codes_are_all_different_and_tell_nothing_about_the_number(
    database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        codes = {a_case(session, municipality).tracking_code for _ in range(20)}
    assert len({code[5:] for code in codes}) == 20


def test_what_an_officer_does_is_written_down_and_told(
    database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        staff_id = an_officer(session, municipality, full_name="นางมาลี ใจงาม").id
    case_id = open_one(database, municipality)
    do(database, municipality, case_id, Action.ACCEPT, Actor(Who.OFFICER, staff_id))
    with database.reading() as session:
        case = session.get_one(Case, case_id)
        assert [(e.action, e.before, e.after, e.who, e.staff_id) for e in case.events] == [
            ("submit", None, "submitted", "resident", None),
            ("accept", "submitted", "received", "officer", staff_id),
            ("assign", "received", "received", "officer", staff_id),
        ]
        assert case.events[-1].note == "ให้ นางมาลี ใจงาม"
        assert (case.status, case.version) == ("received", 3)
    assert [row.notice for row in notices(database)] == ["case_received"]


@pytest.mark.parametrize("has_it", ["nobody", "a colleague", "somebody who left"])
def test_whoever_accepts_is_responsible_unless_a_colleague_is(
    database: Database, municipality: Municipality, has_it: str
) -> None:
    case_id = open_one(database, municipality)
    with database.transaction() as session:
        malee, other = an_officer(session, municipality), an_officer(session, municipality)
        other.active = has_it != "somebody who left"
        session.get_one(Case, case_id).assignee = None if has_it == "nobody" else other
        wanted = other.id if has_it == "a colleague" else malee.id
        accepting = Actor(Who.OFFICER, malee.id)
    do(database, municipality, case_id, Action.ACCEPT, accepting)
    with database.reading() as session:
        assert session.get_one(Case, case_id).assignee_id == wanted


def test_the_table_alone_says_what_may_be_done(database: Database, municipality: Municipality) -> None:
    case_id = open_one(database, municipality)
    for action, by in ((Action.FINISH, OFFICER), (Action.CLOSE, OFFICER), (Action.ACCEPT, RESIDENT)):
        with pytest.raises(NotAllowed):
            do(database, municipality, case_id, action, by, "เหตุผล")
    with pytest.raises(NotAllowed):
        do(database, municipality, case_id, Action.FORWARD, OFFICER, "   ")
    with database.reading() as session:
        case = session.get_one(Case, case_id)
        assert (case.status, case.version, len(case.events)) == ("submitted", 1, 1)
    assert notices(database) == []


def test_nobody_is_told_what_they_did_themselves(database: Database, municipality: Municipality) -> None:
    case_id = open_one(database, municipality, status=Status.DONE)
    told = len(notices(database))
    do(database, municipality, case_id, Action.REOPEN, RESIDENT, "ยังไม่หาย")
    assert len(notices(database)) == told


def test_remarks_stay_among_staff(database: Database, municipality: Municipality) -> None:
    case_id = open_one(database, municipality)
    do(database, municipality, case_id, Action.REMARK, note="ผู้แจ้งเสียงดัง")
    assert notices(database) == []


def test_a_case_changed_meanwhile_is_not_changed_by_who_has_not_seen_that(
    database: Database, municipality: Municipality
) -> None:
    case_id = open_one(database, municipality)
    do(database, municipality, case_id, Action.ACCEPT)
    with pytest.raises(StaleCase), database.transaction() as session:
        lock_case(session, case_id, by=EVERYWHERE, seen_version=1)


def test_who_may_act_is_asked_again_about_the_locked_case(
    database: Database, municipality: Municipality
) -> None:
    """Tests that a case that changed its department after the officer looked is not there any more."""
    case_id = open_one(database, municipality, department="engineering")
    engineer = Staff(role="officer", department="engineering")
    with database.transaction() as session:
        assert find_case(session, engineer, case_id).id == case_id
    with database.transaction() as session:
        hold_case(session, case_id).department = "health"
    for permission in (Permission.CASES_ACT, Permission.CASES_SET_LEVEL, Permission.CASES_UNMASK):
        with pytest.raises(NotFound), database.transaction() as session:
            lock_case(session, case_id, by=engineer, permission=permission)
    with database.transaction() as session:
        assert lock_case(session, case_id, by=EVERYWHERE).department == "health"


def test_a_resident_locks_only_their_own_case(database: Database, municipality: Municipality) -> None:
    case_id = open_one(database, municipality)
    with pytest.raises(NotFound), database.transaction() as session:
        lock_case(session, case_id, by=a_resident(session))
    with pytest.raises(NotFound), database.transaction() as session:
        lock_case(session, case_id + 1, by=EVERYWHERE)


def test_of_two_officers_at_once_one_is_first_and_the_other_hears_of_it(
    database: Database, municipality: Municipality
) -> None:
    case_id = open_one(database, municipality)

    def press(_: int) -> bool:
        try:
            with database.transaction() as session:
                case = lock_case(session, case_id, by=EVERYWHERE, seen_version=1)
                act(session, municipality, case, Action.ACCEPT, OFFICER)
        except StaleCase:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(press, range(4))) == [False, False, False, True]
    assert len(notices(database)) == 1


def test_a_case_ends_and_begins_again_with_its_dates(database: Database, municipality: Municipality) -> None:
    case_id = open_one(database, municipality, status=Status.DONE)
    with database.reading() as session:
        assert session.get_one(Case, case_id).ended_at is not None
    do(database, municipality, case_id, Action.CONFIRM, RESIDENT)
    do(database, municipality, case_id, Action.REOPEN, RESIDENT, "ดับอีกแล้ว")
    with database.reading() as session:
        case = session.get_one(Case, case_id)
        assert (case.ended_at, case.confirmed_at, case.times_reopened) == (None, None, 1)


def test_files_go_with_the_case_and_with_the_line_of_its_timeline(
    database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        session.add(File(token="t" * 24, kind="photo", state="kept", created_at=now()))
        session.flush()
        case = a_case(session, municipality, files=("t" * 24,))
        assert [file.token for file in case.files] == ["t" * 24]
        assert [file.token for file in case.events[0].files] == ["t" * 24]


def test_a_case_of_somebody_else_cannot_be_told_from_one_that_does_not_exist(
    database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        mine, other = a_resident(session), a_resident(session)
        case = a_case(session, municipality, resident=mine)
        assert actions.find_own_case(session, mine, case.id) is case
        assert actions.find_own_case(session, other, case.id) is None
        assert actions.find_own_case(session, other, 999) is None
        for typed in (case.shown_number, case.shown_number.lstrip("0"), case.tracking_code.lower()):
            assert actions.find_own_case_by_code(session, mine, typed) is case
            assert actions.find_own_case_by_code(session, other, typed) is None


def test_stars_are_one_to_five_and_only_for_what_is_done(
    database: Database, municipality: Municipality
) -> None:
    case_id = open_one(database, municipality, status=Status.DONE)
    for stars in (0, 6):
        with pytest.raises(NotAllowed), database.transaction() as session:
            rate(session, municipality, hold_case(session, case_id), stars)
    for stars in (2, 5):
        with database.transaction() as session:
            rate(session, municipality, hold_case(session, case_id), stars)
    with database.reading() as session:
        assert session.get_one(Case, case_id).stars == 5
