"""Tests the restore of an earlier version's backup, and the upgrade of a filled database of that time.

`backup_0001` is what the first version wrote: see make_backup.py.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import inspect, text

from store.cases.models import Case, CaseEvent
from store.database.engine import Database
from store.files.media import Media
from store.files.models import File
from store.messaging.models import OutboxRow
from store.operations import schema
from store.operations.archive import Archive, BadBackup, open_archive
from store.operations.backup import restore
from store.operations.copying import NotEmpty, from_line, read_rows, tables_in, write_rows
from store.operations.schema import begin_anew, drift, is_newest, migrating, revision, upgrade
from store.residents.models import Resident
from store.settings import StoreSettings
from tests.builders import a_resident, line_of

OLD = Path(__file__).parent / "backup_0001"


@pytest.fixture
def old() -> Archive:
    return open_archive(OLD, None)


@pytest.fixture
def media(store_settings: StoreSettings, database: Database) -> Media:
    return Media(store_settings.media_url, database.cipher)


def lines(archive: Archive, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.lines(table)]


def fill_as_then(database: Database, archive: Archive) -> None:
    """Restores the database of that time, without the changes that this version makes at a restore."""
    with migrating(database) as connection:
        begin_anew(connection, "0001")
        for table in tables_in(connection):
            write_rows(connection, table, (from_line(table, line) for line in archive.lines(table.name)))


def look_alive(database: Database) -> None:
    """Checks that every encrypted value can still be decrypted, and that references between rows are intact."""
    with database.reading() as session:
        cases = session.query(Case).order_by(Case.id).all()
        assert [case.shown_number for case in cases][:2] == ["0001/2570", "0002/2570"]
        assert all(case.summary and case.answers and line_of(case.resident).address for case in cases)
        assert "สมศรี" in str([case.answers for case in cases])
        for model in (Resident, CaseEvent, OutboxRow, File):
            assert session.query(model).all()
        assert session.query(OutboxRow).where(OutboxRow.lead_id.is_not(None)).count()


def test_a_backup_of_the_first_version_is_restored_into_todays_schema(
    database: Database, media: Media, old: Archive
) -> None:
    report = restore(database, media, OLD)
    assert (drift(database), is_newest(database)) == ([], True)
    assert report.files == len(old.tokens()) == len(media.tokens())
    assert any("lists no files" in note for note in report.notes)
    look_alive(database)
    with database.reading() as session:
        assert session.query(Case).count() == len(lines(old, "case"))
    assert all(media.read(token) for token in media.tokens())


def test_a_filled_database_of_the_first_version_is_upgraded(database: Database, old: Archive) -> None:
    """Checks that the newest migration carries rows over, and does not only work on empty tables."""
    fill_as_then(database, old)
    assert revision(database) == "0001"
    upgrade(database)
    assert (drift(database), is_newest(database)) == ([], True)
    look_alive(database)
    with database.engine.connect() as connection:
        counts = {table.name: len(list(read_rows(connection, table))) for table in tables_in(connection)}
    for name, facts in old.manifest["tables"].items():
        assert counts.get(name, facts["rows"]) == facts["rows"], name


@pytest.fixture
def later_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Writes the migrations of a future version, one more than today's: it recreates filled tables."""
    folder = tmp_path / "migrations"
    shutil.copytree(schema.FOLDER, folder)
    before = schema.newest()
    (folder / "versions" / "later.py").write_text(
        f"""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "later", "{before}"

def upgrade():
    with op.batch_alter_table("resident") as batch:
        batch.add_column(sa.Column("nickname", sa.String(20)))
    op.execute("UPDATE resident SET nickname = 'of old'")
    with op.batch_alter_table("resident") as batch:
        batch.alter_column("nickname", nullable=False)
    op.create_table("badge", sa.Column("id", sa.Integer(), primary_key=True))
"""
    )
    monkeypatch.setattr(schema, "FOLDER", folder)
    return "later"


def test_an_old_backup_goes_through_every_migration_between_then_and_now(
    database: Database, media: Media, later_version: str
) -> None:
    """Checks a restore into a database that has the newest schema and no rows: its tables are recreated as they were
    then.
    """
    upgrade(database)
    assert (revision(database), "badge" in inspect(database.engine).get_table_names()) == (
        later_version,
        True,
    )
    with migrating(database) as connection:
        Operations(MigrationContext.configure(connection)).drop_table("badge")
    restore(database, media, OLD)
    assert revision(database) == later_version
    look_alive(database)
    with database.reading() as session:
        assert session.execute(text("SELECT DISTINCT nickname FROM resident")).scalars().all() == ["of old"]


def test_a_database_with_rows_or_files_is_left_as_it_is(database: Database, media: Media) -> None:
    with database.transaction() as session:
        a_resident(session)
    with pytest.raises(NotEmpty, match="already has rows in resident"):
        restore(database, media, OLD)
    assert (revision(database), media.tokens()) == (schema.newest(), set())
    with database.transaction() as session:
        session.execute(text("DELETE FROM contact"))
        session.execute(text("DELETE FROM resident"))
    media.keep("t" * 24, b"a file of a living town")
    with pytest.raises(BadBackup, match="already holds files"):
        restore(database, media, OLD)
    assert media.tokens() == {"t" * 24}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda manifest: {**manifest, "schema": "9999"}, "made by a later version"),
        (lambda manifest: {**manifest, "format": 99}, "made by a later version"),
        (lambda manifest: {"format": 1}, "no whole backup"),
        (lambda manifest: [], "no whole backup"),
    ],
)
def test_a_backup_that_this_version_does_not_know_is_refused_in_a_sentence(
    database: Database, media: Media, tmp_path: Path, change: Callable[[Any], Any], told: str
) -> None:
    folder = tmp_path / "backup"
    shutil.copytree(OLD, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(change(manifest)))
    with pytest.raises(BadBackup, match=told):
        restore(database, media, folder)
    assert media.tokens() == set()


def test_another_data_key_is_told_and_nothing_is_kept(
    database: Database, store_settings: StoreSettings, old: Archive
) -> None:
    stranger = Database(
        StoreSettings(
            store_settings.database_url, store_settings.media_url, store_settings.municipality, (b"x" * 32,)
        )
    )
    media = Media(store_settings.media_url, stranger.cipher)
    for without_damaged in (False, True):
        with pytest.raises(BadBackup, match=r"DATA_KEY opens none of the files|made under another DATA_KEY"):
            restore(stranger, media, OLD, without_damaged=without_damaged)
    stranger.close()
    assert media.tokens() == set()
    with database.reading() as session:
        assert session.query(Resident).count() == 0
