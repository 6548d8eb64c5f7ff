"""Encryption of personal data at rest (AES-256-GCM) and fingerprints to look it up by.

A sealed value is `version | key id | nonce | ciphertext`. `about` (table and column) is authenticated with it,
so a value moved to another column does not open. Rotation: put the new key first in DATA_KEY; old ones still open.

Each database keeps one secret of its own, sealed like the rest: the key of its fingerprints. It does not change when
DATA_KEY is rotated, and whoever cannot open it has the wrong DATA_KEY (store.keys).
"""

import hashlib
import hmac
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from store.settings import SettingsError

_VERSION = b"\x01"
_KEY_ID, _NONCE = 4, 12
_ABOUT_SECRET = "secret.town"  # noqa: S105 - table and row


class CannotOpen(ValueError):
    """The value was sealed with a key we do not have, or was changed or moved."""


class WrongDataKey(SettingsError):
    """DATA_KEY does not open the secret of this database: nothing may be written with it."""

    def __init__(self, why: str = "") -> None:
        super().__init__(why or _WRONG_KEY)


_WRONG_KEY = (
    "DATA_KEY does not open what this database holds. Set the key it was written with; a new key goes before the "
    "old ones, separated by a comma, and never instead of them. Nothing was changed."
)
_NO_SECRET = "This database is not set up yet: run python -m store upgrade."  # noqa: S105 - a sentence


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"key id" + key).digest()[:_KEY_ID]


class Sealer:
    """Seals with the first key, opens with any."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        self._keys = keys
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._current = _key_id(keys[0])

    def seal(self, plain: bytes, about: str) -> bytes:
        nonce = os.urandom(_NONCE)
        sealed = self._ciphers[self._current].encrypt(nonce, plain, about.encode())
        return _VERSION + self._current + nonce + sealed

    def open(self, sealed: bytes, about: str) -> bytes:
        key_id, nonce = sealed[1 : 1 + _KEY_ID], sealed[1 + _KEY_ID : 1 + _KEY_ID + _NONCE]
        cipher = self._ciphers.get(key_id)
        if cipher is None or sealed[:1] != _VERSION or len(nonce) < _NONCE:
            raise CannotOpen(f"No key in DATA_KEY opens {about}.")
        try:
            return cipher.decrypt(nonce, sealed[1 + _KEY_ID + _NONCE :], about.encode())
        except InvalidTag as error:
            raise CannotOpen(f"{about} was changed or moved.") from error

    def derived_fingerprint_keys(self) -> tuple[bytes, ...]:
        """The keys that fingerprints had before databases kept one of their own; that of the eldest key first."""
        return tuple(hashlib.sha256(b"fingerprints" + key).digest() for key in reversed(self._keys))


@dataclass(frozen=True)
class TownSecret:
    """What a database keeps sealed for itself."""

    fingerprint_key: bytes

    def sealed(self, sealer: Sealer) -> bytes:
        value = {"fingerprint_key": b64encode(self.fingerprint_key).decode()}
        return sealer.seal(json.dumps(value).encode(), _ABOUT_SECRET)


def open_secret(sealer: Sealer, sealed: bytes | None) -> TownSecret:
    """WrongDataKey where no key opens it, or where there is none yet."""
    if sealed is None:
        raise WrongDataKey(_NO_SECRET)
    try:
        value = json.loads(sealer.open(bytes(sealed), _ABOUT_SECRET))
    except CannotOpen as error:
        raise WrongDataKey from error
    return TownSecret(b64decode(value["fingerprint_key"]))


class TownSealer(Sealer):
    """The sealer of one database. It seals nothing before it has opened the database's own secret, so that a process
    with the wrong DATA_KEY can write nothing that others could not read."""

    def __init__(self, keys: tuple[bytes, ...], recall: Callable[[], bytes | None]) -> None:
        """`recall` reads the sealed secret from the database."""
        super().__init__(keys)
        self._recall, self._secret = recall, None

    _secret: TownSecret | None

    def secret(self) -> TownSecret:
        """WrongDataKey where no key opens it; read once."""
        if self._secret is None:
            self._secret = self.read_secret()
        return self._secret

    def read_secret(self) -> TownSecret:
        """As the database has it now."""
        return open_secret(self, self._recall())

    def seal_value(self, value: Any, about: str) -> bytes:
        self.secret()
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        return self.seal(plain, about)

    def open_value(self, sealed: bytes, about: str) -> Any:
        return json.loads(self.open(sealed, about).decode("utf-8", "surrogatepass"))

    def open_all(self, sealed: Iterable[bytes], about: str) -> list[Any]:
        """The values of many rows of one column, in order: read as one JSON, which takes half the time."""
        result: list[Any] = json.loads(b"[" + b",".join(self.open(each, about) for each in sealed) + b"]")
        return result

    def fingerprint(self, value: str) -> str:
        """A keyed hash: equal values give equal fingerprints, and nobody without the key can guess them."""
        return fingerprint_with(self.secret().fingerprint_key, value)


def fingerprint_with(key: bytes, value: str) -> str:
    return hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:40]


class Sealed(TypeDecorator[Any]):
    """A column whose JSON value is sealed. The engine's dialect carries the sealer: no global key."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, about: str) -> None:
        super().__init__()
        self.about = about

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return sealer_of(dialect).seal_value(value, self.about)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return sealer_of(dialect).open_value(bytes(value), self.about)


def sealer_of(dialect: Dialect) -> TownSealer:
    sealer: TownSealer = dialect.sealer  # type: ignore[attr-defined]
    return sealer
