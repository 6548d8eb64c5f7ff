"""Tests what `python -m store` leaves behind, and how it tells a timer that something is wrong."""

import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.worker.schedule import extend_audit_chain
from store.cases.workflows import Status
from tests.children import run
from tests.processes import environment
from tests.stories.scenes import a_case_of, friend
from tests.town import Town, photo

pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)


def store(town: Town, *words: str, **variables: str) -> Any:
    return run([sys.executable, "-m", "store", *words], env={**environment(town), **variables}, check=False)


def test_a_restored_database_is_one_file(town: Town, tmp_path: Path) -> None:
    """Checks it, because an operator who copies the file must not leave rows behind in a log beside it."""
    friend(town)
    assert store(town, "backup", str(tmp_path / "backup")).returncode == 0
    place = {"DATABASE_URL": f"sqlite:///{tmp_path}/new.db", "MEDIA_URL": str(tmp_path / "new")}
    restored = store(town, "restore", str(tmp_path / "backup"), **place)
    assert restored.returncode == 0, restored.stderr
    assert not (tmp_path / "new.db-wal").exists()
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("new.db-*"))


def test_a_backup_without_some_of_the_files_is_taken_and_ends_with_1(town: Town, tmp_path: Path) -> None:
    friend(town).sends_photos([photo()])
    town.settle()
    (token,) = town.app.media.tokens()
    town.app.media.discard(token)
    ended = store(town, "backup", str(tmp_path / "backup"))
    assert ended.returncode == 1
    assert "1 files are damaged or missing where they lie now" in ended.stdout
    assert (tmp_path / "backup" / "manifest.json").exists()


def test_a_timer_learns_of_the_first_entry_of_the_audit_log_that_was_changed(town: Town) -> None:
    friend(town).says("ไฟถนนดับ")
    a_case_of(town, friend(town, "มาลี"), Status.DONE)
    sound = store(town, "verify-audit")
    assert (sound.returncode, sound.stdout) == (
        0,
        "0 entries are as they were written; 3 have no checkpoint yet.\n",
    )
    extend_audit_chain(town.database)
    anchor = store(town, "verify-audit", "--anchor").stdout.strip()
    assert anchor.startswith("1:")
    assert store(town, "verify-audit", "--against", anchor).stdout.startswith("3 entries are as they were")
    assert store(town, "verify-audit", "--against", "nonsense").returncode == 2
    with town.database.transaction() as session:
        session.execute(text("DROP TRIGGER audit_no_update"))
        session.execute(text("UPDATE audit SET staff_id = 99 WHERE id = 2"))
    changed = store(town, "verify-audit")
    assert changed.returncode == 1
    assert "entry 2 was changed" in changed.stdout
