"""Takes a backup as a job, into a folder of its own below BACKUP_FOLDER.

The rows of a backup are of one moment, so they are written in one step; a worker that ends within it begins anew, in
another folder. Files are copied step by step. `unfinished` holds what the later steps need; a folder without
manifest.json is no backup, and the next one deletes it.
"""

import errno
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from store.clock import in_bangkok, now
from store.files.media import Media
from store.jobs.leases import Progress
from store.jobs.models import FailReason, Phase
from store.jobs.runner import JobFailed, Work
from store.operations.archive import to_disk
from store.operations.backup_parts import CopiedFiles, Rows, copy_files, write_rest, write_rows_of_now
from store.settings import BackupSettings, SettingsError, data_keys

FILES_A_STEP = 20
UNFINISHED: Final = "unfinished"
# The name of a folder that a job made: when, the number of the job, the number of its lease.
_OURS = re.compile(r"backup-\d{8}-\d{4}-job(\d{1,9})-(\d{1,9})")


class BackupJob:
    """Takes backups for a worker whose settings name a folder for them."""

    def __init__(self, settings: BackupSettings, media: Media) -> None:
        self._settings, self._media = settings, media

    def step(self, work: Work) -> None:
        with _failures_named():
            folder = self._folder_of(work)
            if folder is None:
                self._write_rows(work)
            elif work.cursor["next"] < work.cursor["files"]:
                self._copy_files(work, folder)
            else:
                self._write_manifest(work, folder)

    def abandon(self, work: Work) -> None:
        """Deletes what this job has written."""
        for folder in self._unfinished_folders():
            if int(_number_of_job(folder)) == work.held.job_id:
                shutil.rmtree(folder, ignore_errors=True)

    def _folder_of(self, work: Work) -> Path | None:
        """Returns the folder that holds the rows; None where they must be written first.

        That is also so when the step before ran on another machine, whose folder is not here.
        """
        if not work.cursor:
            return None
        folder = self._settings.folder / work.cursor["folder"]
        return folder if (folder / UNFINISHED).is_dir() else None

    def _write_rows(self, work: Work) -> None:
        for left in self._unfinished_folders():
            shutil.rmtree(left, ignore_errors=True)
        name = f"backup-{in_bangkok(now()):%Y%m%d-%H%M}-job{work.held.job_id}-{work.held.lease}"
        folder = self._settings.folder / name

        def go_on(done: int, total: int) -> None:
            work.go_on(Progress(Phase.ROWS, done, total))

        rows = write_rows_of_now(work.database, folder, self._key(), go_on)
        tokens = sorted(self._media.tokens())
        (folder / UNFINISHED).mkdir()
        _write(folder / UNFINISHED / "rows.json", asdict(rows))
        _write(folder / UNFINISHED / "tokens.json", tokens)
        to_disk([*folder.glob("tables/*"), *folder.glob(f"{UNFINISHED}/*"), folder])
        with work.database.transaction() as session:
            cursor = {"folder": name, "files": len(tokens), "next": 0}
            work.save(session, cursor, Progress(Phase.FILES, 0, len(tokens)))

    def _copy_files(self, work: Work, folder: Path) -> None:
        first, total = work.cursor["next"], work.cursor["files"]
        tokens = _read(folder / UNFINISHED / "tokens.json")[first : first + FILES_A_STEP]
        copied = copy_files(self._media, folder, tokens)
        part = folder / UNFINISHED / f"files-{first:09d}.json"
        _write(part, asdict(copied))
        to_disk([*(folder / "media" / token for token in copied.entries), part])
        with work.database.transaction() as session:
            after = first + len(tokens)
            work.save(session, {**work.cursor, "next": after}, Progress(Phase.FILES, after, total))

    def _write_manifest(self, work: Work, folder: Path) -> None:
        copied = CopiedFiles({}, {})
        for path in sorted(folder.glob(f"{UNFINISHED}/files-*.json")):
            part = CopiedFiles(**_read(path))
            copied.entries.update(part.entries)
            copied.damaged.update(part.damaged)
        rows = Rows(**_read(folder / UNFINISHED / "rows.json"))
        damaged = write_rest(work.database, folder, self._key(), rows, copied)
        to_disk([folder / "manifest.json", folder])
        with work.database.transaction() as session:
            counts = {"rows": rows.count, "files": len(copied.entries), "damaged": len(damaged)}
            work.finish(session, {"folder": folder.name, **counts})
        shutil.rmtree(folder / UNFINISHED, ignore_errors=True)

    def _unfinished_folders(self) -> Iterator[Path]:
        for folder in self._settings.folder.glob("backup-*"):
            if _OURS.fullmatch(folder.name) and not (folder / "manifest.json").exists():
                yield folder

    def _key(self) -> bytes | None:
        if self._settings.key_file is None:
            return None
        try:
            return data_keys(self._settings.key_file.read_text().strip())[0]
        except (OSError, ValueError, SettingsError) as error:
            raise JobFailed(FailReason.NO_KEY_FILE) from error


def _number_of_job(folder: Path) -> str:
    found = _OURS.fullmatch(folder.name)
    return found[1] if found else "0"


@contextmanager
def _failures_named() -> Iterator[None]:
    """Raises JobFailed for what only an operator can change."""
    try:
        yield
    except PermissionError as error:
        raise JobFailed(FailReason.NO_FOLDER) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise JobFailed(FailReason.NO_ROOM) from error
        if error.errno in (errno.EROFS, errno.ENOTDIR):
            raise JobFailed(FailReason.NO_FOLDER) from error
        raise


def _write(path: Path, value: Any) -> None:
    rough = path.with_suffix(".part")
    rough.write_text(json.dumps(value))
    rough.replace(path)


def _read(path: Path) -> Any:
    return json.loads(path.read_text())
