"""Tests that a query finds exactly the objects about which the map says yes, for every person and every permission."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.broadcasts import approval, models, testers
from store.cases import bulk
from store.cases.models import BulkMessage, Case
from store.database.engine import Database
from store.messaging import outbox
from store.messaging.models import OutboxRow
from store.municipality.profile import Municipality
from store.staff.models import ALL_DEPARTMENTS, Staff
from store.staff.permissions import Permission, allows, permitted
from tests.builders import a_case, a_resident, an_officer
from tests.store.broadcasts.test_approval import DRAFT

ABOUT_CASES = (
    Permission.CASES_READ,
    Permission.CASES_ACT,
    Permission.CASES_UNMASK,
    Permission.CASES_SET_LEVEL,
    Permission.FILES_READ,
)
KINDS: dict[Permission, Any] = {
    **dict.fromkeys(ABOUT_CASES, Case),
    Permission.BULK_READ: BulkMessage,
    Permission.BULK_RELEASE: BulkMessage,
    Permission.BULK_REFUSE: BulkMessage,
    Permission.BROADCASTS_READ: models.Broadcast,
    Permission.BROADCASTS_ACT: models.Broadcast,
    Permission.TESTERS_REMOVE: models.Tester,
}


def _fill(session: Session, municipality: Municipality) -> list[Staff]:
    """Adds objects of two people in two departments; returns people of every kind, those two among them."""
    engineer, nurse = (
        an_officer(session, municipality, department=code) for code in ("engineering", "health")
    )
    for author in (engineer, nurse):
        case = a_case(session, municipality, department=author.department)
        bulk.ask(session, author, [case], "รอสักครู่ค่ะ")
        testers.invite(session, author)
        approval.write_draft(session, DRAFT, author)
    nowhere = an_officer(session, municipality)
    nowhere.department = None
    return [
        engineer,
        nurse,
        nowhere,
        an_officer(session, municipality, department=ALL_DEPARTMENTS),
        an_officer(session, municipality, role="supervisor", department="health"),
        an_officer(session, municipality, role="supervisor", department=None),
        an_officer(session, municipality, role="admin", department=None),
    ]


@pytest.mark.parametrize(("permission", "kind"), list(KINDS.items()))
def test_the_query_and_the_question_about_one_object_agree(
    database: Database, municipality: Municipality, permission: Permission, kind: Any
) -> None:
    with database.transaction() as session:
        people = _fill(session, municipality)
        things = list(session.scalars(select(kind)))
        assert len(things) == 2
        for person in people:
            found = set(session.scalars(select(kind.id).where(permitted(person, permission, kind))))
            assert found == {thing.id for thing in things if allows(person, permission, thing)}


def test_messages_of_no_case_are_seen_by_all_who_handle_them(
    database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        people = _fill(session, municipality)
        for department in ("engineering", "health", None):
            case = a_case(session, municipality, department=department) if department else None
            resident = case.resident if case else a_resident(session)
            outbox.put_notice(session, resident, "case_message", {}, case_id=case.id if case else None)
        session.flush()
        rows = session.execute(select(OutboxRow, Case).outerjoin(Case, Case.id == OutboxRow.case_id)).all()
        assert any(case is None for _, case in rows)
        for person in people:
            seen = permitted(person, Permission.DEAD_LETTERS_HANDLE, Case)
            query = select(OutboxRow.id).outerjoin(Case, Case.id == OutboxRow.case_id).where(seen)
            allowed = {row.id for row, case in rows if allows(person, Permission.DEAD_LETTERS_HANDLE, case)}
            assert set(session.scalars(query)) == allowed
