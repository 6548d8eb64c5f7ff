"""Runs web, console and worker of a town as processes of their own, started as the Procfile does."""

import os
import socket
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from tests.children import ROOT, Child
from tests.town import SECRET_KEY, Town
from tests.waiting import PATIENCE_SECONDS, wait_until

__all__ = ["ROOT", "SERVE", "answers", "environment", "free_port", "processes", "start", "wait_until"]
SERVE = ["-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--threads", "4", "--bind"]


@contextmanager
def processes(town: Town, folder: Path, root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Runs web, console and worker as the Procfile starts them, from the checkout at `root`.

    What they print goes to files in the folder.
    """
    web, console = free_port(), free_port()
    commands = {
        "web": [*SERVE, f"127.0.0.1:{web}", "deploy.web:create_app()"],
        "console": [*SERVE, f"127.0.0.1:{console}", "staff_console.web:create_app()"],
        "worker": ["-m", "bot", "worker"],
    }
    with ExitStack() as stack:
        started = [
            stack.enter_context(start(name, command, town, folder, root))
            for name, command in commands.items()
        ]
        yield f"http://127.0.0.1:{web}", f"http://127.0.0.1:{console}"
        for process in started:
            process.terminate()
        assert [process.wait(timeout=PATIENCE_SECONDS) for process in started] == [0, 0, 0]


def start(name: str, command: list[str], town: Town, folder: Path, root: Path = ROOT) -> Child:
    with (folder / f"{name}.log").open("wb") as log:
        return Child([sys.executable, *command], cwd=root, env=environment(town), stdout=log, stderr=log)


@contextmanager
def served(
    application: str, folder: Path, *options: str, threads: int = 4, environ: Mapping[str, str] = os.environ
) -> Iterator[int]:
    """Yields the port of an application that is served as the Procfile serves ours."""
    port = free_port()
    command = [*SERVE, f"127.0.0.1:{port}", "--threads", str(threads), *options, application]
    with (
        (folder / "served.log").open("wb") as log,
        Child(
            [sys.executable, *command], env=dict(environ), stdout=log, stderr=log, polite_seconds=30.0
        ) as process,
    ):
        wait_until(
            lambda: process.poll() is not None or answers(f"http://127.0.0.1:{port}"), what=f"{application}"
        )
        assert process.poll() is None, (folder / "served.log").read_text()
        yield port


def environment(town: Town) -> dict[str, str]:
    store = town.settings.store
    return {
        **os.environ,
        "LINE_CHANNEL_SECRET": ",".join(town.settings.channel_secrets),
        "LINE_CHANNEL_ACCESS_TOKEN": town.settings.access_token,
        "LINE_API_URL": town.settings.line_api_url,
        "LINE_API_DATA_URL": town.settings.line_api_data_url,
        "DATABASE_URL": store.database_url,
        "MEDIA_URL": store.media_url,
        "SECRET_KEY": SECRET_KEY,
        "DATA_KEY": ",".join(b64encode(key).decode() for key in store.data_keys),
    }


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/healthz", timeout=PATIENCE_SECONDS).status_code == 200
    except requests.RequestException:
        return False
