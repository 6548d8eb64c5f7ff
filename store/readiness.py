"""Whether the system can do its work: what `/readyz` of web and console answers."""

from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from store import inbox, outbox
from store.db import Database
from store.heartbeats import is_alive
from store.sealing import WrongDataKey

# A backlog older than this means residents wait for answers.
LATE_AFTER_SECONDS = 60


def readiness(database: Database) -> tuple[bool, dict[str, Any]]:
    """(ready, report). The report names every reason why not, and counts, never contents."""
    try:
        with database.reading() as session:
            worker = is_alive(session, "worker")
            events, events_age = inbox.backlog(session)
            rows, rows_age = outbox.backlog(session)
        reasons = _trouble_with_keys(database)
    except (SQLAlchemyError, TimeoutError):
        return False, {"ready": False, "reasons": ["database does not answer"]}
    if not worker:
        reasons.append("worker shows no sign of life")
    if events_age > LATE_AFTER_SECONDS:
        reasons.append("inbox is late")
    if rows_age > LATE_AFTER_SECONDS:
        reasons.append("outbox is late")
    report = {
        "ready": not reasons,
        "reasons": reasons,
        "inbox": {"waiting": events, "eldest_seconds": round(events_age, 1)},
        "outbox": {"waiting": rows, "eldest_seconds": round(rows_age, 1)},
    }
    return not reasons, report


def _trouble_with_keys(database: Database) -> list[str]:
    try:
        database.sealer.read_secret()
    except WrongDataKey:
        return ["DATA_KEY does not open what is stored"]
    return []
