"""Tests the answers of both /readyz, and their reasons."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import event, text

from store.clock import now
from store.database.engine import Database
from store.messaging import inbox, outbox
from store.messaging.inbox import Arrival
from store.operations import heartbeats
from store.operations.readiness import Readiness
from tests.builders import a_resident
from tests.conftest import settings_for


def beat(database: Database) -> None:
    with database.transaction() as session:
        heartbeats.beat(session, "worker")


def reasons(database: Database) -> list[str]:
    ready, report = Readiness(database).report()
    assert ready is (report["reasons"] == [])
    found: list[str] = report["reasons"]
    return found


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
def test_a_town_whose_disk_is_full_is_not_ready(database: Database) -> None:
    beat(database)
    assert Readiness(database, least_room=0).report()[0]
    assert Readiness(database, least_room=10**18).report()[1]["reasons"] == ["the disk is full"]


def test_a_town_without_a_worker_is_not_ready(database: Database) -> None:
    assert reasons(database) == ["worker shows no sign of life"]


def test_a_town_with_a_living_worker_and_nothing_late_is_ready(database: Database) -> None:
    beat(database)
    beat(database)
    assert reasons(database) == []


def test_a_worker_silent_for_a_minute_is_taken_for_dead(
    database: Database, clock: time_machine.Traveller
) -> None:
    beat(database)
    clock.shift(timedelta(seconds=30))
    assert reasons(database) == []
    clock.shift(timedelta(seconds=31))
    assert reasons(database) == ["worker shows no sign of life"]


def test_what_waits_for_more_than_a_minute_is_said_in_numbers_and_never_in_words(
    database: Database, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        inbox.accept(session, [Arrival("1", "a", now(), {"text": "ความลับ"})])
        outbox.put_notice(session, a_resident(session), "case_message", {"note": "ความลับ"})
    clock.shift(timedelta(seconds=61))
    beat(database)
    assert reasons(database) == ["inbox is late", "outbox is late"]
    report: dict[str, Any] = Readiness(database).report()[1]
    assert report["inbox"]["waiting"] == report["outbox"]["waiting"] == 1
    assert "ความลับ" not in str(report)


def test_news_that_is_meant_to_wait_is_not_late(database: Database, clock: time_machine.Traveller) -> None:
    with database.transaction() as session:
        outbox.put_notice(session, a_resident(session), "case_message", {}, hold_seconds=3600)
    clock.shift(timedelta(minutes=30))
    beat(database)
    assert reasons(database) == []


def test_a_database_that_does_not_answer_is_a_reason_and_no_error(tmp_path: Path) -> None:
    empty = Database(settings_for(f"sqlite:///{tmp_path}/empty.db", tmp_path))
    (reason,) = reasons(empty)
    assert "its schema is not the newest: python -m store upgrade" in reason
    empty.close()
    nobody = Database(settings_for("postgresql://nobody@127.0.0.1:9/none", tmp_path))
    assert reasons(nobody) == ["database does not answer"]
    nobody.close()


def harm(database: Database, statement: str) -> None:
    with database.transaction() as session:
        session.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("ALTER TABLE outbox DROP COLUMN line_request_id", "outbox has no column line_request_id"),
        ("DROP TABLE tick", "there is no table tick"),
        ("ALTER TABLE resident ADD COLUMN stray integer", "resident has a column stray"),
        ("DROP INDEX ix_outbox_due", "outbox lacks ix_outbox_due"),
    ],
)
def test_tables_that_are_not_those_of_their_schema_are_a_reason(
    database: Database, statement: str, told: str
) -> None:
    beat(database)
    harm(database, statement)
    (reason,) = reasons(database)
    assert told in reason
    assert "python -m bot doctor" in reason


def test_after_some_time_the_tables_are_compared_again(database: Database) -> None:
    beat(database)
    readiness = Readiness(database, compare_every=0)
    assert readiness.report()[0]
    harm(database, "ALTER TABLE outbox DROP COLUMN line_request_id")
    assert not readiness.report()[0]


def test_the_tables_are_compared_once_and_again_when_the_schema_changes(database: Database) -> None:
    beat(database)
    readiness = Readiness(database)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert readiness.report()[1]["reasons"] == []
    compared = len(statements)
    statements.clear()
    assert readiness.report()[1]["reasons"] == []
    assert len(statements) < compared / 4, statements
    harm(database, "ALTER TABLE outbox DROP COLUMN line_request_id")
    # While the schema's revision stays the same, the tables are not compared again for some minutes.
    assert readiness.report()[1]["reasons"] == []
    harm(database, "UPDATE alembic_version SET version_num = 'of a later version'")
    assert not readiness.report()[0]


def test_while_an_upgrade_is_under_way_the_version_before_goes_on_working(database: Database) -> None:
    """Checks that a version works on while its successor upgrades: tables may have more columns than it knows."""
    beat(database)
    harm(database, "UPDATE alembic_version SET version_num = 'of a later version'")
    harm(database, "ALTER TABLE resident ADD COLUMN nickname varchar")
    assert reasons(database) == []
    harm(database, "ALTER TABLE outbox DROP COLUMN line_request_id")
    assert "outbox has no column line_request_id" in reasons(database)[0]


def test_a_table_of_somebody_else_in_the_same_database_is_none_of_our_business(database: Database) -> None:
    beat(database)
    harm(database, "CREATE TABLE spatial_ref_sys (id integer)")
    assert reasons(database) == []
