"""Encrypts all values and files again with the first key of DATA_KEY, so that old keys can be removed.

Values that an early version stored without binding them to their row are bound to it. The command runs while the
system works: it locks a few rows at a time while it reads and writes them, so that no other write is lost. After an
interruption it can be run again. Values that no key decrypts stay as they are and are counted.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import (
    Integer,
    LargeBinary,
    TableClause,
    bindparam,
    column,
    func,
    or_,
    select,
    table,
    update,
)
from sqlalchemy.orm import Session

from store.database.encryption import (
    CannotDecrypt,
    DatabaseCipher,
    cipher_of,
    decrypt_secret,
    is_unbound,
    key_id_of,
    new_row_key,
)
from store.database.engine import Database
from store.database.models import Secret
from store.files.media import Media
from store.files.models import File, FileState
from store.operations.data_keys import TOWN, beginning, count_by_key, encrypted_columns

AT_ONCE = 100
REST_SECONDS = 0.02
# Locked rows are tried again later; a process with an older DATA_KEY may go on writing for ever.
MAX_ROUNDS = 5
TELL_EVERY_SECONDS = 2.0


@dataclass
class Reencryption:
    """Counts the rows and files that were encrypted again.

    `closed` counts, by key id, the values and files that no key decrypts; `left` the values of each key at the end.
    `is_complete` says that nothing is left that could be encrypted again.
    """

    rows: int = 0
    files: int = 0
    closed: Counter[bytes] = field(default_factory=Counter)
    is_complete: bool = True
    left: Counter[bytes] | None = None


def reencrypt(
    database: Database, media: Media, tell: Callable[[str], object] = lambda _: None
) -> Reencryption:
    """Encrypts all values and files again. `tell` is called with progress from time to time."""
    done, by_key = Reencryption(), Counter[bytes]()
    say = _Progress(tell).say
    for encrypted in encrypted_tables():
        _reencrypt_table(database, encrypted, done, say)
    _reencrypt_files(database, media, done, by_key, say)
    with database.reading() as session:
        by_start = count_left(session)
    for start, count in by_start.items():
        by_key[key_id_of(start)] += count
    done.left = by_key
    reencrypt_secret(database, by_start)
    return done


def sentences(done: Reencryption, cipher: DatabaseCipher) -> Iterator[str]:
    """Yields sentences about what was done, and which keys are still needed."""
    # A value that cannot be decrypted needs no key, although it has the id of one.
    needed = (done.left or Counter()) - done.closed
    yield f"{done.rows} rows and {done.files} files were encrypted again with the first key of DATA_KEY."
    for number, key_id in enumerate(cipher.key_ids, start=1):
        if number == 1:
            yield "Key 1: in use."
        elif needed[key_id]:
            yield f"Key {number}: still needed for {needed[key_id]} values and files. {_AGAIN}"
        else:
            yield f"Key {number}: needed no more, you may take it out of DATA_KEY. {_BACKUPS}"
    if done.closed:
        count = done.closed.total()
        yield f"{count} values or files open with no key of DATA_KEY, or were changed; they are as they were."
    if not done.is_complete:
        yield _AGAIN


_AGAIN = "Run this again; if it stays so, a process still runs with an older DATA_KEY: restart it."
_BACKUPS = "Backups taken before now need it: keep it with them."


@dataclass(frozen=True)
class EncryptedTable:
    """Describes a table with encrypted columns; `plain` shows these as stored bytes."""

    plain: TableClause
    abouts: dict[str, str]

    def is_old(self, newest: bytes) -> Any:
        columns = [self.plain.c[name] for name in self.abouts]
        # In SQLite an empty value has no first bytes.
        is_empty = (each == b"" for each in (self.plain.c.row_key, *columns))
        return or_(*is_empty, *(beginning(each) != newest for each in columns))


def encrypted_tables() -> Iterator[EncryptedTable]:
    abouts: dict[str, dict[str, str]] = {}
    for about, encrypted in encrypted_columns():
        abouts.setdefault(encrypted.table.name, {})[encrypted.name] = about
    for name, names in abouts.items():
        columns = [column(each, LargeBinary) for each in ("row_key", *names)]
        yield EncryptedTable(table(name, column("id", Integer), *columns), names)


class _Progress:
    def __init__(self, tell: Callable[[str], object]) -> None:
        self._tell, self._last = tell, time.monotonic()

    def say(self, done: Reencryption) -> None:
        if time.monotonic() - self._last > TELL_EVERY_SECONDS:
            self._last = time.monotonic()
            self._tell(f"{done.rows} rows and {done.files} files so far")


@dataclass(frozen=True)
class Batch:
    """Counts the rows that were encrypted again and those that others had locked.

    `closed` counts, by key id, the values that no key decrypts.
    """

    changed: int
    held: int
    closed: Counter[bytes]


def _reencrypt_table(
    database: Database, encrypted: EncryptedTable, done: Reencryption, say: Callable[[Reencryption], None]
) -> None:
    for _ in range(MAX_ROUNDS):
        batches = list[Batch]()
        for ids in _old_rows(database, encrypted):
            with database.transaction() as session:
                batches.append(reencrypt_rows(session, encrypted, ids))
            say(done)
            time.sleep(REST_SECONDS)
        changed = sum(batch.changed for batch in batches)
        closed = sum((batch.closed for batch in batches), Counter[bytes]())
        done.rows += changed
        if not changed and not any(batch.held for batch in batches):
            done.closed += closed
            return
    done.closed += closed
    done.is_complete = False


def _old_rows(database: Database, encrypted: EncryptedTable) -> Iterator[Sequence[int]]:
    """Yields batches of ids of the rows to encrypt again, without blocking writers."""
    last = 0
    while ids := next_old(database, encrypted, last):
        yield ids
        last = ids[-1]


def next_old(database: Database, encrypted: EncryptedTable, after: int) -> Sequence[int]:
    """Returns the ids of the next rows to encrypt again, of those after `after`."""
    key = encrypted.plain.c.id
    is_old = encrypted.is_old(database.cipher.newest_start)
    with database.reading() as session:
        return session.scalars(select(key).where(is_old, key > after).order_by(key).limit(AT_ONCE)).all()


def count_old(session: Session, encrypted: EncryptedTable) -> int:
    """Counts the rows to encrypt again."""
    is_old = encrypted.is_old(cipher_of(session.get_bind().dialect).newest_start)
    return session.execute(select(func.count()).select_from(encrypted.plain).where(is_old)).scalar_one()


def reencrypt_rows(session: Session, encrypted: EncryptedTable, ids: Sequence[int]) -> Batch:
    """Encrypts these rows again. Those that others have locked are counted and left for the next round."""
    cipher = cipher_of(session.get_bind().dialect)
    rows = _hold(session, encrypted, ids)
    anew = [_encrypted_anew(cipher, encrypted, row) for row in rows]
    _write(session, encrypted, [row for row, _ in anew if row])
    closed = Counter(key_id for _, key_ids in anew for key_id in key_ids)
    return Batch(sum(bool(row) for row, _ in anew), len(ids) - len(rows), closed)


def _hold(session: Session, encrypted: EncryptedTable, ids: Sequence[int]) -> Sequence[dict[str, Any]]:
    """Returns the rows as they are now, locked. Rows locked by others are skipped: waiting for them could take for
    ever.
    """
    query = select(encrypted.plain).where(encrypted.plain.c.id.in_(ids)).with_for_update(skip_locked=True)
    return [dict(row._mapping) for row in session.execute(query)]


def _encrypted_anew(
    cipher: DatabaseCipher, encrypted: EncryptedTable, row: dict[str, Any]
) -> tuple[dict[str, Any] | None, list[bytes]]:
    """Returns the row with new values, None where nothing changes, and the key ids of its values that cannot be
    decrypted.
    """
    row_key = row["row_key"] or new_row_key()
    closed = list[bytes]()
    anew = dict(row)
    for name, about in encrypted.abouts.items():
        value = row[name]
        if value is None or (isinstance(value, bytes) and value.startswith(cipher.newest_start)):
            continue
        try:
            anew[name] = cipher.encrypt(cipher.decrypt_row(value, about, row["row_key"]), about, row_key)
        except CannotDecrypt:
            closed.append(key_id_of(value) if isinstance(value, bytes) else b"")
    if anew == row and row["row_key"]:
        return None, closed
    return {**anew, "row_key": row_key}, closed


def _write(session: Session, encrypted: EncryptedTable, rows: Sequence[dict[str, Any]]) -> None:
    names = ("row_key", *encrypted.abouts)
    statement = update(encrypted.plain).where(encrypted.plain.c.id == bindparam("row_to_change"))
    values = {name: bindparam(f"new_{name}", type_=LargeBinary) for name in names}
    given = [{"row_to_change": row["id"], **{f"new_{name}": row[name] for name in names}} for row in rows]
    if given:
        session.connection().execute(statement.values(values), given)


def _reencrypt_files(
    database: Database,
    media: Media,
    done: Reencryption,
    by_key: Counter[bytes],
    say: Callable[[Reencryption], None],
) -> None:
    for token in sorted(media.tokens()):
        with suppress(FileNotFoundError):  # Unsent by its resident meanwhile.
            try:
                done.files += reencrypt_file(database, media, token)
            except CannotDecrypt:
                done.closed[key_id_of(media.read_encrypted(token))] += 1
            by_key[key_id_of(media.read_encrypted(token))] += 1
        say(done)


def reencrypt_file(database: Database, media: Media, token: str) -> bool:
    """Encrypts one file again; returns whether it did. A file that is being fetched may be written at this moment, so
    it is left for later. A file that was deleted between our reading and our writing is deleted again.
    """
    if media.is_newest(token) or _state(database, token) == FileState.WANTED:
        return False
    media.reencrypt(token)
    if _state(database, token) in (FileState.GONE, FileState.REFUSED):
        media.destroy(token)
    return True


def _state(database: Database, token: str) -> str | None:
    with database.reading() as session:
        return session.scalars(select(File.state).where(File.token == token)).one_or_none()


def count_left(session: Session) -> Counter[bytes]:
    """Counts the stored values by their first bytes, which name version and key."""
    return count_by_key(session.connection())


def reencrypt_secret(database: Database, by_start: Counter[bytes]) -> None:
    """Encrypts the secret again, and forbids values that are bound to no row once none is left.

    `by_start` counts the values that are stored, by their first bytes.
    """
    is_unbound_left = any(is_unbound(start) for start in by_start)
    with database.transaction() as session:
        kept = session.get_one(Secret, TOWN, with_for_update=True)
        secret = decrypt_secret(database.cipher, kept.value)
        wanted = replace(secret, opens_unbound=secret.opens_unbound and is_unbound_left)
        if wanted != secret or not database.cipher.is_newest(kept.value):
            kept.value = wanted.encrypted(database.cipher)
