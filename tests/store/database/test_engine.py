"""Tests transactions on both databases: atomic, with a limited wait, durable, and in UTC."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from store.cases.models import Case, CaseEvent
from store.clock import BANGKOK, in_bangkok, now
from store.database.engine import Database, afterwards
from store.operations.models import Heartbeat
from store.residents.models import Resident
from store.residents.residents import find_or_add_resident
from store.settings import StoreSettings
from tests.builders import a_resident
from tests.conftest import settings_for


@pytest.fixture
def sqlite(tmp_path: Path) -> Database:
    return Database(settings_for(f"sqlite:///{tmp_path}/folder/town.db", tmp_path))


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        _fail_halfway(database)
    with database.reading() as session:
        assert session.scalars(select(Resident)).all() == []


def _fail_halfway(database: Database) -> None:
    with database.transaction() as session:
        a_resident(session)
        raise ZeroDivisionError


def test_moments_come_back_as_they_went_in_and_in_utc(database: Database) -> None:
    at = now().astimezone(BANGKOK)
    with database.transaction() as session:
        session.add(Heartbeat(name="x", at=at))
    with database.reading() as session:
        found = session.get_one(Heartbeat, "x").at
    assert found == at
    assert found.utcoffset() == timedelta(0)
    assert in_bangkok(found) == at


def test_rows_that_point_nowhere_are_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(
            CaseEvent(case_id=999, at=now(), action="submit", after="submitted", who="resident", note="")
        )


def test_personal_data_cannot_be_read_from_the_tables(database: Database) -> None:
    user_id = "U" + "5" * 32
    with database.transaction() as session:
        a_resident(session, line_user_id=user_id, person={"name": "นางสมศรี", "phone": "0812345678"})
    with database.reading() as session:
        (raw,) = session.connection().exec_driver_sql("SELECT * FROM resident")
        dump = b"|".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in raw)
    for secret in (user_id, "นางสมศรี", "0812345678"):
        assert secret.encode() not in dump


def test_a_resident_met_twice_is_the_same_even_by_two_workers_at_once(database: Database) -> None:
    def greet(_: int) -> int | None:
        try:
            with database.transaction() as session:
                return find_or_add_resident(session, database.cipher, "U" + "6" * 32).id
        except IntegrityError:
            return None  # The other one was faster; the event is processed again.

    with ThreadPoolExecutor(4) as threads:
        met = set(threads.map(greet, range(8))) - {None}
    assert len(met) == 1


def test_a_look_at_the_data_waits_for_no_writer(database: Database) -> None:
    with database.transaction() as session:
        a_resident(session)
        assert database.answers()
        with database.reading() as other:
            assert other.scalars(select(Resident)).all() == []


def test_many_writers_at_once_all_get_their_turn(database: Database) -> None:
    def write(number: int) -> None:
        with database.transaction() as session:
            session.add(Heartbeat(name=str(number), at=now()))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(40)))
    with database.reading() as session:
        assert len(session.scalars(select(Heartbeat)).all()) == 40


def test_writers_give_up_in_time_even_when_several_wait_for_another_process(
    database: Database, store_settings: StoreSettings
) -> None:
    """Checks that the waits for our own writers and for another process together take no longer than the patience."""
    hasty, patient = Database(store_settings, patience=0.25), Database(store_settings, patience=1.5)
    gave_up: list[Database] = []

    def write(database: Database) -> None:
        with pytest.raises((OperationalError, TimeoutError)), database.transaction() as session:
            session.execute(text("DELETE FROM heartbeat"))
        gave_up.append(database)

    with database.transaction() as session, ThreadPoolExecutor(9) as threads:
        if not database.is_sqlite:
            session.execute(text("LOCK TABLE heartbeat IN EXCLUSIVE MODE"))
        list(threads.map(write, [patient] + [hasty] * 8))
    hasty.close()
    patient.close()
    assert gave_up == [hasty] * 8 + [patient]


def test_what_sqlite_acknowledged_survives_a_power_cut(sqlite: Database) -> None:
    with sqlite.reading() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
    sqlite.close()


@pytest.mark.parametrize("store_settings", ["postgresql"], indirect=True)
def test_what_postgresql_acknowledged_does_too_whatever_its_server_thinks_of_that(
    store_settings: StoreSettings,
) -> None:
    url = make_url(store_settings.database_url)
    with psycopg.connect(store_settings.database_url, autocommit=True) as hasty:
        hasty.execute(f'ALTER DATABASE "{url.database}" SET synchronous_commit = off')  # type: ignore[arg-type]
    with psycopg.connect(store_settings.database_url) as other:
        assert other.execute("SHOW synchronous_commit").fetchone() == ("off",)
    database = Database(store_settings)
    for unit_of_work in (database.transaction, database.reading):
        with unit_of_work() as session:
            assert session.scalar(text("SHOW synchronous_commit")) == "on"
    database.close()


@pytest.mark.parametrize("store_settings", ["postgresql"], indirect=True)
def test_the_server_soon_notices_a_machine_that_vanished_with_locks_in_its_hands(database: Database) -> None:
    with database.transaction() as session:
        if session.scalar(text("SELECT inet_server_addr()")) is None:
            pytest.skip("over a socket of this machine nobody vanishes alone")
        idle, every, times = (
            int(session.scalar(text(f"SELECT setting FROM pg_settings WHERE name = 'tcp_keepalives_{name}'")))
            for name in ("idle", "interval", "count")
        )
    assert idle + every * times <= 60


def test_what_follows_a_transaction_follows_its_commit_and_keeps_nobody_waiting(database: Database) -> None:
    seen: list[int] = []

    def count() -> None:
        with database.transaction() as session:
            seen.append(len(session.scalars(select(Heartbeat)).all()))

    with database.transaction() as session:
        session.add(Heartbeat(name="x", at=now()))
        for _ in range(2):
            afterwards(session, count)
        assert seen == []
    assert seen == [1, 1]


def test_what_should_follow_a_transaction_that_fails_does_not(database: Database) -> None:
    seen: list[str] = []

    def fail() -> None:
        with database.transaction() as session:
            afterwards(session, lambda: seen.append("done"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert seen == []


def test_trouble_after_a_transaction_is_no_trouble_with_it(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []

    def fail() -> None:
        raise OSError("ความลับ")

    with database.transaction() as session:
        afterwards(session, fail)
        afterwards(session, lambda: seen.append("done"))
    assert seen == ["done"]
    assert [(record.levelname, "ความลับ" in record.getMessage()) for record in caplog.records] == [
        ("ERROR", False)
    ]


def test_addresses_as_hosts_hand_them_out_are_understood(tmp_path: Path) -> None:
    for address in ("postgres://u:p@host/db", "postgresql://u:p@host/db", "postgresql+psycopg://u:p@host/db"):
        opened = Database(settings_for(address, tmp_path))
        assert opened.engine.url.drivername == "postgresql+psycopg"
        opened.close()


def test_an_error_does_not_quote_what_residents_wrote(database: Database) -> None:
    with pytest.raises(DBAPIError) as failure, database.transaction() as session:
        session.execute(text("SELECT :secret FROM nowhere"), {"secret": "ความลับ"})
    assert "ความลับ" not in str(failure.value)


def test_a_case_shows_its_number_as_people_write_it() -> None:
    assert Case(number=7, fiscal_year=2570).shown_number == "0007/2570"


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
def test_who_only_reads_need_not_wait_for_who_writes(
    database: Database, store_settings: StoreSettings
) -> None:
    """Checks that a reader with a new connection does not wait for a writer."""
    another = Database(store_settings, patience=0.1)
    with database.transaction(), another.reading() as session:
        assert session.execute(text("PRAGMA auto_vacuum")).scalar_one() == 2
    another.close()
