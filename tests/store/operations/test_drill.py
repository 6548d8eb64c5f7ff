"""Tests the drill: a town filled by all stories is backed up, restored and copied between databases, and compared."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from store.audit.chain import AUDIT_KEY, Anchor, Verdict, verify
from store.database.engine import Database
from store.files.media import Media
from store.operations.backup import back_up, copy_database, restore
from store.operations.copying import as_line, digest, one_look, read_rows, tables_in
from store.operations.schema import drift, is_newest
from store.operations.tables import TABLES
from tests.full_town import fill
from tests.postgres import drop_database, make_database
from tests.stories.transcripts import read_stories
from tests.town import Town

Rows = dict[str, dict[Any, dict[str, Any]]]
# The columns that a restore changes on purpose; all other rows must be equal to the byte: see after_restore.
HELD_BACK = {
    "inbox": {"state", "reason", "waits_since", "error"},
    "outbox": {
        "state",
        "receipt",
        "reason",
        "waits_since",
        "error",
        "messages",
        "body",
        "reply_token",
        "lead_id",
    },
    "mailing": {"state", "reason"},
    "job": {"state", "reason", "ended_at"},
    "file": {"next_try_at", "tries", "reason"},
    "staff": {"password_is_initial"},
    "account_request": {"state", "decided_at", "code_hash", "link_hash", "link_until"},
    "tester": {"code", "code_until"},
}
GONE = {"confirm_button", "staff_session", "sign_in_try", "sign_in_streak"}


@pytest.fixture
def place(
    town: Town, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[str, str], Database]]:
    """Makes a database without tables: place("postgresql", "a name")."""
    server = request.getfixturevalue("postgres_server")
    if server is None:
        pytest.skip("no PostgreSQL here: install it, or name a server in TEST_DATABASE_URL")
    with ExitStack() as afterwards:

        def make(kind: str, name: str) -> Database:
            url = f"sqlite:///{tmp_path}/{name}.db"
            if kind == "postgresql":
                url = make_database(server, f"drill_{name}")
                afterwards.callback(drop_database, server, f"drill_{name}")
            database = Database(replace(town.settings.store, database_url=url))
            afterwards.callback(database.close)
            return database

        yield make


def test_a_full_town_comes_back_and_moves_between_the_two_kinds_of_databases(
    town: Town, place: Callable[[str, str], Database], tmp_path: Path
) -> None:
    """Checks both in one test, because filling a town takes long: half of the stories on each kind of database."""
    fill(town, read_stories()[0 if town.database.is_sqlite else 1 :: 2])
    before = rows(town.database)
    assert {name for name in TABLES.tables if not before[name]} == set()
    states = {row["state"] for row in before["outbox"].values()}
    assert states == {"ready", "sent", "dead", "dropped", "unreachable"}
    assert any(row["lead_id"] for row in before["outbox"].values())
    here, there = ("sqlite", "postgresql") if town.database.is_sqlite else ("postgresql", "sqlite")

    moved, back = place(there, "moved"), place(here, "back")
    for source, target in ((town.database, moved), (moved, back)):
        copy_database(source, target)
        assert hashes(target) == hashes(town.database)
        assert (drift(target), is_newest(target)) == ([], True)

    head = chain_of(town.database).head
    media = town.app.media
    told = back_up(town.database, media, tmp_path / "backup")
    assert (told.damaged, told.files) == ({}, len(media.tokens()))
    for kind in (there, here):
        restored = place(kind, f"restored_{kind}")
        other_media = Media(str(tmp_path / f"media-{kind}"), restored.cipher)
        report = restore(restored, other_media, tmp_path / "backup")
        assert (report.rows, report.files) == (sum(map(len, before.values())), told.files)
        assert files(other_media) == files(media)
        compare(before, rows(restored))
        assert chain_of(restored, head) == Verdict(len(before["audit"]), 1, head)
        assert (drift(restored), is_newest(restored)) == ([], True)


def chain_of(database: Database, anchor: Anchor | None = None) -> Verdict:
    with one_look(database) as connection:
        return verify(connection, database.cipher.derived_key(AUDIT_KEY), anchor)


def hashes(database: Database) -> dict[str, str]:
    with one_look(database) as connection:
        return {table.name: digest(connection, table) for table in tables_in(connection)}


def rows(database: Database) -> Rows:
    """Returns every row of every table by its primary key."""
    with one_look(database) as connection:
        return {
            table.name: {
                tuple(str(row[key.name]) for key in table.primary_key.columns): json.loads(as_line(row))
                for row in read_rows(connection, table)
            }
            for table in tables_in(connection)
        }


def files(media: Media) -> dict[str, bytes]:
    return {token: media.read(token) for token in media.tokens()}


def compare(before: Rows, after: Rows) -> None:
    assert {name for name in GONE if after[name]} == set()
    assert set(before["heartbeat"]) - set(after["heartbeat"]) == {("worker",)}
    added = after["audit"].keys() - before["audit"].keys()
    assert [after["audit"][key]["act"] for key in added] == ["restore"]
    for name in before.keys() - GONE:
        if name not in ("audit", "heartbeat"):
            assert before[name].keys() == after[name].keys(), name
        for key in before[name].keys() & after[name].keys():
            was, now = before[name][key], after[name][key]
            changed = {column for column in was if was[column] != now[column]}
            assert changed <= HELD_BACK.get(name, set()), (name, changed)
