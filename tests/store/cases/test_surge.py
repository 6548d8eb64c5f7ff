"""Tests surge mode: one surge at a time, who may switch it, the audit log, and the order of the queue."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from store.audit.models import AuditEntry
from store.broadcasts.season_menu import menu_now
from store.cases import surge
from store.cases.models import Case
from store.cases.queue import Filters, Tab, list_queue
from store.cases.surge import BadSurge
from store.cases.workflows import Status
from store.database.engine import Database
from store.municipality.profile import Municipality
from store.staff.models import Staff
from tests.builders import SERVICE, a_case, an_officer
from tests.waiting import PATIENCE_SECONDS

WORDS = "น้ำท่วม 3 หมู่บ้าน ช่วยผู้ป่วยก่อนค่ะ"


@pytest.fixture
def supervisor(database: Database, municipality: Municipality) -> Staff:
    with database.transaction() as session:
        return an_officer(session, municipality, role="supervisor", department=None)


def start(database: Database, by: Staff, words: str = WORDS, menu: str | None = None) -> None:
    with database.transaction() as session:
        surge.start(session, by, words, menu)


def end(database: Database, by: Staff) -> None:
    with database.transaction() as session:
        surge.end(session, by)


def acts(database: Database) -> list[tuple[str, int | None, str]]:
    with database.reading() as session:
        return [(row.act, row.staff_id, row.about) for row in session.scalars(select(AuditEntry))]


def test_it_is_turned_on_and_off_and_both_are_written_down(database: Database, supervisor: Staff) -> None:
    start(database, supervisor)
    with database.reading() as session:
        running = surge.find_running(session)
        assert running is not None
        assert (running.words, running.started_by.full_name) == (WORDS, supervisor.full_name)
    end(database, supervisor)
    with database.reading() as session:
        assert surge.find_running(session) is None
    assert [act for act in acts(database) if act[0].startswith("surge")] == [
        ("surge_start", supervisor.id, f"surge {running.id}"),
        ("surge_end", supervisor.id, f"surge {running.id}"),
    ]


def test_what_told_of_danger_before_is_red_from_now_on(
    database: Database, municipality: Municipality, supervisor: Staff
) -> None:
    with database.transaction() as session:
        danger = a_case(session, municipality, urgent=True).id
        sorted_before = a_case(session, municipality, urgent=True, triage="yellow").id
        ended = a_case(session, municipality, urgent=True, status=Status.DONE).id
        calm = a_case(session, municipality).id
    start(database, supervisor)
    with database.reading() as session:
        levels = {case.id: case.triage for case in session.scalars(select(Case))}
        assert levels == {danger: "red", sorted_before: "yellow", ended: None, calm: None}
        assert surge.open_by_triage(session, supervisor)["red"] == 1


def test_a_second_one_is_refused_clearly_and_after_the_end_there_may_be_another(
    database: Database, supervisor: Staff
) -> None:
    start(database, supervisor)
    with pytest.raises(BadSurge, match="already_running"):
        start(database, supervisor)
    end(database, supervisor)
    with pytest.raises(BadSurge, match="not_running"):
        end(database, supervisor)
    start(database, supervisor, "พายุค่ะ")
    with database.reading() as session:
        running = surge.find_running(session)
        assert running is not None
        assert running.words == "พายุค่ะ"


def test_of_two_who_press_at_once_one_starts_it(database: Database, supervisor: Staff) -> None:
    together = Barrier(4)

    def press(_: int) -> str:
        try:
            with database.transaction() as session:
                if not database.is_sqlite:
                    together.wait(PATIENCE_SECONDS)
                surge.start(session, supervisor, WORDS, None)
            return "started"
        except BadSurge as refused:
            return refused.reason

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(press, range(4))) == ["already_running"] * 3 + ["started"]


@pytest.mark.parametrize(
    ("words", "menu", "reason"),
    [(" \n", None, "words_missing"), ("ก" * 301, None, "words_long"), (WORDS, "resident", "menu_unknown")],
)
def test_without_words_that_can_be_read_or_a_menu_that_is_a_seasons_it_does_not_start(
    database: Database, supervisor: Staff, words: str, menu: str | None, reason: str
) -> None:
    with pytest.raises(BadSurge, match=reason):
        start(database, supervisor, words, menu)


@pytest.mark.parametrize("role", ["officer", "admin"])
def test_only_supervisors_turn_it(
    database: Database, municipality: Municipality, supervisor: Staff, role: str
) -> None:
    with database.transaction() as session:
        other = an_officer(session, municipality, role=role, department=None)
    with pytest.raises(BadSurge, match="not_your_role"):
        start(database, other)
    start(database, supervisor)
    with pytest.raises(BadSurge, match="not_your_role"):
        end(database, other)


def test_its_menu_is_the_one_to_show_until_it_ends(database: Database, supervisor: Staff) -> None:
    start(database, supervisor, menu="flood")
    with database.reading() as session:
        assert menu_now(session) == "flood"
    end(database, supervisor)
    with database.reading() as session:
        assert menu_now(session) is None


def some_cases(database: Database, municipality: Municipality) -> dict[str, int]:
    """Opens the cases in this order; the name of each says what is special about it."""
    with database.transaction() as session:
        made = {
            "green": a_case(session, municipality, triage="green"),
            "before": a_case(session, municipality),
            "yellow": a_case(session, municipality, triage="yellow"),
            "red": a_case(session, municipality, triage="red", urgent=True),
            "urgent before": a_case(session, municipality, urgent=True),
            "done": a_case(session, municipality, triage="red", status=Status.DONE),
            "other": a_case(
                session, municipality, triage="red", service=SERVICE.model_copy(update={"name": "road"})
            ),
        }
        return {name: case.id for name, case in made.items()}


def test_the_queue_puts_who_is_in_danger_first(
    database: Database, municipality: Municipality, supervisor: Staff
) -> None:
    ids = some_cases(database, municipality)
    names = {case_id: name for name, case_id in ids.items()}
    with database.reading() as session:
        page = list_queue(session, supervisor, Tab.NEW, Filters())
        shown = [names[case.id] for case in page.cases]
        assert shown == ["red", "urgent before", "other", "yellow", "green", "before"]
        red = list_queue(session, supervisor, Tab.ALL, Filters(triage="red"))
        assert {names[case.id] for case in red.cases} == {"red", "done", "other"}
        yellow = list_queue(session, supervisor, Tab.NEW, Filters(triage="yellow"))
        assert [names[case.id] for case in yellow.cases] == ["yellow"]


def test_who_waits_is_told_how_many_of_their_kind_come_first(
    database: Database, municipality: Municipality
) -> None:
    ids = some_cases(database, municipality)
    with database.reading() as session:
        before = {
            name: surge.count_before(session, session.get_one(Case, ids[name]))
            for name in ("red", "yellow", "green", "before", "other")
        }
        assert before == {"red": 0, "yellow": 2, "green": 3, "before": 4, "other": 0}
        assert surge.count_open(session) == 6


def test_who_waits_is_told_the_place_that_the_queue_shows(
    database: Database, municipality: Municipality, supervisor: Staff
) -> None:
    with database.transaction() as session:
        cases = [a_case(session, municipality, urgent=number == 4, triage="green") for number in range(5)]
        for case, days in zip(cases, (9, 2, 9, 5, 9), strict=True):
            case.due_on += timedelta(days=days)
    with database.reading() as session:
        shown = list_queue(session, supervisor, Tab.NEW, Filters()).cases
        assert [case.id for case in shown] == [cases[number].id for number in (4, 1, 3, 0, 2)]
        assert [surge.count_before(session, case) for case in shown] == [0, 1, 2, 3, 4]


def test_the_numbers_are_of_the_cases_that_somebody_may_see(
    database: Database, municipality: Municipality, supervisor: Staff
) -> None:
    some_cases(database, municipality)
    with database.transaction() as session:
        a_case(session, municipality, triage="green", department="health")
        engineer = an_officer(session, municipality, role="supervisor", department="engineering")
        admin = an_officer(session, municipality, role="admin", department=None)
        everything = surge.open_by_triage(session, supervisor)
        assert everything == {"red": 2, "yellow": 1, "green": 2, None: 2}
        assert surge.open_by_triage(session, engineer)["green"] == 1
        assert surge.open_by_triage(session, admin) == {}
