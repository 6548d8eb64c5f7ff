"""Adds checkpoints to the audit log, and finds the first entry that was changed, removed or inserted afterwards.

Whoever writes an entry waits for nothing: the worker adds a checkpoint for what was written, within a minute or two.
It holds the digest of each of its entries, and a hash over itself and the hash of the checkpoint before. Digests and
hashes are keyed with a secret of this database, which is encrypted with DATA_KEY: who can write the tables but has no
key cannot make them. Who has both can make a whole new chain, and only an anchor that is kept elsewhere shows that.
"""

import hashlib
import hmac
import json
import logging
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store.audit.models import AuditCheckpoint, AuditEntry
from store.clock import now
from store.database.engine import Database
from store.errors import Refusal

log = logging.getLogger(__name__)

AT_ONCE = 500
AUDIT_KEY: Final = "audit log"
# Stands for the hash before the first checkpoint.
_BEGINNING: Final = ""
_BEFORE_ALL = -(2**62)
_ANCHOR = re.compile(r"(\d{1,9}):([0-9a-f]{64})")
# As the driver returns them: a value that no longer fits its column is a changed entry, not a crash.
_ENTRIES = text(
    "SELECT id, at, act, staff_id, resident_id, subject, subject_id, before, after, details, place, session "
    "FROM audit WHERE id > :after AND id <= :last ORDER BY id LIMIT :most"
)
_CHECKPOINTS = text("SELECT id, at, first_id, last_id, entries, hash FROM audit_checkpoint ORDER BY id")
_PENDING = text("SELECT count(*) FROM audit WHERE id > :after")
# Whoever has inserted an entry holds this lock until their transaction ends.
_WRITERS = text(
    "SELECT virtualtransaction FROM pg_locks WHERE mode = 'RowExclusiveLock'"
    " AND relation = CAST('audit' AS regclass)"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_WAIT_SECONDS, _LOOK_EVERY_SECONDS = 2.0, 0.02


class BadAnchor(Refusal):
    """Says that a text is no anchor."""


@dataclass(frozen=True)
class Anchor:
    """Names a checkpoint and its hash. Kept elsewhere, it shows whether the chain up to there is still the same."""

    checkpoint: int
    hash: str

    def __str__(self) -> str:
        return f"{self.checkpoint}:{self.hash}"


@dataclass(frozen=True)
class Verdict:
    """Holds what `verify` found: how many entries have a checkpoint and how many not yet, and the newest checkpoint.

    `fault` names the first thing that is wrong and is empty if nothing is; the counts end there.
    """

    checked: int = 0
    pending: int = 0
    head: Anchor | None = None
    fault: str = ""


def read_anchor(typed: str) -> Anchor:
    if (match := _ANCHOR.fullmatch(typed.strip())) is None:
        raise BadAnchor("An anchor is a number, a colon and 64 hexadecimal digits, as --anchor prints it.")
    return Anchor(int(match[1]), match[2])


def add_checkpoints(database: Database) -> int:
    """Adds checkpoints for the entries that were written, each of at most 500; returns how many entries these are.

    An entry gets one only when no entry with a lower id can still be committed: on PostgreSQL it waits for
    the transactions that are just writing entries, at most two seconds, and else leaves everything to the next call.
    They do not wait for it.
    """
    last, count = _last_settled(database), 0
    while batch := _add_one(database, last):
        count += batch
    return count


def _last_settled(database: Database) -> int:
    """Returns an id up to which all entries are committed or never will be; 0 if that is not known now.

    PostgreSQL gives ids before the commit. But whoever was given a lower id than the newest committed one holds a lock
    on the table by then, so when the holders of this lock are gone, no lower id can appear any more.
    """
    with database.reading() as session:
        last = session.scalar(select(func.max(AuditEntry.id))) or 0
        if database.is_sqlite or _all_gone(session, set(session.scalars(_WRITERS))):
            return last
    return 0


def _all_gone(session: Session, writers: set[str]) -> bool:
    give_up_at = time.monotonic() + _WAIT_SECONDS
    while writers and time.monotonic() < give_up_at:
        time.sleep(_LOOK_EVERY_SECONDS)
        writers &= set(session.scalars(_WRITERS))
    return not writers


def _add_one(database: Database, last: int) -> int:
    """Adds one checkpoint; returns how many entries it has. It is 0 also if another worker has just added the same."""
    try:
        with database.transaction() as session:
            return _add_next(session, database.cipher.derived_key(AUDIT_KEY), last)
    except IntegrityError:
        return 0


def _add_next(session: Session, key: bytes, last: int) -> int:
    before = session.scalars(
        select(AuditCheckpoint).order_by(AuditCheckpoint.id.desc()).limit(1)
    ).one_or_none()
    after = before.last_id if before else _BEFORE_ALL
    entries = _digests(session.connection(), key, after, last, AT_ONCE)
    if not entries:
        return 0
    made = AuditCheckpoint(
        id=before.id + 1 if before else 1,
        at=now(),
        first_id=entries[0][0],
        last_id=entries[-1][0],
        entries=entries,
    )
    made.hash = _hash_of(key, before.hash if before else _BEGINNING, made)
    session.add(made)
    session.flush()
    # In the logs, which leave this machine, the hash is an anchor.
    log.info(
        "audit log has a new checkpoint", extra={"anchor": f"{made.id}:{made.hash}", "count": len(entries)}
    )
    return len(entries)


def verify(connection: Connection, key: bytes, anchor: Anchor | None = None) -> Verdict:
    """Checks the whole log in the order of its entries, and that the chain has the checkpoint that `anchor` names.

    An entry without a checkpoint cannot be checked. `connection` must see all tables as of one moment.
    """
    previous, after, found = _BEGINNING, _BEFORE_ALL, Verdict()
    for number, row in enumerate(connection.execute(_CHECKPOINTS).mappings().all(), 1):
        one = AuditCheckpoint(**{**row, "at": _moment(row["at"]), "entries": _parsed(row["entries"])})
        if fault := _fault_of_checkpoint(key, number, one, previous) or _fault_of_entries(
            connection, key, one, after
        ):
            return replace(found, fault=fault)
        if anchor and anchor.checkpoint == number and anchor.hash != one.hash:
            return replace(
                found, fault=f"checkpoint {number} is not that of the anchor: the log was written anew"
            )
        previous, after = one.hash, one.last_id
        found = replace(found, checked=found.checked + len(one.entries), head=Anchor(number, one.hash))
    found = replace(found, pending=connection.execute(_PENDING, {"after": after}).scalar_one())
    if anchor and anchor.checkpoint > (found.head.checkpoint if found.head else 0):
        return replace(found, fault=f"checkpoint {anchor.checkpoint}, which the anchor names, was removed")
    return found


def _fault_of_checkpoint(key: bytes, number: int, one: AuditCheckpoint, previous: str) -> str:
    if one.id != number:
        return f"checkpoint {number} was removed"
    if one.hash != _hash_of(key, previous, one):
        return f"checkpoint {number}, of the entries {one.first_id} to {one.last_id}, was changed"
    return ""


def _fault_of_entries(connection: Connection, key: bytes, one: AuditCheckpoint, after: int) -> str:
    """Compares the entries of one checkpoint, and those between it and the one before, with their digests."""
    known: dict[int, str] = dict(one.entries)
    # One more than there were is enough to find the first that was inserted.
    found: dict[int, str] = dict(_digests(connection, key, after, one.last_id, len(known) + 1))
    for number in sorted(known.keys() | found.keys()):
        if number not in found:
            return f"entry {number} was removed"
        if number not in known:
            return f"entry {number} was inserted"
        if known[number] != found[number]:
            return f"entry {number} was changed"
    return ""


def _digests(connection: Connection, key: bytes, after: int, last: int, most: int) -> list[list[Any]]:
    """Returns the ids of entries, each with the digest of its values, in order."""
    rows = connection.execute(_ENTRIES, {"after": after, "last": last, "most": most}).mappings()
    return [[row["id"], _keyed(key, _plain(row))[:32]] for row in rows]


def _plain(row: Mapping[Any, Any]) -> list[Any]:
    values = {**row, "at": _written(_moment(row["at"])), "details": _parsed(row["details"])}
    return list(values.values())


def _hash_of(key: bytes, previous: str, one: AuditCheckpoint) -> str:
    return _keyed(key, [previous, one.id, _written(one.at), one.first_id, one.last_id, one.entries])


def _keyed(key: bytes, values: Iterable[Any]) -> str:
    """Returns the HMAC-SHA256 of the values, in hex, written so that every database gives the same."""
    plain = json.dumps(list(values), sort_keys=True, separators=(",", ":"), default=repr)
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()


def _moment(value: Any) -> Any:
    """Returns a moment as a datetime; SQLite returns text, which is in UTC. What is no moment stays as it is."""
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value
    except ValueError:
        return value


def _written(moment: Any) -> Any:
    return (
        moment.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(moment, datetime) else moment
    )


def _parsed(value: Any) -> Any:
    """Returns a value of a JSON column; SQLite returns its text. What is no JSON stays as it is."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value
