"""Tests that the demo's town has a past, so that the console has everything to show."""

from collections import Counter

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.broadcasts import testers
from store.broadcasts.models import Broadcast, EmergencyTemplate
from store.cases import queue
from store.cases.models import Case, CaseEvent
from store.cases.queue import Filters, Tab
from store.clock import now, today
from store.database.engine import Database
from store.municipality.profile import Municipality
from store.operations.demo_town import CASES, PEOPLE, give_a_past
from store.staff.models import Staff
from tests.builders import an_officer


@pytest.fixture
def town(clock: time_machine.Traveller, database: Database, municipality: Municipality) -> Database:
    with database.transaction() as session:
        an_officer(session, municipality, username="malee")
        an_officer(session, municipality, username="somchai", department="office")
        an_officer(session, municipality, username="wichai", role="supervisor", department=None)
        give_a_past(session, municipality, {name: f"U{n:032x}" for n, name in enumerate(PEOPLE)})
    return database


def superior(session: Session) -> Staff:
    return session.scalars(select(Staff).where(Staff.username == "wichai")).one()


def test_every_tab_of_the_queue_has_a_case(town: Database) -> None:
    with town.reading() as session:
        counts = queue.count_tabs(session, superior(session), Filters())
        departments = set(session.scalars(select(Case.department)))
        reopened = session.scalars(select(Case).where(Case.times_reopened > 0)).one()
        stars = [case.stars for case in session.scalars(select(Case)) if case.stars]
    assert all(counts[tab] for tab in Tab)
    assert len(departments) == 2
    assert reopened.due_on < today()
    assert stars == [4]


def test_a_database_with_cases_gets_no_past(town: Database, municipality: Municipality) -> None:
    line_ids = {name: f"U{n:032x}" for n, name in enumerate(PEOPLE)}
    with town.transaction() as session:
        before = session.query(Case).count()
        with pytest.raises(SystemExit, match="empty database"):
            give_a_past(session, municipality, line_ids)
        assert session.query(Case).count() == before


def test_what_happened_is_dated_when_it_happened(town: Database) -> None:
    with town.reading() as session:
        for case in session.scalars(select(Case)):
            days = [(now() - event.at).days for event in case.events]
            assert days == sorted(days, reverse=True)
            assert days[0] == (now() - case.entered_at).days
        oldest = session.scalars(select(CaseEvent).order_by(CaseEvent.at)).first()
        assert oldest is not None
        assert (now() - oldest.at).days == max(past.days for past in CASES)


def test_broadcasts_stand_in_every_state_and_none_was_approved_by_its_author(town: Database) -> None:
    with town.reading() as session:
        found = list(session.scalars(select(Broadcast)))
        states = Counter(broadcast.status for broadcast in found)
        expired = [b.title for b in found if b.valid_until and b.valid_until < now()]
        approved = [b for b in found if b.approver_id]
        template = session.scalars(select(EmergencyTemplate)).one()
        linked = [bool(tester.resident_id) for tester in testers.list_testers(session)]
    assert states == {"draft": 1, "submitted": 2, "returned": 1, "approved": 2, "cancelled": 1}
    assert expired == ["อบรมอาสาสมัคร"]
    assert [bool(broadcast.send_at) for broadcast in approved] == [True, False]
    assert all(b.approver_id not in (b.author_id, b.editor_id) for b in approved)
    assert template.approver_id not in (None, template.author_id)
    assert linked == [True, False]
