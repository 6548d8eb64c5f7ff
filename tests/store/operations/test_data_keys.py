"""Tests DATA_KEY and the secret of the database: fingerprints stay, and with a wrong key nothing is written."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from store.clock import now
from store.database.encryption import Cipher, WrongDataKey
from store.database.engine import Database
from store.database.models import Secret
from store.files.media import Media
from store.messaging import inbox
from store.messaging.inbox import Arrival
from store.messaging.models import InboxEvent
from store.operations.archive import BadBackup
from store.operations.backup import back_up, restore
from store.operations.data_keys import open_database
from store.operations.readiness import Readiness
from store.operations.schema import is_newest, upgrade
from store.residents.models import Contact, Resident
from store.residents.residents import find_or_add_resident
from store.settings import StoreSettings
from tests.before_row_keys import derive_fingerprints, go_back
from tests.conftest import KEY, settings_for

NEW_KEY, OTHER_KEY = b"a newer key that has 32 bytes...", b"the key of another municipality."
SOMSRI, MALEE = "U" + "5" * 32, "U" + "6" * 32


@pytest.fixture
def old_database(store_settings: StoreSettings) -> Iterator[Database]:
    """Creates a database with a resident, from the time when fingerprints still depended on DATA_KEY."""
    database = Database(store_settings)
    derive_fingerprints(database)
    meet_resident(database, SOMSRI)
    go_back(database)
    database.close()
    database = Database(store_settings)
    yield database
    database.close()


def meet_resident(database: Database, line_user_id: str) -> int:
    with database.transaction() as session:
        return find_or_add_resident(session, database.cipher, line_user_id).id


def with_keys(settings: StoreSettings, *keys: bytes) -> StoreSettings:
    return replace(settings, data_keys=keys)


def upgraded(settings: StoreSettings, *keys: bytes) -> Database:
    database = Database(with_keys(settings, *keys))
    try:
        upgrade(database)
    except WrongDataKey:
        database.close()
        raise
    return database


def test_each_new_database_has_fingerprints_of_its_own(tmp_path: Path) -> None:
    databases = [Database(settings_for(f"sqlite:///{tmp_path}/{name}.db", tmp_path)) for name in "ab"]
    for database in databases:
        upgrade(database)
    one, other = (database.cipher.fingerprint(SOMSRI) for database in databases)
    assert one != other
    again = Database(settings_for(f"sqlite:///{tmp_path}/a.db", tmp_path))
    assert again.cipher.fingerprint(SOMSRI) == one
    for database in (*databases, again):
        database.close()


@pytest.mark.parametrize("keys", [(KEY,), (NEW_KEY, KEY), (KEY, NEW_KEY)])
def test_residents_are_found_again_after_the_upgrade_and_whatever_key_comes_later(
    old_database: Database, store_settings: StoreSettings, keys: tuple[bytes, ...]
) -> None:
    database = upgraded(store_settings, *keys)
    assert meet_resident(database, SOMSRI) == 1
    database.close()
    rotated = open_database(with_keys(store_settings, b"the third key, thirty-two bytes.", *keys))
    assert (meet_resident(rotated, SOMSRI), meet_resident(rotated, MALEE)) == (1, 2)
    rotated.close()


def test_an_upgrade_with_the_wrong_key_changes_nothing(
    old_database: Database, store_settings: StoreSettings
) -> None:
    with pytest.raises(WrongDataKey, match="DATA_KEY does not open what this database holds"):
        upgraded(store_settings, OTHER_KEY)
    assert not is_newest(old_database)
    upgrade(old_database)
    assert meet_resident(old_database, SOMSRI) == 1


def test_an_upgrade_without_the_oldest_key_changes_nothing(
    old_database: Database, store_settings: StoreSettings
) -> None:
    with old_database.engine.begin() as connection:
        encrypted = Cipher((NEW_KEY,)).encrypt(f'"{SOMSRI}"'.encode(), "resident.line_user_id")
        connection.exec_driver_sql(
            "UPDATE resident SET line_user_id = " + ("?" if old_database.is_sqlite else "%s"), (encrypted,)
        )
    with pytest.raises(WrongDataKey, match="lacks the oldest key"):
        upgraded(store_settings, NEW_KEY)
    database = upgraded(store_settings, NEW_KEY, KEY)
    assert meet_resident(database, SOMSRI) == 1
    database.close()


def test_a_process_with_the_wrong_key_does_not_start(
    database: Database, store_settings: StoreSettings
) -> None:
    meet_resident(database, SOMSRI)
    with pytest.raises(WrongDataKey, match="Set the key it was written with"):
        open_database(with_keys(store_settings, OTHER_KEY))
    assert meet_resident(database, SOMSRI) == 1


def test_a_process_that_could_not_ask_at_its_start_writes_nothing_with_the_wrong_key(
    database: Database, store_settings: StoreSettings
) -> None:
    stranger = Database(with_keys(store_settings, OTHER_KEY))
    for write in (
        lambda session: inbox.accept(session, [Arrival("1", "a", now(), {"text": "ไฟดับ"})]),
        lambda session: session.add(Resident(person={"name": SOMSRI}, created_at=now())),
    ):
        with pytest.raises(Exception, match="DATA_KEY"), stranger.transaction() as session:
            write(session)
    stranger.close()
    with database.reading() as session:
        assert [session.query(kind).count() for kind in (InboxEvent, Resident)] == [0, 0]


def test_a_database_without_its_secret_asks_for_the_upgrade(
    database: Database, store_settings: StoreSettings
) -> None:
    with database.transaction() as session:
        session.execute(delete(Secret))
    with pytest.raises(WrongDataKey, match="python -m store upgrade"):
        open_database(store_settings)


def test_a_new_key_that_was_put_last_does_no_harm(database: Database, store_settings: StoreSettings) -> None:
    meet_resident(database, SOMSRI)
    appended = open_database(with_keys(store_settings, KEY, NEW_KEY))
    assert (meet_resident(appended, SOMSRI), meet_resident(appended, MALEE)) == (1, 2)
    assert meet_resident(database, MALEE) == 2
    with database.reading() as session:
        assert [contact.address for contact in session.scalars(select(Contact))] == [SOMSRI, MALEE]
    appended.close()


def test_ready_means_that_the_keys_fit(database: Database, store_settings: StoreSettings) -> None:
    stranger = Database(with_keys(store_settings, OTHER_KEY))
    assert "DATA_KEY does not open what is stored" in Readiness(stranger).report()[1]["reasons"]
    assert "DATA_KEY does not open what is stored" not in Readiness(database).report()[1]["reasons"]
    stranger.close()


def test_a_backup_is_not_restored_with_the_wrong_key(database: Database, tmp_path: Path) -> None:
    meet_resident(database, SOMSRI)
    back_up(database, Media(str(tmp_path / "media"), database.cipher), tmp_path / "backup")
    settings = settings_for(f"sqlite:///{tmp_path}/other.db", tmp_path / "other")
    for keys, residents in (((OTHER_KEY,), 0), ((NEW_KEY, KEY), 1)):
        other = upgraded(settings, OTHER_KEY, *keys)
        other.close()
        other = Database(with_keys(settings, *keys))
        try:
            restore(other, Media(str(tmp_path / "other"), other.cipher), tmp_path / "backup")
        except BadBackup:
            assert not residents
        with other.reading() as session:
            assert session.query(Resident).count() == residents
        other.close()
