"""Installs LINE's SDK for Node and express in a temporary folder, where node and its registry can be had."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.servers import Line, Server, environment, started

PACKAGES, INSTALL_SECONDS = ("@line/bot-sdk", "express"), 90


@contextmanager
def an_express_echo(line: Line) -> Iterator[Server | None]:
    """Yields the running echo, or None where node or its registry cannot be had, and says why in one line."""
    with tempfile.TemporaryDirectory(prefix="tessaban-express-") as folder:
        if (trouble := _install(Path(folder))) is not None:
            sys.stderr.write(f"express is left out: {trouble}\n")
            yield None
            return
        command = f"node {folder}/express_echo.mjs"
        with started(command, {**environment(line), "NODE_ENV": "production"}) as server:
            yield server


def _install(folder: Path) -> str | None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "there is no node here"
    shutil.copy(Path(__file__).with_name("express_echo.mjs"), folder)
    install = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund"]
    try:
        subprocess.run([*install, *PACKAGES], check=True, capture_output=True, timeout=INSTALL_SECONDS)
    except (subprocess.SubprocessError, OSError):
        return "npm could not install @line/bot-sdk and express"
    return None
