"""Tests unfinished requests: one for each resident, nobody else's, and deleted when they are over."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from store.clock import now
from store.database.engine import Database
from store.residents.conversations import begin, end, find_conversation, find_open, forget_old, is_cold
from store.residents.models import Conversation, EndedAs, Resident
from tests.builders import a_resident

SOMSRI = "U" + "1" * 32


def begin_one(database: Database, service: str = "road", user_id: str = SOMSRI) -> int:
    with database.transaction() as session:
        resident = a_resident(session, line_user_id=user_id)
        return begin(session, resident, service, {"detail": "ถนนเป็นหลุม"}, now()).id


def rows(database: Database) -> list[tuple[str, str | None, object]]:
    with database.reading() as session:
        found = session.scalars(select(Conversation).order_by(Conversation.id))
        return [(row.service, row.ended_as, row.answers) for row in found]


def test_a_new_request_takes_the_place_of_the_one_left_unfinished(database: Database) -> None:
    begin_one(database, "road")
    begin_one(database, "street_light")
    assert rows(database) == [("road", "replaced", None), ("street_light", None, {"detail": "ถนนเป็นหลุม"})]


def test_two_requests_begun_at_once_leave_one_open(database: Database) -> None:
    def begin_too(_: int) -> None:
        # Refused by the database itself; the event is processed again.
        with suppress(IntegrityError):
            begin_one(database)

    begin_one(database)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(begin_too, range(4)))
    assert [ended_as for _, ended_as, _ in rows(database)].count(None) == 1


def test_the_button_of_somebody_elses_request_finds_nothing(database: Database) -> None:
    number = begin_one(database)
    with database.transaction() as session:
        mine, other = a_resident(session, line_user_id=SOMSRI), a_resident(session)
        assert find_conversation(session, mine, number) is not None
        assert find_conversation(session, other, number) is None
        assert find_open(session, other) is None


def test_a_request_that_is_over_keeps_no_answers_but_can_still_explain_its_buttons(
    database: Database,
) -> None:
    number = begin_one(database)
    with database.transaction() as session:
        end(session.get_one(Conversation, number), EndedAs.CANCELLED)
    with database.reading() as session:
        resident = session.scalars(select(Resident)).one()
        row = find_conversation(session, resident, number)
        assert row is not None
        assert (row.ended_as, row.answers, find_open(session, resident)) == ("cancelled", None, None)


def test_after_half_a_day_the_resident_is_asked_first(
    database: Database, clock: time_machine.Traveller
) -> None:
    number = begin_one(database)
    with database.reading() as session:
        row = session.get_one(Conversation, number)
    clock.shift(timedelta(hours=11, minutes=59))
    assert not is_cold(row)
    clock.shift(timedelta(minutes=2))
    assert is_cold(row)


def test_after_a_week_without_a_word_the_answers_go(
    database: Database, clock: time_machine.Traveller
) -> None:
    begin_one(database)
    clock.shift(timedelta(days=6, hours=23))
    with database.transaction() as session:
        assert forget_old(session) == 0
    clock.shift(timedelta(hours=2))
    with database.transaction() as session:
        assert forget_old(session) == 1
    assert rows(database) == [("road", "expired", None)]
