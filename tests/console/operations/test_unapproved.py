"""What is sent past the approval is shown to supervisors where they work, for a day, and stays on the page of money."""

import pytest
import time_machine

from store.database.engine import Database
from tests.console.operations.test_quota import pushed, read, words
from tests.console.pages import Person

SIGN = "ที่ไม่ได้ส่งจากระบบนี้"


@pytest.fixture(autouse=True)
def _yesterday(clock: time_machine.Traveller, database: Database) -> None:
    """Ours and a few of others, which LINE told long ago."""
    pushed(database, 5)
    read(database, used=105)
    clock.shift(25 * 3600)


def test_what_others_send_shows_for_a_day_where_supervisors_work(
    supervisor: Person, officer: Person, database: Database, clock: time_machine.Traveller
) -> None:
    assert SIGN not in words(supervisor, "/")
    read(database, used=105 + 40)
    assert f"LINE นับ 40 ข้อความ{SIGN}" in words(supervisor, "/")
    assert SIGN not in words(officer, "/")
    clock.shift(25 * 3600)
    supervisor.sign_in()
    read(database, used=105 + 40)
    assert SIGN not in words(supervisor, "/")
    assert "ส่งจากที่อื่น 140" in words(supervisor)


def test_what_we_send_and_a_slip_of_lines_counting_are_no_sign(
    supervisor: Person, database: Database
) -> None:
    pushed(database, 60)
    read(database, used=105 + 60 + 10)
    assert SIGN not in words(supervisor, "/")
