"""What the two /readyz say, and why not."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import time_machine

from store import heartbeats, inbox, outbox
from store.clock import now
from store.db import Database
from store.inbox import Arrival
from store.readiness import readiness
from tests.builders import a_resident
from tests.conftest import settings_for


def beat(database: Database) -> None:
    with database.transaction() as session:
        heartbeats.beat(session, "worker")


def reasons(database: Database) -> list[str]:
    ready, report = readiness(database)
    assert ready is (report["reasons"] == [])
    found: list[str] = report["reasons"]
    return found


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
    clock.shift(timedelta(seconds=59))
    assert reasons(database) == []
    clock.shift(timedelta(seconds=2))
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
    report: dict[str, Any] = readiness(database)[1]
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
    assert reasons(empty) == ["database does not answer"]
    empty.close()
    nobody = Database(settings_for("postgresql://nobody@127.0.0.1:9/none", tmp_path))
    assert reasons(nobody) == ["database does not answer"]
    nobody.close()
