"""Tests that a SQLite file returns free space in small steps, while others write, and that its contents do not
change.
"""

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from store.__main__ import main
from store.clock import now
from store.database.engine import Database
from store.messaging import inbox, outbox, requests
from store.messaging.inbox import Arrival
from store.messaging.models import OutboxRow
from store.messaging.states import MessageState, SentBy
from store.operations.compacting import PAGES_KEPT, compact
from store.settings import StoreSettings
from tests.builders import a_resident
from tests.stories.scenes import everything_in
from tests.waiting import finish, wait_until

pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
EVENTS, AT_ONCE = 800, 20
LONG = "ยาว" * 400


def live(database: Database, name: str) -> None:
    """Simulates work: events arrive, are processed and answered, and answers are sent, so texts are stored and
    deleted.
    """
    for start in range(0, EVENTS, AT_ONCE):
        with database.transaction() as session:
            arrivals = [
                Arrival(f"{name} {start + n}", f"{name} {n}", now(), {"text": LONG}) for n in range(AT_ONCE)
            ]
            inbox.accept(session, arrivals)
        with database.transaction() as session:
            resident = a_resident(session)
            claim = inbox.claim(session, most=AT_ONCE)
            assert claim is not None
            inbox.done(session, inbox.take(session, claim.event_ids, claim.tries))
            rows = [outbox.put_notice(session, resident, "case_message", {}) for _ in range(AT_ONCE)]
            for row in rows:
                row.messages = [{"type": "text", "text": LONG}]
        with database.transaction() as session:
            kept = [session.get_one(OutboxRow, row.id) for row in rows]
            lead = kept[0]
            requests.freeze(kept, by=SentBy.PUSH, body=LONG, again_in=outbox.REPLY_WITHIN)
            session.flush()
            requests.end(session, lead.id, MessageState.SENT)


def pages(database: Database) -> int:
    with database.reading() as session:
        return int(session.execute(text("PRAGMA page_count")).scalar_one())


def size(database: Database, settings: StoreSettings) -> int:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    return Path(settings.database_url.removeprefix("sqlite:///")).stat().st_size


def is_sound(database: Database) -> bool:
    with database.reading() as session:
        return (
            session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
            and session.execute(text("PRAGMA foreign_key_check")).all() == []
        )


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Returns all rows except the marks of what has been compacted."""
    return {name: rows for name, rows in everything_in(database).items() if name != "series"}


def test_what_is_compacted_is_smaller_and_the_same(database: Database, store_settings: StoreSettings) -> None:
    live(database, "a")
    before, was = contents(database), size(database, store_settings)
    compact(database)
    assert contents(database) == before
    assert is_sound(database)
    assert size(database, store_settings) < was / 2
    with database.reading() as session:
        assert session.execute(text("PRAGMA freelist_count")).scalar_one() <= PAGES_KEPT


def test_room_is_used_again_and_each_row_is_rewritten_once(database: Database) -> None:
    live(database, "a")
    compact(database)
    once = pages(database)
    for name in "bcd":
        live(database, name)
        compact(database)
    # Four times as many rows, none of which has any text left.
    assert pages(database) < 3 * once


@pytest.fixture
def another(store_settings: StoreSettings) -> Iterator[Database]:
    opened = Database(store_settings)
    yield opened
    opened.close()


def test_others_write_meanwhile_and_nothing_of_theirs_is_lost(database: Database, another: Database) -> None:
    live(database, "a")
    stop = threading.Event()
    written: list[datetime] = []

    def write() -> None:
        while not stop.is_set():
            with another.transaction() as session:
                inbox.accept(session, [Arrival(f"meanwhile {len(written)}", "somebody", now(), {})])
            written.append(now())

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    try:
        wait_until(lambda: len(written) > 3, what="the other writer to begin")
        before = len(written)
        compact(database)
        during = len(written) - before
    finally:
        stop.set()
        finish(writer, what="the other writer")
    with database.reading() as session:
        kept = session.execute(
            text("SELECT count(*) FROM inbox WHERE event_id LIKE 'meanwhile%'")
        ).scalar_one()
    assert kept == len(written)
    assert during > 3
    assert is_sound(database)


def test_what_waits_is_left_and_compacted_when_it_is_done(database: Database) -> None:
    with database.transaction() as session:
        waiting = outbox.put_notice(session, a_resident(session), "case_message", {})
        session.flush()
    live(database, "a")
    compact(database)
    with_holes = pages(database)
    with database.transaction() as session:
        requests.end(session, waiting.id, MessageState.DROPPED)
    compact(database)
    assert pages(database) < with_holes


def test_a_database_from_before_is_compacted_by_the_command(
    database: Database,
    store_settings: StoreSettings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    raw = database.engine.raw_connection()
    for statement in ("PRAGMA auto_vacuum=NONE", "VACUUM"):
        raw.cursor().execute(statement)
    raw.close()
    live(database, "a")
    compact(database)
    before, was = contents(database), size(database, store_settings)
    monkeypatch.setenv("DATABASE_URL", store_settings.database_url)
    monkeypatch.setenv("MEDIA_URL", store_settings.media_url)
    monkeypatch.setenv("DATA_KEY", "dGhpcnR5LXR3byBieXRlcyB0byBzZWFsIHdpdGguLiE=")
    assert main(["compact"]) == 0
    assert "MB and has" in capsys.readouterr().out
    assert contents(database) == before
    assert size(database, store_settings) < was / 2
    with database.reading() as session:
        assert session.execute(text("PRAGMA auto_vacuum")).scalar_one() == 2
