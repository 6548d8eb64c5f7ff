"""Reads the store's settings once, from the environment; refuses to start on a missing or weak secret."""

import base64
import ipaddress
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

# This exit code tells gunicorn that starting again would not help.
DOES_NOT_START = 4
# Of 32 random bytes about 30 are distinct, of 16 random hexadecimal digits about 10; fewer than these hardly ever
# occur.
MIN_DIFFERENT = 6
MIN_DIFFERENT_BYTES = 8
DEMO_MUNICIPALITY = Path(__file__).parent / "municipality" / "demo.toml"


_DRIVERS = {"sqlite", "sqlite+pysqlite", "postgres", "postgresql", "postgresql+psycopg"}
# The characters that may stand in a request header, without blanks.
_VISIBLE = re.compile(r"[\x21-\x7e]+")


class SettingsError(ValueError):
    """Says that a variable is missing or unusable; the message says what to do."""


@contextmanager
def refusing_in_one_line() -> Iterator[None]:
    """Ends the process with the message of a SettingsError, where an application server would print a traceback."""
    try:
        yield
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(DOES_NOT_START) from error


def required(environ: Mapping[str, str], name: str) -> str:
    """Returns the value of `name`, or raises SettingsError: secrets have no defaults."""
    value = environ.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is not set. See the table of variables in docs/operations.md.")
    return value


def required_secret(environ: Mapping[str, str], name: str, *, shortest: int = 32) -> str:
    value = required(environ, name)
    return _random(value, name, shortest)


def optional_secret(environ: Mapping[str, str], name: str, *, shortest: int = 16) -> str:
    """Returns the value of `name`, or "" if it is not set; raises SettingsError if it is too short or not random."""
    value = environ.get(name, "").strip()
    return _random(value, name, shortest) if value else ""


def _random(value: str, name: str, shortest: int) -> str:
    if len(value) < shortest:
        raise SettingsError(f"{name} is too short: use at least {shortest} random characters.")
    if len(set(value)) < MIN_DIFFERENT or repeats(value):
        raise SettingsError(f"{name} is not random: make one with openssl rand -hex 32")
    return value


def repeats(value: Sequence[object]) -> bool:
    """Says whether the value is one piece, of at most half its length, repeated again and again."""
    return any(value[at:] == value[:-at] for at in range(1, len(value) // 2 + 1))


def visible(value: str, name: str) -> str:
    """Returns the value; raises SettingsError if it has a blank or anything else but visible ASCII characters."""
    if not _VISIBLE.fullmatch(value):
        raise SettingsError(
            f"{name} has a blank, a line break or a letter that LINE's never have: copy it from LINE again."
        )
    return value


def web_address(environ: Mapping[str, str], name: str, default: str = "") -> str:
    """Returns the web address `name` or the default, with a lower-case scheme and without a slash at its end.

    Raises SettingsError if it does not begin with http:// or https://, or is otherwise unusable.
    """
    value = environ.get(name, "").strip() or default
    try:
        where = urlsplit(value)
        value = where.scheme + value[len(where.scheme) :]
        good = not value or (where.scheme in ("http", "https") and bool(where.hostname) and where.port != 0)
    except ValueError:
        good = False
    if not good or (value and not _VISIBLE.fullmatch(value)):
        raise SettingsError(f"{name} is no web address: it begins with https:// and has no blanks.")
    return value.rstrip("/")


def is_this_machine(host: str) -> bool:
    """Says whether what is sent to this host never leaves the machine: localhost, 127.0.0.0/8, ::1."""
    name = host.strip("[]").casefold()
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def database_address(value: str) -> str:
    """Returns the address of the database; raises SettingsError, which never quotes it: it may hold a password."""
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in _DRIVERS:
        raise SettingsError(
            "DATABASE_URL is no address of a database: sqlite:///var/tessaban.db or postgresql://USER:PASSWORD@HOST/NAME."
        )
    if url.drivername.startswith("sqlite") and url.database in (None, "", ":memory:"):
        raise SettingsError("DATABASE_URL names no file, so every process would have a database of its own.")
    return value


def missing_file(database_url: str) -> Path | None:
    """Returns SQLite's file if it does not exist but could be created, else None.

    Opening the database would create the file, even if its name is mistyped.
    """
    url = make_url(database_url)
    file = Path(url.database or "").absolute()
    try:
        if not url.drivername.startswith("sqlite") or file.exists():
            return None
        return file if next(folder for folder in file.parents if folder.exists()).is_dir() else None
    except OSError:
        return None  # The path may not be inspected; opening it will report the error.


def media_address(value: str) -> str:
    if "://" in value and not re.match(r"s3://[^/]", value):
        raise SettingsError("MEDIA_URL is neither a folder nor s3://BUCKET/PREFIX.")
    return value


def made_folder(folder: Path, name: str) -> Path:
    """Returns the folder and makes it if it is missing; raises SettingsError about the variable `name` if it cannot."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no such name is possible"
        raise SettingsError(
            f"{name}: the folder {folder} cannot be made ({why}). Make it for the user that runs this, or name another."
        ) from error
    return folder


def data_keys(value: str) -> tuple[bytes, ...]:
    """Reads comma-separated keys of 32 bytes in base64, the newest first; raises SettingsError for a bad one."""
    keys = []
    for part in value.split(","):
        try:
            key = base64.b64decode(part.strip(), validate=True)
        except ValueError as error:
            raise SettingsError("DATA_KEY is not base64.") from error
        if len(key) != 32:
            raise SettingsError("DATA_KEY must be 32 bytes in base64: openssl rand -base64 32")
        if len(set(key)) < MIN_DIFFERENT_BYTES or repeats(key):
            raise SettingsError("DATA_KEY is not random: make one with openssl rand -base64 32")
        keys.append(key)
    return tuple(keys)


def number_of_proxies(environ: Mapping[str, str]) -> int:
    """Returns the number of our own reverse proxies: only the last so many names in X-Forwarded-For can be trusted."""
    value = environ.get("TRUSTED_PROXIES", "").strip() or "0"
    if value not in {"0", "1", "2", "3", "4", "5"}:
        raise SettingsError("TRUSTED_PROXIES must be the number of your proxies in front, 0 to 5.")
    return int(value)


@dataclass(frozen=True)
class BackupSettings:
    """Says where backups that are asked for in the console go, and which file holds the key that encrypts them."""

    folder: Path
    key_file: Path | None = None


def backup_settings(environ: Mapping[str, str]) -> BackupSettings | None:
    """Returns where backups go, None without BACKUP_FOLDER; raises SettingsError for a folder that is relative.

    Neither the folder nor the key file need be readable here: only the worker uses them.
    """
    folder, key_file = (environ.get(name, "").strip() for name in ("BACKUP_FOLDER", "BACKUP_KEY_FILE"))
    if folder and not Path(folder).is_absolute():
        raise SettingsError("BACKUP_FOLDER is no whole path: it begins with a slash.")
    if key_file and not folder:
        raise SettingsError("BACKUP_KEY_FILE is set, and BACKUP_FOLDER is not: set both or none.")
    return BackupSettings(Path(folder), Path(key_file) if key_file else None) if folder else None


@dataclass(frozen=True)
class StoreSettings:
    """Holds the settings that every process needs to open the store."""

    database_url: str
    media_url: str
    municipality: Path
    data_keys: tuple[bytes, ...] = field(repr=False)
    backup: BackupSettings | None = None

    @property
    def name(self) -> str:
        """Returns the name by which logs and metrics tell municipalities apart: that of the file, without .toml."""
        return self.municipality.stem

    def own_folder(self, kind: str) -> Path | None:
        """Returns the folder with the municipality's own files of a kind, such as demo/services beside demo.toml.

        None if there is no such folder.
        """
        folder = self.municipality.with_suffix("") / kind
        return folder if folder.is_dir() else None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        return cls(
            database_url=database_address(
                environ.get("DATABASE_URL", "").strip() or "sqlite:///var/tessaban.db"
            ),
            media_url=media_address(environ.get("MEDIA_URL", "").strip() or "var/media"),
            municipality=Path(environ.get("MUNICIPALITY") or DEMO_MUNICIPALITY),
            data_keys=data_keys(required(environ, "DATA_KEY")),
            backup=backup_settings(environ),
        )
