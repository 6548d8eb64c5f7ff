"""Reads the libraries that the lock files name."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_LINE = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Library:
    """Describes a library. `runs` is False for one that only tests and checks need."""

    name: str
    version: str
    runs: bool = True


def libraries(root: Path = ROOT) -> list[Library]:
    """Returns the libraries of both lock files, each version once.

    A library is there twice if different versions of Python need different versions of it.
    """
    run = set(_LINE.findall((root / "requirements.txt").read_text("utf-8")))
    checked = set(_LINE.findall((root / "requirements-dev.txt").read_text("utf-8")))
    return sorted(Library(name, version, (name, version) in run) for name, version in run | checked)
