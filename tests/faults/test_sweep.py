"""Tests that bytes which a killed process stored and never recorded are found and deleted, and no others."""

import os
import secrets
from functools import partial
from pathlib import Path

import time_machine

from bot.worker.schedule import tidy_up
from store.clock import now
from store.database.engine import Database
from store.files.decoding import Decoded
from store.files.lifecycle import UNCLAIMED_FOR, note_kept, want
from store.files.media import Media
from store.files.models import FileState
from store.settings import StoreSettings
from tests.builders import a_resident

PHOTO = Decoded(b"a photo", "image/jpeg", place=None)


def lie_about(folder: Path, name: str, *, hours: float) -> None:
    """Stores bytes as a process that was killed long ago left them behind."""
    path = folder / name[:2] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"...")
    at = now().timestamp() - hours * UNCLAIMED_FOR.total_seconds()
    os.utime(path, (at, at))


def lying(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*/*")}


def test_bytes_without_a_row_are_swept_when_they_are_old(
    database: Database, store_settings: StoreSettings, clock: time_machine.Traveller
) -> None:
    folder = Path(store_settings.media_url)
    old, half_written, new = (secrets.token_urlsafe(20) for _ in range(3))
    lie_about(folder, old, hours=2)
    lie_about(folder, f"{half_written}.part", hours=2)
    lie_about(folder, new, hours=0.5)
    tidy_up(database, Media(store_settings.media_url, database.cipher))
    assert lying(folder) == {new}


def test_bytes_that_a_row_speaks_of_or_waits_for_stay(
    database: Database, store_settings: StoreSettings, clock: time_machine.Traveller
) -> None:
    folder = Path(store_settings.media_url)
    with database.transaction() as session:
        resident = a_resident(session)
        wish = partial(want, session, resident, kind="photo", name="", album=None, for_conversation=True)
        kept, wanted, refused = (wish(line_message_id=f"{n}") for n in range(3))
        note_kept(kept, PHOTO)
        refused.state = FileState.REFUSED
        for file in (kept, wanted, refused):
            lie_about(folder, file.token, hours=2)
        spoken_of = {kept.token, wanted.token}
    tidy_up(database, Media(store_settings.media_url, database.cipher))
    assert lying(folder) == spoken_of
