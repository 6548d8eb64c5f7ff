"""Tests that an encrypted value can be decrypted in its own row and column only, in any table, and blocks no other
row.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count, permutations
from typing import Any

import pytest
from sqlalchemy import Column, LargeBinary, column, inspect, select, table, text, type_coerce, update
from sqlalchemy.orm import Session

from store.broadcasts.models import Mailing
from store.cases.models import BulkMessage, Case
from store.clock import now
from store.database.encrypted_rows import EncryptedRow
from store.database.encryption import CannotDecrypt, Cipher, DatabaseSecret
from store.database.engine import Database, Table
from store.database.models import Secret
from store.files.models import File
from store.messaging import inbox
from store.messaging.inbox import Arrival
from store.messaging.models import InboxEvent, OutboxRow
from store.operations.data_keys import encrypted_columns
from store.residents.models import Contact, Resident
from store.settings import StoreSettings
from store.staff.models import Staff
from tests.builders import a_resident
from tests.conftest import KEY

# Values that a CHECK requires; every other value is made up by its type.
PARTICULARS: dict[type[Table], dict[str, Any]] = {
    BulkMessage: {"state": "waiting"},
    Case: {"status": "submitted"},
    Contact: {"channel": "line"},
    File: {"state": "kept"},
    Mailing: {"part": "message"},
    OutboxRow: {"kind": "reply"},
    Staff: {"role": "officer"},
}
MADE_UP: dict[str, Any] = {
    "String": str,
    "Text": str,
    "Integer": int,
    "Boolean": lambda _: False,
    "JSON": lambda _: {},
    "Date": lambda _: date(2026, 1, 1),
    "Instant": lambda _: datetime(2026, 1, 1, tzinfo=UTC),
}
KINDS = {mapper.local_table: mapper.class_ for mapper in Table.registry.mappers}
SEALED = dict(encrypted_columns())


def make(session: Session, kind: type[Table], serial: Iterator[int]) -> Any:
    """Creates a row with every encrypted value, and the rows it needs."""
    n, values = next(serial), dict(PARTICULARS.get(kind, {}))
    for made in inspect(kind).columns:
        needs_nothing = made.nullable or made.primary_key or made.default is not None
        if needs_nothing or made.name in values or made.type.__class__.__name__ == "EncryptedColumn":
            continue
        if made.foreign_keys:
            (key,) = made.foreign_keys
            values[made.name] = make(session, KINDS[key.column.table], serial).id
        else:
            values[made.name] = MADE_UP[type(made.type).__name__](n)
    for name in getattr(kind, "encrypted_names", ()):
        values[name] = {"of": f"{kind.__tablename__}.{name} {n}"}
    row = kind(**values)
    session.add(row)
    session.flush()
    return row


def raw(database: Database, encrypted: Column[Any], row_id: int) -> bytes:
    with database.reading() as session:
        query = select(type_coerce(encrypted, LargeBinary)).where(encrypted.table.c.id == row_id)
        return bytes(session.scalars(query).one())


def put_raw(database: Database, encrypted: Column[Any], row_id: int, value: bytes) -> None:
    plain = table(encrypted.table.name, column("id"), column(encrypted.name, LargeBinary))
    with database.transaction() as session:
        session.execute(update(plain).where(plain.c.id == row_id).values({encrypted.name: value}))


def closed_values(database: Database, kind: type[Table], row_id: int) -> list[str]:
    """Returns the names of the values that cannot be decrypted; loading the row is always possible."""
    closed = []
    with database.reading() as session:
        row: Any = session.get_one(kind, row_id)
        for name in row.encrypted_names:
            try:
                assert getattr(row, name)["of"].startswith(f"{kind.__tablename__}.{name} ")
            except CannotDecrypt:
                closed.append(name)
        assert row.can_be_read() is (not closed)
    return closed


def test_every_table_with_sealed_values_has_keys_for_its_rows() -> None:
    assert len(SEALED) >= 18
    for about, encrypted in SEALED.items():
        kind = KINDS[encrypted.table]
        assert issubclass(kind, EncryptedRow)
        assert encrypted.name in kind.encrypted_names
        # Addresses were moved with their rows' keys, and stay bound to the place that they come from.
        bound_to = "contact.address" if about == "resident.line_user_id" else about
        assert bound_to == f"{encrypted.table.name}.{encrypted.name}"


@pytest.fixture
def rows(database: Database) -> dict[str, tuple[int, int]]:
    """Creates two rows of each table with encrypted values, with every value set."""
    serial = count(1)
    with database.transaction() as session:
        return {
            name: (make(session, kind, serial).id, make(session, kind, serial).id)
            for name, kind in {
                encrypted.table.name: KINDS[encrypted.table] for encrypted in SEALED.values()
            }.items()
        }


def test_values_that_change_their_rows_do_not_open(
    database: Database, rows: dict[str, tuple[int, int]]
) -> None:
    for encrypted in SEALED.values():
        kind, pair = KINDS[encrypted.table], rows[encrypted.table.name]
        first, second = (raw(database, encrypted, row) for row in pair)
        put_raw(database, encrypted, pair[0], second)
        put_raw(database, encrypted, pair[1], first)
        assert [closed_values(database, kind, row) for row in pair] == [[encrypted.name]] * 2
        put_raw(database, encrypted, pair[0], first)
        put_raw(database, encrypted, pair[1], second)
        assert [closed_values(database, kind, row) for row in pair] == [[], []]


def test_values_that_change_their_columns_do_not_open(
    database: Database, rows: dict[str, tuple[int, int]]
) -> None:
    for encrypted, target in permutations(SEALED.values(), 2):
        row, target_row = rows[encrypted.table.name][0], rows[target.table.name][0]
        mine = raw(database, target, target_row)
        put_raw(database, target, target_row, raw(database, encrypted, row))
        assert closed_values(database, KINDS[target.table], target_row) == [target.name]
        put_raw(database, target, target_row, mine)


def test_each_row_has_a_key_of_its_own_however_it_came_about(database: Database) -> None:
    with database.transaction() as session:
        inbox.accept(session, [Arrival(str(n), "a", now(), {}) for n in range(3)])
        session.add(InboxEvent(event_id="without", lane="a", occurred_at=now(), arrived_at=now()))
        a_resident(session)
        a_resident(session)
    with database.reading() as session:
        keys = [*session.scalars(select(InboxEvent.row_key)), *session.scalars(select(Resident.row_key))]
    assert len(set(keys)) == len(keys) == 6
    assert {len(key) for key in keys} == {16}


def test_a_row_that_the_version_before_added_gets_a_key_with_its_first_new_value(database: Database) -> None:
    with database.transaction() as session:
        at = now()
        session.add(InboxEvent(event_id="1", lane="a", occurred_at=at, arrived_at=at))
    with database.transaction() as session:
        # The value that the database itself gives to a row that is added without a key.
        session.execute(
            text(
                "INSERT INTO inbox (event_id, lane, occurred_at, arrived_at, state, tries) "
                "SELECT '2', lane, occurred_at, arrived_at, state, tries FROM inbox"
            )
        )
    with database.transaction() as session:
        session.query(InboxEvent).filter_by(event_id="2").one().body = {"text": "ไฟดับ"}
    with database.reading() as session:
        event = session.query(InboxEvent).filter_by(event_id="2").one()
        assert (event.body, len(event.row_key)) == ({"text": "ไฟดับ"}, 16)


def test_a_row_keeps_its_key(database: Database) -> None:
    with database.transaction() as session:
        resident = a_resident(session)
        with pytest.raises(ValueError, match="keeps its key"):
            resident.row_key = b"another key of a row"


def test_values_bound_to_no_row_open_only_where_they_may_still_be(
    database: Database, store_settings: StoreSettings
) -> None:
    """Checks a value written before rows had keys: it is refused, and readable only where the secret allows it."""
    encrypted = SEALED["resident.person"]
    with database.transaction() as session:
        row = a_resident(session).id
    put_raw(
        database, encrypted, row, Cipher((KEY,)).encrypt(b'{"of": "resident.person 1"}', "resident.person")
    )
    with database.reading() as session, pytest.raises(CannotDecrypt):
        assert session.get_one(Resident, row).person
    with database.transaction() as session:
        secret = DatabaseSecret(database.cipher.secret().fingerprint_key, opens_unbound=True)
        session.get_one(Secret, "town").value = secret.encrypted(database.cipher)
    again = Database(store_settings)
    with again.reading() as session:
        assert session.get_one(Resident, row).person == {"of": "resident.person 1"}
    again.close()
