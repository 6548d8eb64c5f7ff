"""Tests that backup and encrypting again, run as jobs, survive the end of a worker and give what the commands give."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from store.database.engine import Database
from store.files.media import Media
from store.jobs import requests
from store.jobs.leases import LEASE
from store.jobs.models import FailReason, Job, JobKind, JobState
from store.jobs.runner import JobRunner
from store.operations import backup_job, reencryption, reencryption_job
from store.operations.backup import restore
from store.operations.data_keys import open_database
from store.operations.job_kinds import job_kinds
from store.operations.reencryption import reencrypt
from store.settings import BackupSettings
from tests.conftest import KEY as OLD_KEY
from tests.store.operations.test_backup import KEY, an_empty_place, contents, lived_in
from tests.store.operations.test_reencryption import NEW_KEY
from tests.town import Town

HELD_BACK = {"outbox", "file", "staff", "staff_session", "audit", "heartbeat", "job"}


def a_runner(
    town: Town, folder: Path, *, key_file: Path | None = None, database: Database | None = None
) -> JobRunner:
    """Returns the runner of another worker, which knows nothing of what the others did."""
    settings = replace(town.settings.store, backup=BackupSettings(folder, key_file))
    database = database or town.database
    kinds = job_kinds(settings, Media(settings.media_url, database.cipher))
    return JobRunner(database, kinds, rest=lambda _: False)


def ask(database: Database, kind: JobKind) -> int:
    with database.transaction() as session:
        job = requests.ask(session, kind, by=None)
        assert job is not None
        return job.id


def found(database: Database, job_id: int) -> Job:
    with database.reading() as session:
        return session.get_one(Job, job_id)


def run_to_the_end(runner: JobRunner) -> None:
    while runner.run_once():
        pass


def with_a_new_worker_for_each_step(town: Town, runner: Callable[[], JobRunner]) -> int:
    """Ends every worker after one step without a word, and lets its lease run out. Returns how many there were."""
    workers = 0
    while runner().run_once():
        workers += 1
        town.clock.shift(LEASE + timedelta(seconds=1))
    return workers


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (backup_job, reencryption_job):
        monkeypatch.setattr(module, "FILES_A_STEP", 1)
    monkeypatch.setattr(reencryption, "AT_ONCE", 2)


@pytest.mark.parametrize("is_sealed", [False, True])
def test_a_backup_by_many_workers_is_whole(town: Town, tmp_path: Path, is_sealed: bool) -> None:
    lived_in(town)
    key_file = tmp_path / "backup.key"
    key_file.write_text("YW5vdGhlciBrZXkgb2YgdGhpcnR5LXR3byBieXRlcyE=\n")
    job_id, folder = ask(town.database, JobKind.BACKUP), tmp_path / "backups"
    workers = with_a_new_worker_for_each_step(
        town, lambda: a_runner(town, folder, key_file=key_file if is_sealed else None)
    )
    assert workers == 4  # rows, two photos, manifest
    job = found(town.database, job_id)
    assert job.state is JobState.DONE
    assert job.result is not None
    assert (job.result["files"], job.result["damaged"]) == (2, 0)
    (backup,) = folder.iterdir()
    assert backup.name == job.result["folder"]
    assert {path.name for path in backup.iterdir()} == {"manifest.json", "tables", "media"}
    database, media = an_empty_place(town, tmp_path)
    told = restore(database, media, backup, key=KEY if is_sealed else None)
    assert (told.rows, told.files) == (job.result["rows"], 2)
    before, after = contents(town.database), contents(database)
    assert {name for name in before if before[name] != after[name]} <= HELD_BACK
    database.close()


def test_a_cancelled_backup_leaves_nothing(town: Town, tmp_path: Path) -> None:
    lived_in(town)
    job_id, runner = ask(town.database, JobKind.BACKUP), a_runner(town, tmp_path / "backups")
    assert runner.run_once()
    assert len(list((tmp_path / "backups").iterdir())) == 1
    with town.database.transaction() as session:
        requests.cancel(session, job_id)
    run_to_the_end(runner)
    assert list((tmp_path / "backups").iterdir()) == []


def test_what_a_killed_worker_left_is_deleted_by_the_next_backup_and_nothing_else(
    town: Town, tmp_path: Path
) -> None:
    lived_in(town)
    folder = tmp_path / "backups"
    ask(town.database, JobKind.BACKUP)
    run_to_the_end(a_runner(town, folder))
    (whole,) = folder.iterdir()
    (folder / "backup-of-somebody").mkdir()
    killed = ask(town.database, JobKind.BACKUP)
    assert a_runner(town, folder).run_once()
    with town.database.transaction() as session:
        requests.cancel(session, killed)
    assert len(list(folder.iterdir())) == 3
    ask(town.database, JobKind.BACKUP)
    run_to_the_end(a_runner(town, folder))
    names = {path.name for path in folder.iterdir()}
    assert {whole.name, "backup-of-somebody"} < names
    assert len(names) == 3


def test_a_worker_on_another_machine_begins_the_backup_anew(town: Town, tmp_path: Path) -> None:
    lived_in(town)
    job_id = ask(town.database, JobKind.BACKUP)
    assert a_runner(town, tmp_path / "here").run_once()
    town.clock.shift(LEASE + timedelta(seconds=1))
    run_to_the_end(a_runner(town, tmp_path / "there"))
    assert found(town.database, job_id).state is JobState.DONE
    (backup,) = (tmp_path / "there").iterdir()
    database, media = an_empty_place(town, tmp_path)
    assert restore(database, media, backup).files == 2
    database.close()


def test_what_only_an_operator_can_change_is_named(town: Town, tmp_path: Path) -> None:
    lived_in(town)
    (tmp_path / "a file").write_text("")
    for runner, reason in (
        (a_runner(town, tmp_path / "a file"), FailReason.NO_FOLDER),
        (a_runner(town, tmp_path / "backups", key_file=tmp_path / "missing"), FailReason.NO_KEY_FILE),
    ):
        job_id = ask(town.database, JobKind.BACKUP)
        run_to_the_end(runner)
        assert (found(town.database, job_id).state, found(town.database, job_id).reason) == ("failed", reason)


def test_without_a_folder_no_worker_takes_a_backup(town: Town) -> None:
    ask(town.database, JobKind.BACKUP)
    assert not JobRunner(town.database, job_kinds(town.settings.store, town.app.media)).run_once()


def test_a_damaged_file_is_counted(town: Town, tmp_path: Path) -> None:
    lived_in(town)
    token = min(town.app.media.tokens())
    town.app.media.keep_encrypted(token, b"something else")
    job_id = ask(town.database, JobKind.BACKUP)
    run_to_the_end(a_runner(town, tmp_path / "backups"))
    result = found(town.database, job_id).result
    assert result is not None
    assert (result["files"], result["damaged"]) == (2, 1)
    shutil.rmtree(tmp_path / "backups")


def test_encrypting_again_by_many_workers_leaves_nothing_of_the_old_key(town: Town, tmp_path: Path) -> None:
    lived_in(town)
    settings = replace(town.settings.store, data_keys=(NEW_KEY, OLD_KEY))
    rotated = open_database(settings)
    job_id = ask(rotated, JobKind.REENCRYPT)
    workers = with_a_new_worker_for_each_step(town, lambda: a_runner(town, tmp_path, database=rotated))
    job = found(rotated, job_id)
    assert workers > 10
    assert job.result is not None
    assert (job.state, job.result["closed"], job.result["left"], job.result["files"]) == ("done", 0, 0, 2)
    again = reencrypt(rotated, Media(settings.media_url, rotated.cipher))
    assert (again.rows, again.files, again.is_complete) == (0, 0, True)
    rotated.close()
    alone = open_database(replace(settings, data_keys=(NEW_KEY,)))
    media = Media(settings.media_url, alone.cipher)
    assert all(media.read(token) for token in media.tokens())
    alone.close()
