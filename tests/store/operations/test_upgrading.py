"""Tests that each migration carries a filled database over."""

import hashlib

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import bindparam, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store.audit.chain import AUDIT_KEY, add_checkpoints, verify
from store.audit.log import write_down
from store.audit.models import AuditEntry
from store.broadcasts import approval
from store.broadcasts.models import Broadcast, Mailing, MailingPart, MailingState, StopReason
from store.cases.models import Case, CaseEvent
from store.cases.unsend import note_unsent, was_unsent
from store.cases.workflows import Status
from store.clock import now
from store.database.engine import Database, Instant
from store.files.models import File, FileReason, FileState
from store.jobs import requests
from store.jobs.models import JobKind
from store.messaging import inbox, outbox
from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.states import EventState, MessageState, Reason, Receipt
from store.municipality.profile import Municipality
from store.operations.schema import FOLDER, _config, drift, migrating, upgrade
from store.residents.models import Resident
from store.services import read_services
from store.staff.models import ALL_DEPARTMENTS, Staff
from tests.builders import a_case, a_resident, an_officer, line_of
from tests.store.broadcasts.test_approval import DRAFT

# A database that has run a migration never runs it again: a later change to it would not reach that database. A changed
# schema is a new migration, with a line of its own here. Imports may move, so they do not count.
MIGRATIONS = {
    "0001_first_tables": "1c18dd8e9705e672",
    "0002_row_ids_and_a_secret": "7a46a0a2b94c7099",
    "0003_limits": "74572ee3bed890f7",
    "0005_files_tries": "0b5187f328fa9709",
    "0006_unsent_and_wrong_codes": "64fca5e3d781197c",
    "0008_tries_before_the_work": "21b92eac58254795",
    "0009_people_who_check_each_other": "1f60c98ba9541186",
    "0010_people_who_check_each_other": "4a9ea73e6fff5e1a",
    "0011_buttons_and_bulk_messages": "4cd9e6f43aeb8953",
    "0012_misses": "5fccd4b550ecc455",
    "0013_words_of_staff": "ba2146a9b8976901",
    "0014_reasons_and_receipts": "698a9690f80058aa",
    "0015_jobs": "261c0fdb49b636d7",
    "0016_contacts": "af1b519bb1701e97",
    "0017_workflows": "6e996eb07d86db06",
    "0018_one_audit_log": "a03e957cb587c3f8",
}


def test_no_migration_is_edited_after_databases_have_run_it() -> None:
    found = {path.stem: _digest(path.read_text("utf-8")) for path in FOLDER.glob("versions/0*.py")}
    assert found == MIGRATIONS


def _digest(text: str) -> str:
    kept = [line for line in text.splitlines() if not line.lstrip().startswith(("import ", "from "))]
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()[:16]


def go_back_before(database: Database, revision: str) -> None:
    before = ScriptDirectory(str(FOLDER)).get_revision(revision).down_revision
    with migrating(database) as connection:
        command.downgrade(_config(connection), str(before))


def test_residents_of_yesterday_can_take_back(database: Database) -> None:
    with database.transaction() as session:
        resident = a_resident(session, person={"name": "สมศรี ใจดี"})
        number = resident.id
    go_back_before(database, "0006")
    assert drift(database) != []
    upgrade(database)
    assert drift(database) == []
    with database.transaction() as session:
        resident = session.get_one(Resident, number)
        assert (resident.person, line_of(resident).unsent_at) == ({"name": "สมศรี ใจดี"}, None)
        assert not was_unsent(session, resident, "1", now())
        note_unsent(session, resident, "1", now())
        assert was_unsent(session, resident, "1", line_of(resident).unsent_at or now())


def test_who_wrote_a_broadcast_of_yesterday_is_known_from_its_history(
    database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        author, editor, boss = (an_officer(session, municipality) for _ in range(3))
        waiting, approved = (_written_by(session, author, editor) for _ in range(2))
        # Such an approval was possible before, and stays as it was.
        approved.approver_id = boss.id
        approval.write_down(session, approved, "edit", boss)
        numbers = (waiting.id, approved.id)
        people = (author.id, editor.id, boss.id)
    go_back_before(database, "0009")
    assert drift(database) != []
    upgrade(database)
    assert drift(database) == []
    with database.transaction() as session:
        waiting, approved = (session.get_one(Broadcast, number) for number in numbers)
        assert waiting.written_by == tuple(sorted(people[:2]))
        assert approved.approver_id == people[2]
        assert people[2] not in approved.written_by


def _written_by(session: Session, author: Staff, editor: Staff) -> Broadcast:
    """Returns a broadcast by one, saved by the other, and saved by the first again."""
    broadcast = approval.write_draft(session, DRAFT, author)
    approval.edit(session, broadcast, DRAFT, editor)
    approval.edit(session, broadcast, DRAFT, author)
    return broadcast


def test_who_saw_all_departments_goes_on_seeing_them(database: Database, municipality: Municipality) -> None:
    with database.transaction() as session:
        for name, role, department in (
            ("everywhere", "supervisor", None),
            ("here", "officer", "health"),
            ("admin", "admin", None),
        ):
            an_officer(session, municipality, username=name, role=role, department=department)
    go_back_before(database, "0010")
    with database.engine.connect() as connection:
        then: dict[str, str | None] = dict(
            connection.exec_driver_sql("SELECT username, department FROM staff").all()
        )
        connection.rollback()
    assert then == {"everywhere": None, "here": "health", "admin": None}
    upgrade(database)
    assert drift(database) == []
    with database.reading() as session:
        people = {person.username: person for person in session.query(Staff)}
        assert people["everywhere"].department == ALL_DEPARTMENTS
        assert (people["here"].department, people["admin"].department) == ("health", None)
        assert all(person.may_approve for person in people.values())


def test_why_a_message_waits_or_ended_is_read_from_the_errors_of_yesterday(database: Database) -> None:
    """Checks each reason in both directions: today's row becomes yesterday's error, and is read from it again."""
    with database.transaction() as session:
        resident = a_resident(session)
        for reason, state, receipt in WHY_AND_WHO_HAS_IT:
            row = outbox.put_notice(session, resident, "case_message", {})
            row.state, row.reason, row.receipt = state, reason, receipt
            row.first_tried_at = (
                now() if state is MessageState.READY and receipt is not Receipt.NONE else None
            )
            row.sent_at = now() if state is MessageState.SENT else None
            row.waits_since = now() if reason is Reason.NO_KEY else None
        inbox.accept(session, [inbox.Arrival("one", "lane", now(), {})])
        event = session.query(InboxEvent).one()
        event.state, event.reason, event.error = EventState.DEAD, Reason.FAILED, "ValueError"
    before = _whys(database)
    go_back_before(database, "0014")
    with database.engine.connect() as connection:
        errors = set(connection.exec_driver_sql("SELECT error FROM outbox WHERE error IS NOT NULL").scalars())
        connection.rollback()
    assert {"monthly limit", "refused", "no clear answer", "cannot be written"} <= errors
    upgrade(database)
    assert drift(database) == []
    assert _whys(database) == before


WHY_AND_WHO_HAS_IT = (
    (None, MessageState.READY, Receipt.NONE),
    (Reason.NO_QUOTA, MessageState.READY, Receipt.NONE),
    (Reason.NO_KEY, MessageState.READY, Receipt.NONE),
    (Reason.SERVER_ERROR, MessageState.READY, Receipt.FAILED),
    (Reason.NO_ANSWER, MessageState.READY, Receipt.UNKNOWN),
    (None, MessageState.SENT, Receipt.TAKEN),
    (Reason.REFUSED, MessageState.DEAD, Receipt.NONE),
    (Reason.UNWRITABLE, MessageState.DEAD, Receipt.NONE),
    (Reason.NO_CLEAR_ANSWER, MessageState.DEAD, Receipt.UNKNOWN),
    (Reason.UNDECRYPTABLE, MessageState.DEAD, Receipt.UNKNOWN),
    (Reason.RESTORED, MessageState.DEAD, Receipt.UNKNOWN),
    (Reason.TOO_LATE, MessageState.DROPPED, Receipt.NONE),
    (Reason.IN_DOUBT, MessageState.DROPPED, Receipt.UNKNOWN),
    (Reason.BY_STAFF, MessageState.DROPPED, Receipt.NONE),
)


def _whys(database: Database) -> list[tuple[object, ...]]:
    with database.reading() as session:
        rows = session.query(OutboxRow).order_by(OutboxRow.id)
        whys: list[tuple[object, ...]] = [
            (row.state, row.reason, row.receipt, row.waits_since) for row in rows
        ]
        return whys + [(event.state, event.reason, event.error) for event in session.query(InboxEvent)]


def test_why_a_broadcast_was_stopped_is_carried_over(database: Database, municipality: Municipality) -> None:
    with database.transaction() as session:
        author = an_officer(session, municipality)
        for reason in StopReason:
            broadcast = approval.write_draft(session, DRAFT, author)
            mailing = Mailing(broadcast_id=broadcast.id, part=MailingPart.MESSAGE, due_at=now())
            mailing.state, mailing.reason = MailingState.STOPPED, reason
            session.add(mailing)
    go_back_before(database, "0014")
    upgrade(database)
    with database.reading() as session:
        found = [mailing.reason for mailing in session.query(Mailing).order_by(Mailing.id)]
        assert found == list(StopReason)


def test_why_a_file_was_refused_is_carried_over(database: Database) -> None:
    with database.transaction() as session:
        for number, reason in enumerate([*FileReason, None]):
            file = File(token=str(number), kind="photo", state=FileState.REFUSED, created_at=now())
            file.reason = reason
            session.add(file)
    go_back_before(database, "0014")
    upgrade(database)
    with database.reading() as session:
        assert [file.reason for file in session.query(File).order_by(File.id)] == [*FileReason, None]


def test_jobs_can_be_asked_for_after_the_upgrade(database: Database, municipality: Municipality) -> None:
    with database.transaction() as session:
        asker = an_officer(session, municipality, role="admin").id
    go_back_before(database, "0015")
    assert drift(database) != []
    upgrade(database)
    assert drift(database) == []
    with database.transaction() as session:
        assert requests.ask(session, JobKind.BACKUP, by=asker) is not None
        assert requests.ask(session, JobKind.BACKUP, by=asker) is None


def test_cases_of_yesterday_go_on_under_the_workflow_of_their_service(
    database: Database, municipality: Municipality
) -> None:
    services = read_services()
    with database.transaction() as session:
        for status in Status:
            a_case(session, municipality, status=status, summary=f"ไฟดับ {status}")
        a_case(session, municipality, service=services["water_truck"])
        before = _cases(session)
    indexes = _indexes(database)
    go_back_before(database, "0017")
    upgrade(database)
    assert drift(database) == []
    assert _indexes(database) == indexes
    with database.transaction() as session:
        assert _cases(session) == before
        assert {case.workflow for case in session.query(Case).filter(Case.service != "water_truck")} == {
            "problem"
        }
        assert session.query(Case).filter(Case.service == "water_truck").one().workflow == "request"
        assert session.query(CaseEvent).filter(CaseEvent.case_id == before[-1][0]).count() == 1
        a_case(session, municipality).status = "to_pay"
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(text('UPDATE "case" SET stars = 6'))


def _cases(session: Session) -> list[tuple[object, ...]]:
    cases = session.query(Case).order_by(Case.id)
    return [
        (case.id, case.status, case.summary, case.answers, case.due_on, len(case.events)) for case in cases
    ]


def _indexes(database: Database) -> list[tuple[object, ...]]:
    found = inspect(database.engine).get_indexes("case")
    return sorted(
        (index["name"], index["unique"], sorted(str(where) for where in index["dialect_options"].values()))
        for index in found
    )


def test_what_staff_did_goes_on_in_the_one_audit_log(database: Database, municipality: Municipality) -> None:
    with database.transaction() as session:
        boss = an_officer(session, municipality, role="supervisor")
        number = boss.id
    go_back_before(database, "0018")
    acts = [
        ("add_staff", f"staff {number}: asked by staff 1, nothing to officer health"),
        ("unmask", "case 12"),
        ("tell_many_asked", "bulk message 3: 7 cases"),
        ("refused", "surge.start"),
        ("sign_in", ""),
        ("refused", "broadcast 4 approve"),
    ]
    insert = "INSERT INTO staff_act (id, at, staff_id, act, about, place) VALUES (:id, :at, :by, :act, :about, 'p')"
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM staff_act"))
        for id_, (act, about) in enumerate(acts, 11):
            values = {"id": id_, "at": now(), "by": number, "act": act, "about": about}
            connection.execute(text(insert).bindparams(bindparam("at", type_=Instant())), values)
    upgrade(database)
    assert drift(database) == []
    with database.reading() as session:
        kept = session.query(AuditEntry).order_by(AuditEntry.id).all()
    assert [(one.id, one.act, one.staff_id, one.place) for one in kept] == [
        (id_, act, number, "p") for id_, (act, _) in enumerate(acts, 11)
    ]
    assert [(one.about, one.details) for one in kept] == [
        (f"staff {number}", {"about": "asked by staff 1, nothing to officer health"}),
        ("case 12", {}),
        ("bulk_message 3", {"about": "7 cases"}),
        ("", {"about": "surge.start"}),
        ("", {}),
        ("broadcast 4", {"about": "approve"}),
    ]
    with database.transaction() as session:
        write_down(session, "sign_in", staff_id=number)
    assert add_checkpoints(database) == 7
    with database.engine.connect() as connection:
        assert verify(connection, database.cipher.derived_key(AUDIT_KEY)).fault == ""
