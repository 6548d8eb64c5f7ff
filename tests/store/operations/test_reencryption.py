"""Tests that `reencrypt` encrypts everything with the newest key for its own row, loses nothing, and makes old keys
unneeded.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.cases.models import Case
from store.clock import now
from store.database.encryption import CannotDecrypt, Cipher, WrongDataKey
from store.database.engine import Database
from store.files import lifecycle
from store.files.media import Media
from store.files.models import File, FileState
from store.messaging import inbox
from store.messaging.inbox import Arrival
from store.messaging.models import InboxEvent, OutboxRow
from store.municipality.profile import Municipality
from store.operations.data_keys import count_by_key, open_database
from store.operations.reencryption import Reencryption, reencrypt, sentences
from store.operations.schema import drift, upgrade
from store.residents.models import Resident
from store.residents.residents import find_or_add_resident
from store.settings import StoreSettings
from tests.before_row_keys import derive_fingerprints, go_back
from tests.builders import a_case, a_resident, line_of
from tests.conftest import KEY

NEW_KEY, OTHER_KEY = b"a newer key that has 32 bytes...", b"the key of another municipality."
SOMSRI = "U" + "5" * 32
PHOTO = b"not really a photo"


@pytest.fixture
def filled(database: Database, municipality: Municipality, media: Media) -> Database:
    with database.transaction() as session:
        somsri = a_resident(session, line_user_id=SOMSRI)
        for number in range(3):
            a_case(session, municipality, resident=somsri, summary=f"ไฟดับ {number}")
        file = lifecycle.want(
            session,
            somsri,
            kind="photo",
            line_message_id="1",
            name="ไฟ.jpg",
            album=None,
            for_conversation=False,
        )
        media.keep(file.token, PHOTO)
        file.state = FileState.KEPT
        inbox.accept(
            session, [Arrival(str(n), f"lane {n}", now(), {"text": f"สวัสดี {n}"}) for n in range(250)]
        )
    return database


@pytest.fixture
def media(database: Database, store_settings: StoreSettings) -> Media:
    return Media(store_settings.media_url, database.cipher)


@pytest.fixture
def rotated(filled: Database, store_settings: StoreSettings) -> Iterator[Database]:
    opened = open_database(replace(store_settings, data_keys=(NEW_KEY, KEY)))
    yield opened
    opened.close()


def contents(database: Database) -> dict[str, list[Any]]:
    """Returns all encrypted values, decrypted."""
    kinds: tuple[Any, ...] = (Resident, Case, File, InboxEvent, OutboxRow)
    with database.reading() as session:
        return {
            kind.__tablename__: [
                [getattr(row, name) for name in row.encrypted_names]
                for row in session.scalars(select(kind).order_by(kind.id))
            ]
            for kind in kinds
        }


def media_of(database: Database, settings: StoreSettings) -> Media:
    return Media(settings.media_url, database.cipher)


def versions_and_keys(database: Database) -> set[bytes]:
    with database.reading() as session:
        return set(count_by_key(session.connection()))


def said(done: Reencryption, database: Database) -> str:
    return "\n".join(sentences(done, database.cipher))


def test_after_it_the_old_key_can_go(
    rotated: Database, filled: Database, store_settings: StoreSettings
) -> None:
    before = contents(filled)
    done = reencrypt(rotated, media_of(rotated, store_settings))
    assert (done.files, done.closed.total(), done.is_complete) == (1, 0, True)
    assert "Key 1: in use.\nKey 2: needed no more" in said(done, rotated)
    alone = open_database(replace(store_settings, data_keys=(NEW_KEY,)))
    assert contents(alone) == before
    media = media_of(alone, store_settings)
    assert [media.read(token) for token in media.tokens()] == [PHOTO]
    with alone.transaction() as session:
        assert find_or_add_resident(session, alone.cipher, SOMSRI).id == 1
        claim = inbox.claim(session, most=300)
        assert claim is not None
        assert len(inbox.take(session, claim.event_ids, claim.tries)) == 250
    alone.close()
    with pytest.raises(WrongDataKey):
        open_database(store_settings)


def test_run_again_it_finds_nothing_to_do(rotated: Database, store_settings: StoreSettings) -> None:
    reencrypt(rotated, media_of(rotated, store_settings))
    again = reencrypt(rotated, media_of(rotated, store_settings))
    assert (again.rows, again.files) == (0, 0)


def test_interrupted_it_loses_nothing_and_goes_on_where_it_was(
    rotated: Database, store_settings: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, stops = contents(rotated), Counter[str]()

    def stop(_seconds: float) -> None:
        stops["stop"] += 1
        if stops["stop"] == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("store.operations.reencryption.time.sleep", stop)
        with pytest.raises(KeyboardInterrupt):
            reencrypt(rotated, media_of(rotated, store_settings))
    assert contents(rotated) == before
    assert len(versions_and_keys(rotated)) == 2
    done = reencrypt(rotated, media_of(rotated, store_settings))
    assert 0 < done.rows < 250
    assert versions_and_keys(rotated) == {rotated.cipher.newest_start}
    assert contents(rotated) == before


def test_what_is_written_meanwhile_is_not_lost(
    rotated: Database, filled: Database, store_settings: StoreSettings
) -> None:
    """Checks writes by a process that has the old key only, in rows that are being encrypted again."""
    over, written = threading.Event(), Counter[int]()
    trouble = []

    def write() -> None:
        try:
            while not over.is_set():
                for number in range(1, 4):
                    with filled.transaction() as session:
                        case = session.get_one(Case, number, with_for_update=True)
                        # What was encrypted with the newer key cannot be read here, and need not be.
                        case.summary = f"ไฟดับ {written[number] + 1}"
                    written[number] += 1
        except Exception as error:
            trouble.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(3):
            reencrypt(rotated, media_of(rotated, store_settings))
    finally:
        over.set()
        writer.join(timeout=60)
    assert (trouble, writer.is_alive()) == ([], False)
    with rotated.reading() as session:
        summaries = {case.id: case.summary for case in session.scalars(select(Case))}
    assert summaries == {number: f"ไฟดับ {count}" for number, count in written.items()}
    assert min(written.values()) > 0


def test_a_key_that_is_still_written_with_is_said_to_be_needed(
    rotated: Database, filled: Database, store_settings: StoreSettings
) -> None:
    done = reencrypt(rotated, media_of(rotated, store_settings))
    with filled.transaction() as session:
        inbox.accept(session, [Arrival("late", "a", now(), {})])
    with rotated.reading() as session:
        done.left = Counter({start[1:]: n for start, n in count_by_key(session.connection()).items()})
    assert "Key 2: still needed for 1 values" in said(done, rotated)
    assert "Key 2: needed no more" in said(reencrypt(rotated, media_of(rotated, store_settings)), rotated)


def put_closed(session: Session, resident: Resident) -> None:
    strange = Cipher((OTHER_KEY,)).encrypt(b'"x"', "resident.line_user_id", line_of(resident).row_key)
    connection = session.connection()
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    connection.exec_driver_sql(f"UPDATE contact SET address = {mark}", (strange,))


def test_what_no_key_opens_stays_as_it_is_and_is_told(
    rotated: Database, store_settings: StoreSettings
) -> None:
    media = media_of(rotated, store_settings)
    with rotated.transaction() as session:
        put_closed(session, session.query(Resident).one())
    (token,) = media.tokens()
    damaged = media.read_encrypted(token)[:-1] + b"x"
    media.keep_encrypted(token, damaged)
    done = reencrypt(rotated, media)
    assert done.closed.total() == 2
    # The damaged file keeps the old key's id, and must not keep that key in use.
    assert "Key 2: needed no more" in said(done, rotated)
    assert media.read_encrypted(token) == damaged
    assert "2 values or files open with no key" in said(done, rotated)
    with rotated.reading() as session:
        resident = session.query(Resident).one()
        assert resident.person == {"name": "นางสมศรี ใจดี", "phone": "0812345678"}
        with pytest.raises(CannotDecrypt):
            assert line_of(resident).address


def test_a_photo_that_was_taken_back_meanwhile_does_not_come_back(
    rotated: Database, store_settings: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = media_of(rotated, store_settings)
    keep = media.keep

    def keep_late(token: str, data: bytes) -> None:
        with rotated.transaction() as session:
            lifecycle.destroy(session, media, session.query(File).one())
        assert media.tokens() == set()
        keep(token, data)

    monkeypatch.setattr(media, "keep", keep_late)
    reencrypt(rotated, media)
    assert media.tokens() == set()


@pytest.fixture
def old_settings(store_settings: StoreSettings, tmp_path: Path) -> StoreSettings:
    """Prepares a database whose fingerprints depend on DATA_KEY, like those of the first version."""
    database = Database(store_settings)
    derive_fingerprints(database)
    database.close()
    return store_settings


def test_a_filled_database_of_the_first_version_is_upgraded_and_bound_to_its_rows(
    old_settings: StoreSettings, filled: Database
) -> None:
    before = contents(filled)
    go_back(filled)
    upgraded = Database(old_settings)
    upgrade(upgraded)
    assert drift(upgraded) == []
    assert contents(upgraded) == before
    with upgraded.reading() as session:
        keys = [key for kind in (Resident, Case, InboxEvent) for key in session.scalars(select(kind.row_key))]
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {16}
    with upgraded.transaction() as session:
        assert find_or_add_resident(session, upgraded.cipher, SOMSRI).id == 1
        assert upgraded.cipher.secret().opens_unbound
    reencrypt(upgraded, media_of(upgraded, old_settings))
    upgraded.close()
    bound = open_database(old_settings)
    assert versions_and_keys(bound) == {bound.cipher.newest_start}
    assert not bound.cipher.secret().opens_unbound
    assert contents(bound) == before
    bound.close()
