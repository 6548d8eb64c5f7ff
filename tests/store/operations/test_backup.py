"""Tests that backup, restore and copy keep everything, equal to the last byte, and send nothing twice."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from store.broadcasts.models import Broadcast
from store.cases.models import Case
from store.database.engine import Database
from store.files.media import Media
from store.messaging.models import OutboxRow
from store.operations.archive import BadBackup
from store.operations.backup import back_up, copy_database, restore
from store.operations.copying import Differs, NotEmpty, digest, one_look, tables_in
from store.operations.schema import upgrade
from tests.postgres import drop_database, make_database
from tests.shut import NO_SEALED_VALUES, spoil
from tests.stories.press import approve
from tests.stories.transcripts import Stage, Story
from tests.town import Town

KEY = b"another key of thirty-two bytes!"
A_CASE = [
    "resident says ไฟถนนดับ",
    "resident taps ไม่มี",
    "resident pins หน้าวัด",
    "resident sends 2 photos",
    "resident says สมศรี ใจดี",
    "resident says 0812345678",
    "resident taps ส่งเรื่อง",
    "officer does accept",
]
# A held notice shares the request of a message that cannot wait: its row references that one.
A_COMPANION = ["officer does tell: จะเข้าไปพรุ่งนี้ค่ะ", "time passes 2 hours"]


def lived_in(town: Town) -> Stage:
    """Creates a town with a case, photos, and a notice that still waits."""
    stage = Stage(town)
    stage.play(Story("backup", "a case", list(enumerate(A_CASE))))
    return stage


def an_empty_place(town: Town, folder: Path) -> tuple[Database, Media]:
    database = Database(replace(town.settings.store, database_url=f"sqlite:///{folder}/other.db"))
    upgrade(database)
    return database, Media(str(folder / "other-media"), database.cipher)


def contents(database: Database) -> dict[str, str]:
    with one_look(database) as connection:
        return {table.name: digest(connection, table) for table in tables_in(connection)}


@pytest.mark.parametrize("key", [None, KEY], ids=["open", "sealed"])
def test_a_restored_town_has_every_row_and_every_file(town: Town, tmp_path: Path, key: bytes | None) -> None:
    lived_in(town)
    media = town.app.media
    told = back_up(town.database, media, tmp_path / "backup", key=key)
    database, other_media = an_empty_place(town, tmp_path)
    back = restore(database, other_media, tmp_path / "backup", key=key)
    assert (back.rows, back.files) == (told.rows, told.files)
    assert told.files == 2
    before, after = contents(town.database), contents(database)
    # What happens to these is tested in test_after_restore.
    held_back = {"outbox", "file", "staff", "staff_session", "audit", "heartbeat"}
    assert {name for name in before if before[name] != after[name]} <= held_back
    assert {t: media.read(t) for t in media.tokens()} == {
        t: other_media.read(t) for t in other_media.tokens()
    }
    with database.reading() as session:
        assert session.query(Case).one().summary == "ไฟถนนดับ · 📍 หน้าวัด"
    database.close()


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("value", NO_SEALED_VALUES)
def test_what_is_no_sealed_value_keeps_nothing_else_from_coming_back(
    town: Town, tmp_path: Path, value: Any
) -> None:
    lived_in(town)
    with town.database.reading() as session:
        case_id = session.query(Case).one().id
    spoil(town.database, "case.summary", case_id, value)
    told = back_up(town.database, town.app.media, tmp_path / "backup")
    database, media = an_empty_place(town, tmp_path)
    assert restore(database, media, tmp_path / "backup").rows == told.rows
    with database.reading() as session:
        assert session.query(Case).one().never_open() == ["summary"]
    database.close()


def test_a_sealed_backup_shows_nothing_and_opens_with_its_key_only(town: Town, tmp_path: Path) -> None:
    lived_in(town)
    media = town.app.media
    back_up(town.database, media, tmp_path / "backup", key=KEY)
    database, other_media = an_empty_place(town, tmp_path)
    for wrong in (None, b"w" * 32):
        with pytest.raises(BadBackup):
            restore(database, other_media, tmp_path / "backup", key=wrong)
    everything = b"".join(f.read_bytes() for f in (tmp_path / "backup").rglob("*.gz"))
    assert b"street_light" not in everything
    manifest = json.loads((tmp_path / "backup" / "manifest.json").read_text())
    assert {name for facts in manifest["tables"].values() for name in facts} == {"sha256"}
    database.close()


def test_an_unfinished_or_changed_backup_is_refused_whole(town: Town, tmp_path: Path) -> None:
    lived_in(town)
    back_up(town.database, town.app.media, tmp_path / "backup")
    database, other_media = an_empty_place(town, tmp_path)
    changed = tmp_path / "backup" / "tables" / "case.jsonl.gz"
    whole = changed.read_bytes()
    changed.write_bytes(whole[:-1] + b"x")
    with pytest.raises(BadBackup, match="changed"):
        restore(database, other_media, tmp_path / "backup")
    changed.write_bytes(whole)
    (tmp_path / "backup" / "manifest.json").rename(tmp_path / "elsewhere.json")
    with pytest.raises(BadBackup, match="no whole backup"):
        restore(database, other_media, tmp_path / "backup")
    database.close()


def test_no_backup_overwrites_another_and_no_restore_a_living_town(town: Town, tmp_path: Path) -> None:
    lived_in(town)
    media = town.app.media
    back_up(town.database, media, tmp_path / "backup")
    with pytest.raises(BadBackup, match="not empty"):
        back_up(town.database, media, tmp_path / "backup")
    before = contents(town.database)
    with pytest.raises(NotEmpty):
        restore(town.database, Media(str(tmp_path / "new"), town.database.cipher), tmp_path / "backup")
    assert contents(town.database) == before


def test_a_folder_that_was_open_to_others_is_closed(town: Town, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    folder.mkdir(mode=0o755)
    back_up(town.database, town.app.media, folder)
    assert folder.stat().st_mode & 0o077 == 0


def test_rows_that_point_at_others_of_their_table_come_back(town: Town, tmp_path: Path) -> None:
    """Creates a notice that was sent in another's request, and a broadcast that corrects another."""
    lived_in(town).play(Story("backup", "a companion", list(enumerate(A_COMPANION))))
    wrong = approve(town)
    approve(town, corrects_id=wrong)
    with town.database.reading() as session:
        assert session.query(OutboxRow).where(OutboxRow.lead_id.is_not(None)).count()
    back_up(town.database, town.app.media, tmp_path / "backup")
    database, other_media = an_empty_place(town, tmp_path)
    restore(database, other_media, tmp_path / "backup")
    for model, pointer in ((OutboxRow, "lead_id"), (Broadcast, "corrects_id")):
        with town.database.reading() as here, database.reading() as there:
            pointing = [
                session.query(model.id, getattr(model, pointer)).order_by(model.id).all()
                for session in (here, there)
            ]
        assert pointing[0] == pointing[1]
    database.close()


def test_a_copy_is_compared_and_equal(town: Town, tmp_path: Path) -> None:
    lived_in(town)
    database, _ = an_empty_place(town, tmp_path)
    counts = copy_database(town.database, database)
    assert counts["case"] == 1
    assert contents(database) == contents(town.database)
    with pytest.raises(NotEmpty):
        copy_database(town.database, database)
    database.close()


def test_the_copy_goes_on_numbering_where_the_original_stopped(
    town: Town, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Checks that after a copy from SQLite into PostgreSQL the next case is 0002, not 0001 again."""
    server = request.getfixturevalue("postgres_server")
    if server is None or not town.database.is_sqlite:
        pytest.skip("needs SQLite here and PostgreSQL there")
    lived_in(town)
    target = Database(replace(town.settings.store, database_url=make_database(server, "moved", "empty")))
    copy_database(town.database, target)
    with target.transaction() as session:
        again = session.query(Case).one()
        session.expunge(again)
        assert again.shown_number == "0001/2570"
        names = {column.name for column in Case.__table__.columns} - {"id", "row_key"}
        twin = Case(**{name: getattr(again, name) for name in names})
        twin.number, twin.tracking_code = 2, "TX70-AAAA-BBBB-2"
        session.add(twin)
    target.close()
    drop_database(server, "moved")


def test_the_manifest_tells_counts_and_hashes_but_no_contents(town: Town, tmp_path: Path) -> None:
    lived_in(town)
    back_up(town.database, town.app.media, tmp_path / "backup")
    manifest = json.loads((tmp_path / "backup" / "manifest.json").read_text())
    assert manifest["tables"]["case"]["rows"] == 1
    assert "สมศรี" not in json.dumps(manifest, ensure_ascii=False)


def test_a_copy_that_differs_is_not_kept(town: Town, tmp_path: Path) -> None:
    """Checks that a trigger in the target that changes a row is noticed."""
    lived_in(town)
    database, _ = an_empty_place(town, tmp_path)
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER meddle AFTER INSERT ON series BEGIN UPDATE series SET last = last + 1; END"
        )
    with pytest.raises(Differs, match="series"):
        copy_database(town.database, database)
    with database.reading() as session:
        assert session.query(Case).count() == 0
    database.close()
