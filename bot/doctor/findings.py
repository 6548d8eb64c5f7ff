"""Describes what the doctor finds about one thing, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """Describes one finding: `about` is its subject, `found` the fact, and `then` what to do; "" if all is well."""

    level: Level
    about: str
    found: str
    then: str = ""

    def __str__(self) -> str:
        line = f"{self.level:<5} {self.about:<11} {self.found}"
        return f"{line}\n{'':17} -> {self.then}" if self.then else line


def ok(about: str, found: str) -> Finding:
    return Finding(Level.OK, about, found)


def warn(about: str, found: str, then: str) -> Finding:
    return Finding(Level.WARN, about, found, then)


def fail(about: str, found: str, then: str) -> Finding:
    return Finding(Level.FAIL, about, found, then)
