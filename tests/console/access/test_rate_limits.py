"""Tests that what costs money or opens somebody's data is limited for each person, who loses nothing they typed."""

import io

import pytest

from staff_console.access.rate_limits import CASES_TOLD, LISTS, UNMASKS
from store.clock import now
from store.database.engine import Database
from store.messaging.models import OutboxRow
from store.staff.models import LimitedUse
from store.staff.rate_limits import Limit
from tests.console.conftest import Known
from tests.console.looks import acts_of, person_of
from tests.console.pages import Person


def use_up(database: Database, limit: Limit, person: Person) -> None:
    staff_id = person_of(database, person.username).id
    with database.transaction() as session:
        session.add_all(LimitedUse(key=f"{limit.name} staff {staff_id}", at=now()) for _ in range(limit.most))


def test_personal_numbers_are_unmasked_sixty_times_an_hour(
    officer: Person, colleague: Person, database: Database, case: Known
) -> None:
    address = f"/cases/{case.case_id}/unmask"
    form = officer.visit(f"/cases/{case.case_id}").form(address)
    assert officer.send(form).status_code == 303
    use_up(database, UNMASKS, officer)
    refused = officer.send(form)
    assert refused.status_code == 429
    assert "อีก 60 นาที" in refused.text
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert len(acts_of(database, "unmask")) == 1
    assert colleague.submit(colleague.visit(f"/cases/{case.case_id}"), address).status_code == 303


def test_a_flood_of_messages_to_many_cases_stops_and_the_words_stay(
    supervisor: Person, database: Database, case: Known
) -> None:
    use_up(database, CASES_TOLD, supervisor)
    page = supervisor.visit("/?tab=all")
    refused = supervisor.submit(
        page, "/cases/tell", note="น้ำประปาหยุดไหลค่ะ", case=[str(case.case_id)], do="send"
    )
    assert refused.status_code == 429
    assert "น้ำประปาหยุดไหลค่ะ" in refused.text
    assert "Retry-After" in refused.headers
    with database.reading() as session:
        assert session.query(OutboxRow).count() == 0


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
def test_lists_of_phones_are_looked_up_twenty_times_an_hour(officer: Person, database: Database) -> None:
    def ask() -> tuple[int, str]:
        page = officer.visit("/broadcasts/new")
        sent = {"title": "น้ำหยุดไหล", "audience.who": "list", "do": "look"}
        file = (io.BytesIO(b"0812345678\n"), "list.csv")
        answer = officer.submit(page, "/broadcasts/new", **sent, **{"audience.file": file})
        return answer.status_code, answer.text

    assert ask()[0] == 200
    use_up(database, LISTS, officer)
    status, page = ask()
    assert status == 429
    assert "น้ำหยุดไหล" in page
    assert "20 ครั้งต่อชั่วโมง" in page
