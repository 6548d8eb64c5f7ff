"""Starts the processes of the Procfile by their commands, and kills them with all their children."""

import os
import socket
import sys
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from tests.children import ROOT, Child
from tests.faults.grounds import Plot
from tests.faults.lives import KEY, SECRET, SECRET_KEY, TOKEN
from tests.waiting import wait_until

STAMPED = Path(__file__).parent / "stamped"


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


class Command:
    """Runs one command, always the same; `start` starts it again after `kill`."""

    def __init__(
        self,
        plot: Plot,
        line_url: str,
        *command: str,
        port: int = 0,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.port = port
        self._command = [sys.executable, "-m", *command]
        self._environ = {
            **os.environ,
            "PYTHONPATH": f"{STAMPED}{os.pathsep}{ROOT}",
            "DATABASE_URL": plot.database_url,
            "MEDIA_URL": f"{plot.folder}/media",
            "DATA_KEY": b64encode(KEY).decode(),
            "LINE_CHANNEL_SECRET": SECRET,
            "LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
            "SECRET_KEY": SECRET_KEY,
            "LINE_API_URL": line_url,
            "LINE_API_DATA_URL": line_url,
            **(environ or {}),
        }
        self._process: Child | None = None
        self.kills = 0

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        self._process = Child(self._command, env=self._environ)

    def kill(self) -> None:
        """Kills the whole process group at once, with SIGKILL."""
        assert self._process is not None
        assert self._process.poll() is None, f"It ended by itself.\n{self._process.printed()}"
        self._process.end()
        self.kills += 1

    def end(self) -> None:
        if self._process is not None:
            self._process.end()


def web(plot: Plot, line_url: str, port: int, environ: Mapping[str, str] | None = None) -> Command:
    options = ("--config", "deploy/gunicorn.conf.py", "--workers", "1", "--threads", "16")
    bound = ("--bind", f"127.0.0.1:{port}")
    application = ("gunicorn", *bound, *options, "deploy.web:create_app()")
    return Command(plot, line_url, *application, port=port, environ=environ)


def worker(plot: Plot, line_url: str, environ: Mapping[str, str] | None = None) -> Command:
    return Command(plot, line_url, "bot", "worker", environ=environ)


def wait_for(port: int) -> None:
    """Waits until a process listens on this port."""

    def is_open() -> bool:
        with socket.socket() as trying:
            return trying.connect_ex(("127.0.0.1", port)) == 0

    wait_until(is_open, what=f"somebody to listen at port {port}")
