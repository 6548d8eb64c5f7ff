"""Tests that the first entry of the audit log that was changed, removed or inserted is named, wherever it is."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from store.audit import chain
from store.audit.chain import AUDIT_KEY, Anchor, Verdict, add_checkpoints, read_anchor
from store.audit.log import Subject, write_down
from store.audit.models import AuditCheckpoint, AuditEntry
from store.database.engine import Database
from tests.waiting import wait_until

PLACES = 40  # of each kind of tampering, on each database
ENTRIES = 60


@pytest.fixture
def full(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Returns a database with 60 entries and checkpoints of 7 entries each."""
    monkeypatch.setattr(chain, "AT_ONCE", 7)
    add(database, ENTRIES)
    assert add_checkpoints(database) == ENTRIES
    return database


def add(database: Database, count: int) -> None:
    for number in range(count):
        with database.transaction() as session:
            details: dict[str, str | int | bool | None] = {"reason": f"ทดสอบ {number}", "count": number}
            about = Subject("case", number) if number % 3 else None
            write_down(session, f"act_{number}", staff_id=number % 5 or None, about=about, details=details)


def verdict(database: Database, anchor: Anchor | None = None) -> Verdict:
    with database.engine.connect() as connection:
        return chain.verify(connection, database.cipher.derived_key(AUDIT_KEY), anchor)


@contextmanager
def tampering(database: Database) -> Iterator[Connection]:
    """Opens a transaction of somebody who owns the tables and has taken the triggers away; it is rolled back."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for name in [*names.scalars()]:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            for table in ("audit", "audit_checkpoint"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        yield connection
        connection.rollback()


Statement = tuple[str, dict[str, Any]]


def found_after(database: Database, *statements: Statement, anchor: Anchor | None = None) -> str:
    """Returns the fault that is found after somebody has executed these statements."""
    with tampering(database) as connection:
        for statement, values in statements:
            connection.execute(text(statement), values)
        return chain.verify(connection, database.cipher.derived_key(AUDIT_KEY), anchor).fault


COLUMNS: dict[str, Any] = {
    "act": "act_x",
    "staff_id": 77,
    "resident_id": 77,
    "subject": "file",
    "subject_id": 777,
    "before": "received",
    "after": "done",
    "details": '{"reason": "other"}',
    "place": "elsewhere",
    "session": "another",
    "at": "2020-01-01 00:00:00.000000",
}


def test_what_nobody_touched_is_as_it_was_written(full: Database) -> None:
    add(full, 2)
    found = verdict(full)
    assert (found.checked, found.pending, found.fault) == (ENTRIES, 2, "")
    assert found.head is not None
    assert found.head.checkpoint == -(-ENTRIES // 7)


def test_an_empty_log_is_sound(database: Database) -> None:
    assert add_checkpoints(database) == 0
    assert verdict(database) == Verdict()


def test_every_column_of_every_entry_is_bound(full: Database) -> None:
    dice = random.Random(1)
    assert {*COLUMNS, "id"} == set(AuditEntry.__table__.columns.keys())
    for column, value in [*COLUMNS.items()] * (PLACES // 8):
        number = dice.randint(1, ENTRIES)
        kind = "JSON" if column == "details" else "TIMESTAMP WITH TIME ZONE" if column == "at" else ""
        given = f"CAST(:value AS {kind})" if kind and not full.is_sqlite else ":value"
        changed = f"UPDATE audit SET {column} = {given} WHERE id = :id"
        fault = found_after(full, (changed, {"value": value, "id": number}))
        assert fault == f"entry {number} was changed", column


def test_a_removed_entry_is_named(full: Database) -> None:
    dice = random.Random(2)
    for _ in range(PLACES):
        gone = dice.sample(range(1, ENTRIES + 1), dice.randint(1, 9))
        fault = found_after(full, *(("DELETE FROM audit WHERE id = :id", {"id": number}) for number in gone))
        assert fault == f"entry {min(gone)} was removed"


def test_swapped_entries_are_named(full: Database) -> None:
    dice = random.Random(3)
    for _ in range(PLACES):
        one, other = dice.sample(range(1, ENTRIES + 1), 2)

        swap = ((one, 0), (other, one), (0, other))
        moves = [
            ("UPDATE audit SET id = :new WHERE id = :old", {"old": old, "new": new}) for old, new in swap
        ]
        assert found_after(full, *moves) == f"entry {min(one, other)} was changed"


def test_an_inserted_entry_is_named(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests it in the gaps that transactions leave which are rolled back, and before the first entry."""
    monkeypatch.setattr(chain, "AT_ONCE", 7)
    add(database, ENTRIES)
    gaps = [*range(5, ENTRIES, 5)]
    with tampering(database) as connection:
        for number in gaps:
            connection.execute(text("DELETE FROM audit WHERE id = :id"), {"id": number})
        if not database.is_sqlite:
            connection.exec_driver_sql("ALTER TABLE audit ENABLE TRIGGER ALL")
            connection.exec_driver_sql("ALTER TABLE audit_checkpoint ENABLE TRIGGER ALL")
        connection.commit()
    add_checkpoints(database)
    assert verdict(database).fault == ""
    copy = "INSERT INTO audit SELECT {}, at, act, staff_id, resident_id, subject, subject_id, before, after, details, "
    copy += "place, session FROM audit WHERE id = 1"
    for number in [*gaps, 0, -5]:
        fault = found_after(database, (copy.format(number), {}))
        assert fault == f"entry {number} was inserted"


def test_a_checkpoint_cannot_be_made_up(full: Database) -> None:
    for statement, fault in (
        ("UPDATE audit_checkpoint SET last_id = 22 WHERE id = 3", "checkpoint 3, of the entries 15 to 22, was changed"),
        ("UPDATE audit_checkpoint SET hash = 'x' WHERE id = 2", "checkpoint 2, of the entries 8 to 14, was changed"),
        ("DELETE FROM audit_checkpoint WHERE id = 4", "checkpoint 4 was removed"),
        ("DELETE FROM audit_checkpoint WHERE id = 1", "checkpoint 1 was removed"),
    ):  # fmt: skip
        assert found_after(full, (statement, {})) == fault


def test_an_anchor_shows_that_the_end_was_cut_off_or_the_chain_made_anew(full: Database) -> None:
    head = verdict(full).head
    assert head is not None
    assert read_anchor(f" {head}\n") == head
    assert verdict(full, head).fault == ""
    add(full, 9)
    add_checkpoints(full)
    assert verdict(full, head).fault == "", "the log has grown since"

    cut_off: tuple[Statement, ...] = (
        ("DELETE FROM audit_checkpoint WHERE last_id > 20", {}),
        ("DELETE FROM audit WHERE id > 21", {}),
    )
    assert found_after(full, *cut_off) == ""
    removed = f"checkpoint {head.checkpoint}, which the anchor names, was removed"
    assert found_after(full, *cut_off, anchor=head) == removed
    other = Anchor(head.checkpoint, "0" * 64)
    assert "is not that of the anchor" in verdict(full, other).fault


@pytest.mark.parametrize("typed", ["", "1", "1:abc", "x:" + "0" * 64, "1:" + "G" * 64])
def test_what_is_no_anchor_is_refused(typed: str) -> None:
    with pytest.raises(chain.BadAnchor):
        read_anchor(typed)


@pytest.mark.parametrize("table", ["audit", "audit_checkpoint"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_nobody_changes_or_deletes_a_row(full: Database, table: str, statement: str) -> None:
    if full.is_sqlite and statement.startswith("TRUNCATE"):
        statement = "DELETE FROM {} WHERE id = 1"
    with pytest.raises(DBAPIError, match="the audit log only grows"), full.transaction() as session:
        session.execute(text(statement.format(table)))


def test_the_database_does_not_take_personal_data_along(database: Database) -> None:
    """Tests that another secret gives other digests: whoever has no key cannot try out values."""
    add(database, 1)
    add_checkpoints(database)
    with database.engine.connect() as connection:
        assert chain.verify(connection, b"another key").fault.startswith("checkpoint 1")


def test_entries_that_are_committed_late_get_their_checkpoint(database: Database) -> None:
    """Tests two writers of whom the first commits last: its entry is neither left out nor taken for an inserted one."""
    if database.is_sqlite:
        pytest.skip("SQLite lets in one writer at a time, so ids are committed in their order")
    add(database, 3)
    written, may_end = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with database.transaction() as session:
            write_down(session, "slow")
            session.flush()
            written.set()
            assert may_end.wait(30)

    thread = threading.Thread(target=write_slowly)
    thread.start()
    assert written.wait(30)
    add(database, 1)
    counts: list[int] = []
    at_it = threading.Thread(target=lambda: counts.append(add_checkpoints(database)))
    at_it.start()
    add(database, 1)  # The one who adds checkpoints holds nobody up.
    may_end.set()
    thread.join()
    at_it.join()
    wait_until(
        lambda: add_checkpoints(database) >= 0 and verdict(database).pending == 0, what="all checkpoints"
    )
    assert verdict(database) == Verdict(6, 0, verdict(database).head)


def test_many_writers_and_many_who_add_checkpoints_give_one_chain(database: Database) -> None:
    def write(_: int) -> None:
        for _ in range(15):
            with database.transaction() as session:
                write_down(session, "act")
                session.flush()

    def check(_: int) -> None:
        for _ in range(10):
            add_checkpoints(database)

    threads = [threading.Thread(target=work, args=(0,)) for work in (write, write, write, check, check)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    add_checkpoints(database)
    found = verdict(database)
    assert (found.checked, found.pending, found.fault) == (45, 0, "")
    with database.reading() as session:
        assert (
            session.scalar(select(func.count()).select_from(AuditCheckpoint))
            == (found.head or Anchor(0, "")).checkpoint
        )
