"""Every row of a database as it lies there: read in one consistent look, written into another, compared.

Sealed values travel sealed: a copy needs the same DATA_KEY, and shows nobody more than the original does.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from store.db import Database, Instant
from store.models import TABLES, Secret
from store.sealing import Sealed

AT_ONCE = 500


class NotEmpty(ValueError):
    """Rows are only ever written into a database that has none."""


class Differs(ValueError):
    """What was written is not what was read."""


def plain_tables() -> list[Table]:
    """The tables in an order in which each comes after those it points at, with sealed columns as bytes."""
    tables = []
    for table in TABLES.sorted_tables:
        columns = [Column(c.name, _plain_type(c), primary_key=c.primary_key) for c in table.columns]
        tables.append(Table(table.name, MetaData(), *columns))
    return tables


def _plain_type(column: Column[Any]) -> Any:
    return LargeBinary() if isinstance(column.type, Sealed) else column.type


@contextmanager
def one_look(database: Database) -> Iterator[Connection]:
    """All reads in here see the same moment, while others go on writing."""
    options = {"reading": True} if database.is_sqlite else {"isolation_level": "REPEATABLE READ"}
    with database.engine.connect().execution_options(**options) as connection:
        yield connection


def read_rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    """The table's rows by primary key, without loading them all."""
    query = select(table).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=AT_ONCE).execute(query):
        yield dict(row._mapping)


def must_be_empty(connection: Connection) -> None:
    for table in plain_tables():
        if table.name == Secret.__tablename__:
            continue  # Every migrated database has one of its own, which gives way to that of the original.
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise NotEmpty(f"the database already has rows in {table.name}: nothing was changed")


def write_rows(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> int:
    """Inserts the rows; returns how many. Pointers within the table itself follow when all rows are there."""
    own = _pointers_to_itself(table.name)
    if table.name == Secret.__tablename__:
        connection.execute(delete(table))
    count, later = 0, []
    for batch in _batches(rows):
        count += len(batch)
        later += [row for row in batch if any(row[name] is not None for name in own)]
        connection.execute(insert(table), [{**row, **dict.fromkeys(own)} for row in batch])
    for name in own:
        # No column may bear the name of a parameter, or SQLAlchemy refuses the statement.
        point = (
            update(table)
            .where(table.c.id == bindparam("row_to_change"))
            .values({name: bindparam("points_at")})
        )
        pointing = [
            {"row_to_change": row["id"], "points_at": row[name]} for row in later if row[name] is not None
        ]
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


def _pointers_to_itself(name: str) -> list[str]:
    columns = TABLES.tables[name].columns
    return [c.name for c in columns for key in c.foreign_keys if key.column.table.name == name]


def _go_on_counting(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers rows by a sequence that does not notice rows written with their numbers."""
    keys = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(keys) != 1 or not isinstance(keys[0].type, Integer):
        return
    last = connection.execute(select(func.max(keys[0]))).scalar()
    if last is not None:
        name = f'"{table.name}"'
        sequence = text("SELECT setval(pg_get_serial_sequence(:name, :key), :last)")
        connection.execute(sequence, {"name": name, "key": keys[0].name, "last": last})


def as_line(row: dict[str, Any]) -> str:
    """One row as one line of JSON, the same for the same row whatever database it came from."""
    return json.dumps({name: _written(value) for name, value in row.items()}, ensure_ascii=False)


def from_line(table: Table, line: str) -> dict[str, Any]:
    return {name: _read(table.c[name], value) for name, value in json.loads(line).items()}


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
    """A hash over all rows in order: equal for equal contents in any database."""
    total = hashlib.sha256()
    for row in read_rows(connection, table):
        total.update(as_line(row).encode("utf-8", "surrogatepass") + b"\n")
    return total.hexdigest()


def copy_database(source: Database, target: Database) -> dict[str, int]:
    """Copies every row into an empty, migrated database and compares both; returns rows by table.

    NotEmpty or Differs leaves the target as it was.
    """
    with one_look(source) as reading, target.engine.begin() as writing:
        must_be_empty(writing)
        counts = {}
        for table in plain_tables():
            counts[table.name] = write_rows(writing, table, read_rows(reading, table))
        for table in plain_tables():
            if digest(reading, table) != digest(writing, table):
                raise Differs(f"{table.name} differs after copying: nothing was kept")
        return counts
