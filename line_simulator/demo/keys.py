"""Makes the demo's secrets and passwords at random on the first run, and keeps them in one file for later runs."""

import base64
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

# Easy to read aloud and to type; long enough together for the console's rule of fifteen characters.
WORDS = (
    "amber", "anchor", "autumn", "basket", "bridge", "butter", "candle", "canyon", "carpet", "cherry", "cotton",
    "desert", "dragon", "falcon", "forest", "galaxy", "garden", "ginger", "guitar", "hammer", "harbor", "island",
    "jasmine", "jungle", "kettle", "ladder", "lemon", "mango", "marble", "meadow", "mirror", "monsoon", "mountain",
    "orchid", "paper", "pepper", "piano", "planet", "pocket", "rabbit", "ribbon", "river", "rocket", "saddle",
    "silver", "spring", "summer", "sunset", "temple", "thunder", "ticket", "tiger", "tunnel", "umbrella", "valley",
    "velvet", "violin", "walnut", "window", "winter",
)  # fmt: skip

MAKERS: dict[str, Callable[[], str]] = {
    "LINE_CHANNEL_SECRET": lambda: secrets.token_hex(16),
    "LINE_CHANNEL_ACCESS_TOKEN": lambda: secrets.token_urlsafe(64),
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "DATA_KEY": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
}


def read_keys(file: Path, people: Iterable[str]) -> dict[str, str]:
    """Returns the secrets and passwords in the file; makes those that are missing and adds them to it."""
    keys = _read(file)
    wanted = {**MAKERS, **{password_name(person): make_password for person in people}}
    missing = {name: make() for name, make in wanted.items() if name not in keys}
    if missing:
        _write(file, {**keys, **missing})
    return {**keys, **missing}


def password_name(person: str) -> str:
    return f"DEMO_PASSWORD_{person.upper()}"


def make_password() -> str:
    words = secrets.SystemRandom().sample(WORDS, 4)
    return "-".join([*words, str(secrets.randbelow(90) + 10)])


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    lines = file.read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def _write(file: Path, keys: dict[str, str]) -> None:
    """Replaces the file in one step. Only its owner can read it, from the first byte on."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    lines = [
        "# Keys of the demo alone. Never use them anywhere else.",
        *(f"{k}={v}" for k, v in keys.items()),
    ]
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
    fresh.replace(file)
