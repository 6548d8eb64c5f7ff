"""The store's settings, read once from the environment; it refuses to start on a missing or weak secret."""

import base64
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

# By this exit code gunicorn knows that starting again would not help.
DOES_NOT_START = 4
# Of 32 random bytes about 30 differ, and fewer than this many never.
LEAST_DIFFERENT_BYTES = 8
DEMO_MUNICIPALITY = Path(__file__).parent / "demo_municipality.toml"


class SettingsError(ValueError):
    """A variable is missing or unusable; the message says what to do."""


@contextmanager
def refusing_in_one_line() -> Iterator[None]:
    """For what an application server calls: it would print a traceback, where the sentence says what to do."""
    try:
        yield
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(DOES_NOT_START) from error


def required(environ: Mapping[str, str], name: str) -> str:
    """The value of `name`, or SettingsError: secrets have no defaults."""
    value = environ.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is not set. See the table of variables in README.md.")
    return value


def required_secret(environ: Mapping[str, str], name: str, *, shortest: int = 32) -> str:
    value = required(environ, name)
    if len(value) < shortest:
        raise SettingsError(f"{name} is too short: use at least {shortest} random characters.")
    return value


def data_keys(value: str) -> tuple[bytes, ...]:
    """Comma-separated 32-byte keys in base64, the one in use first, the first ever used last."""
    keys = []
    for part in value.split(","):
        try:
            key = base64.b64decode(part.strip(), validate=True)
        except ValueError as error:
            raise SettingsError("DATA_KEY is not base64.") from error
        if len(key) != 32:
            raise SettingsError("DATA_KEY must be 32 bytes in base64: openssl rand -base64 32")
        if len(set(key)) < LEAST_DIFFERENT_BYTES:
            raise SettingsError("DATA_KEY is not random: make one with openssl rand -base64 32")
        keys.append(key)
    return tuple(keys)


@dataclass(frozen=True)
class StoreSettings:
    """What everything that opens the store must know."""

    database_url: str
    media_url: str
    municipality: Path
    data_keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        return cls(
            database_url=environ.get("DATABASE_URL") or "sqlite:///var/tessaban.db",
            media_url=environ.get("MEDIA_URL") or "var/media",
            municipality=Path(environ.get("MUNICIPALITY") or DEMO_MUNICIPALITY),
            data_keys=data_keys(required(environ, "DATA_KEY")),
        )
