"""Says whether the system can do its work: the answer of `/readyz` of web and console."""

import shutil
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from store.database.encryption import WrongDataKey
from store.database.engine import Database
from store.messaging import inbox, outbox
from store.operations.heartbeats import is_alive
from store.operations.schema import revision_in, trouble_in

# With a backlog older than this, residents wait for answers.
LATE_AFTER_SECONDS = 60
MIN_ROOM = 16 * 2**20
COMPARE_EVERY_SECONDS = 300.0
ASK_THE_DOCTOR = "python -m bot doctor says more"


class Readiness:
    """Checks readiness in one process.

    Comparing the tables takes a while: once they are right they are compared again when the schema's revision changes,
    and every few minutes. Less free space than `least_room` bytes on SQLite's disk is reported.
    """

    def __init__(
        self,
        database: Database,
        *,
        least_room: int = MIN_ROOM,
        compare_every: float = COMPARE_EVERY_SECONDS,
    ) -> None:
        self._database = database
        self._least_room = least_room
        self._compare_every = compare_every
        self._right: str | None = None
        self._compare_at = 0.0

    def report(self) -> tuple[bool, dict[str, Any]]:
        """Returns (ready, report). The report names every reason why not, and holds counts, never contents."""
        try:
            with self._database.reading() as session:
                trouble = self._trouble(session.connection()) or _trouble_with_keys(self._database)
                report = {"reasons": trouble} if trouble else _work(session)
            report["reasons"] += self._trouble_with_room()
        except (SQLAlchemyError, TimeoutError):
            report = {"reasons": ["database does not answer"]}
        ready = not report["reasons"]
        return ready, {"ready": ready, **report}

    def _trouble(self, connection: Connection) -> list[str]:
        found = revision_in(connection)
        if found is not None and found == self._right and time.monotonic() < self._compare_at:
            return []
        trouble = trouble_in(connection)
        if trouble:
            return [f"the database cannot be worked with: {trouble[0]} ({ASK_THE_DOCTOR})"]
        self._right, self._compare_at = found, time.monotonic() + self._compare_every
        return []

    def _trouble_with_room(self) -> list[str]:
        if not self._database.is_sqlite:
            return []
        file = Path(self._database.engine.url.database or "")
        try:
            free = shutil.disk_usage(file.parent).free
        except OSError:
            return ["the folder of the database is gone"]
        return ["the disk is full"] if free < self._least_room else []


def _work(session: Session) -> dict[str, Any]:
    events, events_age = inbox.backlog(session)
    rows, rows_age = outbox.backlog(session)
    reasons = []
    if not is_alive(session, "worker"):
        reasons.append("worker shows no sign of life")
    if events_age > LATE_AFTER_SECONDS:
        reasons.append("inbox is late")
    if rows_age > LATE_AFTER_SECONDS:
        reasons.append("outbox is late")
    return {
        "reasons": reasons,
        "inbox": {"waiting": events, "oldest_seconds": round(events_age, 1)},
        "outbox": {"waiting": rows, "oldest_seconds": round(rows_age, 1)},
    }


def _trouble_with_keys(database: Database) -> list[str]:
    try:
        database.cipher.read_secret()
    except WrongDataKey:
        return ["DATA_KEY does not open what is stored"]
    return []
