"""Provides one municipality's database: the engine, its transactions, and the base class of all tables."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from store.database.encryption import DatabaseCipher, cipher_of
from store.database.writer_lock import WriterLock
from store.logs import failure_fields
from store.settings import StoreSettings, made_folder

log = logging.getLogger(__name__)


class Instant(TypeDecorator[datetime]):
    """Stores a moment in UTC. SQLite forgets time zones, so they are removed on writing and added on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant}  # noqa: RUF012 - SQLAlchemy reads it from the class


class Database:
    """Opens transactions. Every process creates its own instance, after any fork.

    `patience` is how many seconds a writer waits for others before it raises TimeoutError or OperationalError.
    """

    def __init__(self, settings: StoreSettings, *, patience: float = 10.0) -> None:
        self.engine = _engine(settings.database_url, patience)
        self.engine.dialect.cipher = DatabaseCipher(settings.data_keys, self._encrypted_secret)  # type: ignore[attr-defined]
        self._writer_lock = WriterLock(self.engine.url.database or ":memory:") if self.is_sqlite else None
        self._patience = patience
        # Whatever it returns is noted in `session.info` of each transaction, such as where a request comes from.
        self.note_in_sessions: Callable[[], dict[str, Any]] = dict

    @property
    def cipher(self) -> DatabaseCipher:
        return cipher_of(self.engine.dialect)

    def _encrypted_secret(self) -> bytes | None:
        with self.engine.execution_options(reading=True).connect() as connection:
            encrypted: bytes | None = connection.execute(_SECRET).scalar()
            return encrypted

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[Session]:
        """Runs one unit of work: commits at the end, rolls back on any exception, then calls what `afterwards`
        registered.

        A commit that is not `durable` does not wait for the disk: it outlives this process, but perhaps not a power
        cut.
        """
        with self._begun(durable=durable) as session:
            yield session
        for act in session.info.get(_AFTERWARDS, ()):
            _try(act)

    @contextmanager
    def _begun(self, *, durable: bool) -> Iterator[Session]:
        if self._writer_lock is None:
            with self._session() as session, session.begin():
                if not durable:
                    session.execute(_DO_NOT_WAIT_FOR_DISK)
                yield session
            return
        give_up_at = time.monotonic() + self._patience
        with (
            self._writer_lock.passed(give_up_at),
            self._session() as session,
            session.begin(),
        ):
            # The time already spent on waiting for our own processes counts towards the wait for other programs, too.
            left = max(give_up_at - time.monotonic(), 0.0)
            session.connection(execution_options={"patience": left, "durable": durable})
            yield session

    def _session(self) -> Session:
        return Session(self.engine, expire_on_commit=False, info=self.note_in_sessions())

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Opens a session that reads and takes no write lock."""
        with Session(self.engine.execution_options(reading=True), expire_on_commit=False) as session:
            yield session

    def answers(self) -> bool:
        with self.reading() as session:
            return session.execute(text("SELECT 1")).scalar() == 1

    def vacuum(self) -> None:
        """Rewrites a SQLite file without its free pages.

        It takes seconds, nobody can write meanwhile, and the disk must have room for the file twice.
        """
        if self._writer_lock is None:
            return
        connection = self.engine.raw_connection()
        try:
            with self._writer_lock.passed(time.monotonic() + self._patience):
                for statement in (ROOM_IN_STEPS, "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                    connection.cursor().execute(statement).fetchall()
        finally:
            connection.close()

    def close(self) -> None:
        self.engine.dispose()
        if self._writer_lock is not None:
            self._writer_lock.close()


_DO_NOT_WAIT_FOR_DISK = text("SET LOCAL synchronous_commit TO off")
# The table is store.database.models.Secret; that module imports this one.
_SECRET = text("SELECT value FROM secret WHERE name = 'town'")
_AFTERWARDS = "afterwards"


def afterwards(session: Session, act: Callable[[], object]) -> None:
    """Registers a function to call once this transaction of `Database` is committed; if it fails, the function is not
    called.

    The process may end between the two, so a later job must be able to do the same work.
    """
    session.info.setdefault(_AFTERWARDS, []).append(act)


def _try(act: Callable[[], object]) -> None:
    """Calls the function and logs its failure: the transaction is committed, so the caller must not see an error."""
    try:
        act()
    except Exception as error:
        log.error("what should follow a transaction failed", extra=failure_fields(error))


def _engine(url: str, patience: float) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return _postgres_engine(url, patience)
    if database := make_url(url).database:
        made_folder(Path(database).parent, "DATABASE_URL")
    engine = create_engine(
        url,
        connect_args={"timeout": patience, "check_same_thread": False},
        pool_size=20,
        pool_timeout=patience,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


# When a client machine loses power it does not close its connections: PostgreSQL notices within a minute instead of two
# hours, and releases the locks on residents.
_NOTICE_THE_DEAD = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"


def _postgres_engine(url: str, patience: float) -> Engine:
    milliseconds = int(patience * 1000)
    return create_engine(
        _with_driver(url),
        connect_args={
            "connect_timeout": max(int(patience), 2),  # libpq knows nothing shorter
            "tcp_user_timeout": milliseconds,
            # This holds whatever default the server or the role has: an acknowledged event is on the disk.
            "options": f"-c lock_timeout={milliseconds} -c synchronous_commit=on {_NOTICE_THE_DEAD}",
        },
        pool_pre_ping=True,
        pool_size=20,
        max_overflow=20,
        pool_timeout=patience,
        hide_parameters=True,
    )


def _with_driver(url: str) -> str:
    """Adds the driver we ship to a `postgres://` or `postgresql://` address, as hosting services hand them out."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


# With this setting free pages can be given back little by little. Only a new file, or one that VACUUM rewrites, adopts
# it; setting it on any other file would be a useless write.
ROOM_IN_STEPS = "PRAGMA auto_vacuum=INCREMENTAL"


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    if not cursor.execute("PRAGMA page_count").fetchone()[0]:
        cursor.execute(ROOM_IN_STEPS)
    # FULL: an acknowledged event survives a power cut, not only a crash of this process.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # In SQLite a transaction that begins as a reader and then writes fails at once, whatever its timeout: so writers
    # begin with IMMEDIATE.
    options = connection.get_execution_options()
    _set_durability(connection, durable=options.get("durable", True))
    if (patience := options.get("patience")) is not None:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(patience * 1000)}")
    connection.exec_driver_sql("BEGIN" if options.get("reading") else "BEGIN IMMEDIATE")


def _set_durability(connection: Connection, *, durable: bool) -> None:
    """Sets how far a commit is synchronised to the disk: SQLite knows this per connection and not per transaction."""
    level = "FULL" if durable else "NORMAL"
    if connection.info.get("synchronous", "FULL") != level:
        connection.exec_driver_sql(f"PRAGMA synchronous={level}")
        connection.info["synchronous"] = level
