"""Encrypts everything again with the first key of DATA_KEY, as a job: see `store.operations.reencryption`.

Each step changes a batch of rows in one transaction, together with the cursor, or a few files.
"""

from dataclasses import asdict, dataclass, replace

from store.database.encryption import CannotDecrypt
from store.files.media import Media
from store.jobs.leases import Progress
from store.jobs.models import Phase
from store.jobs.runner import Work
from store.operations.reencryption import (
    MAX_ROUNDS,
    EncryptedTable,
    count_left,
    count_old,
    encrypted_tables,
    next_old,
    reencrypt_file,
    reencrypt_rows,
    reencrypt_secret,
)

FILES_A_STEP = 20


@dataclass(frozen=True)
class Cursor:
    """Says where the next step goes on: after the row `after` of the table with this number, or after a file.

    A round goes through all tables. `held` and `closed` count the rows of this round that others had locked, and its
    values that no key decrypts.
    """

    total: int
    round: int = 1
    table: int = 0
    after: int = 0
    token: str = ""
    rows: int = 0
    files: int = 0
    closed: int = 0
    held: int = 0
    seen: int = 0


class ReencryptionJob:
    """Encrypts again with the keys of this worker."""

    def __init__(self, media: Media) -> None:
        self._media = media
        self._tables = tuple(encrypted_tables())

    def step(self, work: Work) -> None:
        if not work.cursor:
            self._begin(work)
            return
        at = Cursor(**work.cursor)
        if at.table < len(self._tables):
            self._do_rows(work, at, self._tables[at.table])
        elif at.held and at.round < MAX_ROUNDS:
            self._save(work, replace(at, round=at.round + 1, table=0, after=0, closed=0, held=0))
        elif tokens := sorted(token for token in self._media.tokens() if token > at.token)[:FILES_A_STEP]:
            self._do_files(work, at, tokens)
        else:
            self._end(work, at)

    def abandon(self, work: Work) -> None:
        """Leaves everything: what is encrypted again stays so."""

    def _begin(self, work: Work) -> None:
        with work.database.reading() as session:
            total = sum(count_old(session, table) for table in self._tables) + len(self._media.tokens())
        self._save(work, Cursor(total))

    def _do_rows(self, work: Work, at: Cursor, table: EncryptedTable) -> None:
        ids = next_old(work.database, table, at.after)
        with work.database.transaction() as session:
            after = replace(at, table=at.table + 1, after=0)
            if ids:
                batch = reencrypt_rows(session, table, ids)
                after = replace(
                    at,
                    after=ids[-1],
                    rows=at.rows + batch.changed,
                    held=at.held + batch.held,
                    closed=at.closed + batch.closed.total(),
                )
            work.save(session, asdict(after), _progress(after))

    def _do_files(self, work: Work, at: Cursor, tokens: list[str]) -> None:
        """Encrypts files, and saves the cursor after them: a file that was encrypted again is not changed twice."""
        changed = closed = 0
        for token in tokens:
            try:
                changed += reencrypt_file(work.database, self._media, token)
            except FileNotFoundError:
                continue  # Unsent by its resident meanwhile.
            except CannotDecrypt:
                closed += 1
        files, seen = at.files + changed, at.seen + len(tokens)
        self._save(work, replace(at, token=tokens[-1], files=files, closed=at.closed + closed, seen=seen))

    def _end(self, work: Work, at: Cursor) -> None:
        with work.database.reading() as session:
            by_start = count_left(session)
        reencrypt_secret(work.database, by_start)
        newest = work.database.cipher.newest_start
        left = sum(count for start, count in by_start.items() if start != newest)
        with work.database.transaction() as session:
            work.finish(session, {"rows": at.rows, "files": at.files, "closed": at.closed, "left": left})

    def _save(self, work: Work, cursor: Cursor) -> None:
        with work.database.transaction() as session:
            work.save(session, asdict(cursor), _progress(cursor))


def _progress(at: Cursor) -> Progress:
    return Progress(Phase.FILES if at.token else Phase.ROWS, min(at.rows + at.seen, at.total), at.total)
