"""Tests the page of jobs: what it starts, shows and cancels, and that it says plainly what cannot be done."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from staff_console.settings import ConsoleSettings
from staff_console.web import create_app
from store.database.engine import Database
from store.files.media import Media
from store.jobs import leases, requests
from store.jobs.leases import Progress
from store.jobs.models import FailReason, Job, JobKind, JobState, Phase
from store.jobs.runner import JobRunner
from store.operations.job_kinds import job_kinds
from store.settings import BackupSettings, StoreSettings
from tests.console.conftest import SECRET_KEY, office_of
from tests.console.looks import acts_of
from tests.console.pages import Person, visit


@pytest.fixture
def with_folder(store_settings: StoreSettings, tmp_path: Path) -> StoreSettings:
    return replace(store_settings, backup=BackupSettings(tmp_path / "backups"))


@pytest.fixture
def app(with_folder: StoreSettings, clock: time_machine.Traveller) -> Iterator[Flask]:
    app = create_app(ConsoleSettings(store=with_folder, secret_key=SECRET_KEY))
    yield app
    office_of(app).database.close()


def shown(person: Person) -> str:
    return visit(person.client, "/jobs").html


def pressed(person: Person, address: str) -> str:
    """Sends the form of this address, and returns the page that follows."""
    token = next(iter(visit(person.client, "/jobs").forms)).fields["csrf_token"]
    answer = person.client.post(address, data={"csrf_token": token}, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def only_job(database: Database) -> Job:
    with database.reading() as session:
        return session.query(Job).one()


def test_a_backup_is_started_runs_and_tells_where_it_lies(
    admin: Person, database: Database, with_folder: StoreSettings, tmp_path: Path
) -> None:
    page = pressed(admin, "/jobs/backup")
    assert "รับงานแล้ว" in page
    assert "รอทำ" in page
    assert pressed(admin, "/jobs/backup").count("<article") == 1
    job = only_job(database)
    assert [(act.about, act.details) for act in acts_of(database, "start_job")] == [
        (f"job {job.id}", {"kind": "backup"})
    ]
    kinds = job_kinds(with_folder, Media(with_folder.media_url, database.cipher))
    runner = JobRunner(database, kinds, rest=lambda _: False)
    while runner.run_once():
        pass
    (backup,) = (tmp_path / "backups").iterdir()
    page = shown(admin)
    assert "สำรองแล้ว" in page
    assert backup.name in page


def test_progress_is_shown_and_polled_until_the_job_ends(admin: Person, database: Database) -> None:
    pressed(admin, "/jobs/reencrypt")
    with database.transaction() as session:
        held = leases.claim(session, [JobKind.REENCRYPT])
        assert held is not None
        leases.save(session, held, {"round": 1}, Progress(Phase.ROWS, 1200, 4800))
    page = shown(admin)
    assert '<progress max="100" value="25"' in page
    assert "1,200" in page
    told = admin.client.get("/jobs/progress").get_json()
    assert told == {
        "parts": {"1": {"percent": 25, "state": "running", "phase": "rows", "done": 1200, "total": 4800}}
    }
    with database.transaction() as session:
        leases.fail(session, held, FailReason.ERROR, "0a1b2c3d")
    page = shown(admin)
    assert "0a1b2c3d" in page
    assert "<progress" not in page
    assert "data-progress=" not in page


def test_an_open_job_is_cancelled_once(admin: Person, database: Database) -> None:
    pressed(admin, "/jobs/reencrypt")
    job = only_job(database)
    assert "ยกเลิกงานแล้ว" in pressed(admin, f"/jobs/{job.id}/cancel")
    assert only_job(database).state is JobState.CANCELLED
    assert "งานนี้จบไปแล้ว" in pressed(admin, f"/jobs/{job.id}/cancel")
    assert [act.about for act in acts_of(database, "cancel_job")] == [f"job {job.id}"]


@pytest.mark.parametrize("row_id", ["9999", "abc", str(2**70)])
def test_a_job_that_never_was_is_not_found(admin: Person, database: Database, row_id: str) -> None:
    answer = admin.client.post(f"/jobs/{row_id}/cancel", data={"csrf_token": admin.token()})
    assert answer.status_code == 404
    assert acts_of(database, "cancel_job") == []


def test_without_a_folder_the_page_says_so_and_starts_no_backup(
    clock: time_machine.Traveller, store_settings: StoreSettings, admin: Person, database: Database
) -> None:
    office = office_of(admin.client.application)
    bare = replace(office, settings=replace(office.settings, store=store_settings))
    admin.client.application.extensions["context"] = bare
    assert "BACKUP_FOLDER" in shown(admin)
    assert 'action="/jobs/backup"' not in shown(admin)
    assert "ยังเริ่มไม่ได้" in pressed(admin, "/jobs/backup")
    with database.reading() as session:
        assert requests.newest(session) == []


def test_no_job_is_started_without_the_token_of_the_form(admin: Person, database: Database) -> None:
    answer = admin.client.post("/jobs/reencrypt", data={"csrf_token": "forged"})
    assert answer.status_code == 400
    with database.reading() as session:
        assert requests.newest(session) == []


@pytest.mark.parametrize("reason", FailReason)
def test_every_reason_has_its_words(admin: Person, database: Database, reason: FailReason) -> None:
    with database.transaction() as session:
        job = requests.ask(session, JobKind.BACKUP, by=None)
        held = leases.claim(session, [JobKind.BACKUP])
        assert job is not None
        assert held is not None
        leases.fail(session, held, reason)
    assert "ไม่สำเร็จ" in shown(admin)
