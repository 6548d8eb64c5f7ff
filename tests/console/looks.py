"""Looking into the database from outside, to see what a request changed."""

from typing import Any

from sqlalchemy import select

from store.audit.models import AuditEntry
from store.cases.models import Case, CaseEvent
from store.database.engine import Database, Table
from store.messaging.models import OutboxRow
from store.staff.models import Staff

# Moves by signing in, being there, looking and being refused; what else changes was done to somebody.
_RESTLESS = frozenset({"audit", "staff_session", "sign_in_try", "sign_in_streak", "limited_use"})


def snapshot(
    database: Database, *, without: frozenset[str] = frozenset()
) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as it lies there."""
    rows = {}
    with database.engine.connect() as connection:
        for name in Table.metadata.tables:
            if name not in _RESTLESS | without:
                found = connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()
                rows[name] = sorted((tuple(map(_plain, row)) for row in found), key=repr)
        connection.rollback()
    return rows


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def status_of(database: Database, case_id: int) -> str:
    with database.reading() as session:
        return session.get_one(Case, case_id).status


def events_of(database: Database, case_id: int) -> list[CaseEvent]:
    with database.reading() as session:
        query = select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)
        return list(session.scalars(query))


def notices_of(database: Database, case_id: int) -> list[str | None]:
    with database.reading() as session:
        query = select(OutboxRow.notice).where(OutboxRow.case_id == case_id).order_by(OutboxRow.id)
        return list(session.scalars(query))


def refusals_of(database: Database) -> list[tuple[str, str | None, str | None]]:
    """Returns of each refusal what it was about, the act and the reason."""
    return [
        (row.about, row.details.get("act"), row.details.get("reason")) for row in acts_of(database, "refused")
    ]


def acts_of(database: Database, act: str) -> list[AuditEntry]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.act == act)))


def person_of(database: Database, username: str) -> Staff:
    with database.reading() as session:
        return session.scalars(select(Staff).where(Staff.username == username)).one()
