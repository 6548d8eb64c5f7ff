"""Tests what a plain message means: what was offered, what is listened for, and the words that were stored."""

from datetime import timedelta

import pytest
import time_machine

from store.database.engine import Database
from store.municipality.profile import Municipality
from store.residents.models import Resident
from store.residents.residents import (
    keep_words,
    kept_words,
    listen,
    listening_for,
    offer,
    stop_listening,
    take_offer,
)
from tests.builders import a_case, a_resident


@pytest.fixture
def resident_id(database: Database) -> int:
    with database.transaction() as session:
        return a_resident(session).id


def test_what_was_offered_holds_for_one_message(database: Database, resident_id: int) -> None:
    with database.transaction() as session:
        offer(session.get_one(Resident, resident_id), "switch", "road")
    with database.transaction() as session:
        assert take_offer(session.get_one(Resident, resident_id)) == ("switch", "road")
    with database.transaction() as session:
        assert take_offer(session.get_one(Resident, resident_id)) == ("", "")


@pytest.mark.parametrize("minutes", [31, -1])
def test_an_offer_is_forgotten_after_half_an_hour_and_never_stretched(
    database: Database, resident_id: int, minutes: int, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        offer(session.get_one(Resident, resident_id), "cancel")
    clock.shift(timedelta(minutes=minutes))
    with database.transaction() as session:
        assert take_offer(session.get_one(Resident, resident_id)) == ("", "")


def test_an_offer_takes_nothing_from_what_is_listened_for(
    database: Database, resident_id: int, municipality: Municipality
) -> None:
    with database.transaction() as session:
        resident = session.get_one(Resident, resident_id)
        case = a_case(session, municipality, resident=resident)
        listen(resident, "answer", case.id)
        offer(resident, "case", str(case.id))
        assert listening_for(resident) == ("answer", case.id)
        assert take_offer(resident) == ("case", str(case.id))
        assert listening_for(resident) == ("answer", case.id)


def test_an_offer_alone_is_neither_listening_nor_words(database: Database, resident_id: int) -> None:
    with database.transaction() as session:
        resident = session.get_one(Resident, resident_id)
        offer(resident, "resume")
        assert listening_for(resident) is None
        assert kept_words(resident) == ("", None)
        keep_words(resident, "ไฟที่ปากซอย", "1")
        assert take_offer(resident) == ("", "")
        offer(resident, "resume")
        assert kept_words(resident) == ("ไฟที่ปากซอย", "1")
        stop_listening(resident)
        assert take_offer(resident) == ("", "")
