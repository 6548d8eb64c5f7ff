"""A filled database of yesterday is carried over by each migration."""

from alembic import command
from alembic.script import ScriptDirectory

from store.clock import now
from store.db import Database
from store.models import Resident
from store.schema import FOLDER, _config, drift, upgrade
from store.taking_back import note_unsent, was_unsent
from tests.builders import a_resident


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
