"""Reads all rows of a database in one consistent snapshot, writes them into another, and compares both.

The tables are read as the database has them, whatever its schema, so that an old backup can be read into tables of its
own schema. Encrypted values stay encrypted: a copy needs the same DATA_KEY, and reveals no more than the original does.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.types import TypeEngine

from store.database.engine import Database, Instant
from store.database.models import Secret

AT_ONCE = 500
# The table of the migrations, not of the town.
NOT_OURS = "alembic_version"


class NotEmpty(ValueError):
    """Says that the target has rows; rows are only written into a database that has none."""


class Differs(ValueError):
    """Says that the copy differs from the original."""


class DoesNotFit(ValueError):
    """Says that a row has a column that its table lacks."""


def tables_in(connection: Connection) -> list[Table]:
    """Returns the tables of this database, each after those it references, with encrypted columns as bytes."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name != NOT_OURS)
    for table in found.sorted_tables:
        for column in table.columns:
            column.type = _plain_type(column)
    return found.sorted_tables


def _plain_type(column: Column[Any]) -> TypeEngine[Any]:
    """Returns our type where the database's own type would change the value: lose a time zone, or make null of JSON
    null.
    """
    if isinstance(column.type, DateTime):
        return Instant()
    if isinstance(column.type, JSON):
        return JSON(none_as_null=bool(column.nullable))
    return column.type


@contextmanager
def one_look(database: Database) -> Iterator[Connection]:
    """Opens a connection whose reads all see the same moment, while others go on writing."""
    options = {"reading": True} if database.is_sqlite else {"isolation_level": "REPEATABLE READ"}
    with database.engine.connect().execution_options(**options) as connection:
        yield connection


def read_rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    """Yields the table's rows by primary key, without loading them all.

    SQLite lets anybody write a number or a text into a column of bytes. It is read as bytes, which cannot be decrypted
    either, so that it can be written to any database with the rest.
    """
    of_bytes = [column.name for column in table.columns if isinstance(column.type, LargeBinary)]
    query = select(table).order_by(*(_in_order(connection, key) for key in table.primary_key.columns))
    for row in connection.execution_options(yield_per=AT_ONCE).execute(query):
        values = dict(row._mapping)
        yield {**values, **{name: _as_bytes(values[name]) for name in of_bytes}}


def _as_bytes(value: Any) -> bytes | None:
    return value if value is None or isinstance(value, bytes) else str(value).encode()


def _in_order(connection: Connection, key: Column[Any]) -> ColumnElement[Any]:
    """Returns the key for ordering: SQLite sorts texts by their bytes, PostgreSQL by its locale, and both must
    agree.
    """
    if connection.dialect.name == "postgresql" and isinstance(key.type, String):
        return key.collate("C")
    return key


def must_be_empty(connection: Connection) -> None:
    for table in tables_in(connection):
        if table.name == Secret.__tablename__:
            continue  # Every migrated database has its own secret; the original replaces it.
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise NotEmpty(f"the database already has rows in {table.name}: nothing was changed")


def write_rows(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> int:
    """Inserts the rows; returns how many. References within the table itself are set when all rows are there."""
    own = _pointers_to_itself(table)
    if table.name == Secret.__tablename__:
        connection.execute(delete(table))
    count, later = 0, []
    for batch in _batches(rows):
        count += len(batch)
        later += [(name, row["id"], row[name]) for row in batch for name in own if row.get(name) is not None]
        connection.execute(insert(table), [{**row, **dict.fromkeys(own)} for row in batch])
    for name in own:
        # No column may have the name of a parameter, or SQLAlchemy refuses the statement.
        point = (
            update(table)
            .where(table.c.id == bindparam("row_to_change"))
            .values({name: bindparam("points_at")})
        )
        pointing = [{"row_to_change": row, "points_at": to} for which, row, to in later if which == name]
        if pointing:
            connection.execute(point, pointing)
    _go_on_counting(connection, table)
    return count


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _pointers_to_itself(table: Table) -> list[str]:
    return [c.name for c in table.columns for key in c.foreign_keys if key.column.table is table]


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Sets PostgreSQL's sequence, which does not notice rows written with explicit ids."""
    keys = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(keys) != 1 or not isinstance(keys[0].type, Integer):
        return
    last = connection.execute(select(func.max(keys[0]))).scalar()
    if last is not None:
        name = f'"{table.name}"'
        sequence = text("SELECT setval(pg_get_serial_sequence(:name, :key), :last)")
        connection.execute(sequence, {"name": name, "key": keys[0].name, "last": last})


def as_line(row: dict[str, Any]) -> str:
    """Returns one row as one line of JSON, the same for the same row in any database."""
    return json.dumps({name: _written(value) for name, value in sorted(row.items())}, ensure_ascii=False)


def from_line(table: Table, line: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(line)
    if stray := row.keys() - table.c.keys():
        raise DoesNotFit(
            f"{table.name} has no {', '.join(sorted(stray))}: its tables are not those of its schema"
        )
    return {name: _read(table.c[name], value) for name, value in row.items()}


def _written(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, date | datetime) else value


def _read(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value)
    if isinstance(column.type, Instant):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if column.type.python_type is date else value


def digest(connection: Connection, table: Table) -> str:
    """Returns a hash over all rows in order: equal for equal contents in any database."""
    total = hashlib.sha256()
    for row in read_rows(connection, table):
        total.update(as_line(row).encode("utf-8", "surrogatepass") + b"\n")
    return total.hexdigest()


def copy_rows(reading: Connection, writing: Connection) -> dict[str, int]:
    """Copies every row into empty tables of the same schema and compares both; returns the number of rows by table."""
    sources, targets = tables_in(reading), {table.name: table for table in tables_in(writing)}
    counts = {}
    for table in sources:
        if table.name not in targets:
            raise DoesNotFit(f"there is no {table.name} to copy into: its tables are not those of its schema")
        counts[table.name] = write_rows(writing, targets[table.name], read_rows(reading, table))
    for table in sources:
        if digest(reading, table) != digest(writing, targets[table.name]):
            raise Differs(f"{table.name} differs after copying: nothing was kept")
    return counts
