"""A filled database of yesterday is carried over by each migration."""

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from store.broadcast_models import Broadcast
from store.broadcasts import approval
from store.clock import now
from store.db import Database
from store.models import Resident
from store.municipality import Municipality
from store.schema import FOLDER, _config, drift, upgrade
from store.staff_models import ALL_DEPARTMENTS, Staff
from store.taking_back import note_unsent, was_unsent
from tests.builders import a_resident, an_officer
from tests.store.test_broadcasts import DRAFT


def go_back_before(database: Database, revision: str) -> None:
    before = ScriptDirectory(str(FOLDER)).get_revision(revision).down_revision
    with database.engine.connect() as connection:
        command.downgrade(_config(connection), str(before))
        connection.commit()


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
        assert (resident.person, resident.unsent_at) == ({"name": "สมศรี ใจดี"}, None)
        assert not was_unsent(session, resident, "1", now())
        note_unsent(session, resident, "1", now())
        assert was_unsent(session, resident, "1", resident.unsent_at or now())


def test_who_wrote_a_broadcast_of_yesterday_is_known_from_its_history(
    database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        author, editor, boss = (an_officer(session, municipality) for _ in range(3))
        waiting, approved = (_written_by(session, author, editor) for _ in range(2))
        # Such an approval was possible before: it stays as it was.
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
