"""Encrypts personal data at rest (AES-256-GCM) and makes fingerprints to look it up by.

An encrypted value is `version | key id | nonce | ciphertext`. `about` (table and column) and the random key of its row
are authenticated with it, so a value that was moved to another column or row cannot be decrypted. What belongs to no
row (files, backups, the secret) is bound to `about` alone: version 1. Values of rows were written so, too, before rows
had keys. To rotate keys, put the new key first in DATA_KEY; the old ones still decrypt.

Each database keeps one secret of its own, encrypted like the rest: the key of its fingerprints. It does not change when
DATA_KEY is rotated, and a process that cannot decrypt it has the wrong DATA_KEY (store.operations.data_keys).
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

_UNBOUND, _OF_ROW = b"\x01", b"\x02"
_KEY_ID, _NONCE, _ROW_KEY = 4, 12, 16
_ABOUT_SECRET = "secret.town"  # noqa: S105 - table and row


class CannotDecrypt(ValueError):
    """Says that a value was encrypted with a key that this process lacks, or was changed or moved."""


class UnknownKey(CannotDecrypt):
    """Says that a value needs a key that is not in the DATA_KEY of this process; another process may have it."""


class WrongDataKey(SettingsError):
    """Says that DATA_KEY does not decrypt the secret of this database: nothing may be written with it."""

    def __init__(self, why: str = "") -> None:
        super().__init__(why or _WRONG_KEY)


_WRONG_KEY = (
    "DATA_KEY does not open what this database holds. Set the key it was written with; a new key goes before the "
    "old ones, separated by a comma, and never instead of them. Nothing was changed."
)
_NO_SECRET = "This database is not set up yet: run python -m store upgrade."  # noqa: S105 - a sentence


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"key id" + key).digest()[:_KEY_ID]


class Cipher:
    """Encrypts with the first key of DATA_KEY and decrypts with any of its keys."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        self._keys = keys
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._current = _key_id(keys[0])

    def encrypt(self, plain: bytes, about: str, row_key: bytes = b"") -> bytes:
        nonce = os.urandom(_NONCE)
        encrypted = self._ciphers[self._current].encrypt(nonce, plain, _context(about, row_key))
        return (_OF_ROW if row_key else _UNBOUND) + self._current + nonce + encrypted

    def decrypt(self, encrypted: bytes, about: str, row_key: bytes = b"") -> bytes:
        key_id, nonce = key_id_of(encrypted), encrypted[1 + _KEY_ID : 1 + _KEY_ID + _NONCE]
        if encrypted[:1] != (_OF_ROW if row_key else _UNBOUND) or len(nonce) < _NONCE:
            raise CannotDecrypt(f"No key in DATA_KEY opens {about}.")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise UnknownKey(f"No key in DATA_KEY opens {about}.")
        try:
            return cipher.decrypt(nonce, encrypted[1 + _KEY_ID + _NONCE :], _context(about, row_key))
        except InvalidTag as error:
            raise CannotDecrypt(f"{about} was changed or moved.") from error

    @property
    def key_ids(self) -> tuple[bytes, ...]:
        """Returns the ids of the keys in the order of DATA_KEY."""
        return tuple(self._ciphers)

    def is_newest(self, encrypted: bytes) -> bool:
        """Says whether the value was encrypted with the first key of DATA_KEY."""
        return key_id_of(encrypted) == self._current

    def derived_fingerprint_keys(self) -> tuple[bytes, ...]:
        """Returns the keys that fingerprints had before databases kept their own, that of the oldest key first."""
        return tuple(hashlib.sha256(b"fingerprints" + key).digest() for key in reversed(self._keys))


def key_id_of(encrypted: bytes) -> bytes:
    return encrypted[1 : 1 + _KEY_ID]


def names_a_key(start: bytes) -> bool:
    """Says whether a value with these first bytes was encrypted with some key: they are its version and its key id."""
    return len(start) == 1 + _KEY_ID and start[:1] in (_OF_ROW, _UNBOUND)


def is_unbound(encrypted: bytes) -> bool:
    """Says whether the encrypted value is bound to no row."""
    return encrypted[:1] == _UNBOUND


def _context(about: str, row_key: bytes) -> bytes:
    return about.encode() + b"\0" + row_key if row_key else about.encode()


def new_row_key() -> bytes:
    return os.urandom(_ROW_KEY)


@dataclass(frozen=True)
class DatabaseSecret:
    """Holds the secret that a database stores about itself, encrypted.

    `opens_unbound` says that the database still holds values from before rows had keys.
    """

    fingerprint_key: bytes
    opens_unbound: bool = False

    def encrypted(self, cipher: Cipher) -> bytes:
        key = b64encode(self.fingerprint_key).decode()
        value = {"fingerprint_key": key, "opens_unbound": self.opens_unbound}
        return cipher.encrypt(json.dumps(value).encode(), _ABOUT_SECRET)


def decrypt_secret(cipher: Cipher, encrypted: bytes | None) -> DatabaseSecret:
    """Decrypts the secret of a database; raises WrongDataKey where no key opens it, or where there is none yet."""
    if encrypted is None:
        raise WrongDataKey(_NO_SECRET)
    try:
        value = json.loads(cipher.decrypt(bytes(encrypted), _ABOUT_SECRET))
    except CannotDecrypt as error:
        raise WrongDataKey from error
    return DatabaseSecret(b64decode(value["fingerprint_key"]), value["opens_unbound"])


class DatabaseCipher(Cipher):
    """Encrypts and decrypts the values of one database.

    It encrypts nothing before it has decrypted the database's own secret, so that a process with the wrong DATA_KEY
    cannot write values that other processes cannot read.
    """

    def __init__(self, keys: tuple[bytes, ...], recall: Callable[[], bytes | None]) -> None:
        """Takes the keys of DATA_KEY and `recall`, which reads the encrypted secret: None in a database without one."""
        super().__init__(keys)
        self._recall, self._secret = recall, None

    _secret: DatabaseSecret | None

    def secret(self) -> DatabaseSecret:
        """Returns the secret, which is read once; raises WrongDataKey where no key opens it."""
        if self._secret is None:
            self._secret = self.read_secret()
        return self._secret

    def forget_secret(self) -> None:
        """Drops the cached secret after an upgrade or a restore has replaced it; it is read again when it is next
        needed.
        """
        self._secret = None

    @property
    def newest_start(self) -> bytes:
        """Returns the first bytes of every value that is bound to its row and encrypted with DATA_KEY's first key."""
        return _OF_ROW + self._current

    def read_secret(self) -> DatabaseSecret:
        """Reads and decrypts the secret as the database has it now."""
        return decrypt_secret(self, self._recall())

    def encrypt_value(self, value: Any, about: str, row_key: bytes) -> bytes:
        self.secret()
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        return self.encrypt(plain, about, row_key)

    def decrypt_value(self, encrypted: bytes, about: str, row_key: bytes) -> Any:
        return json.loads(self.decrypt_row(encrypted, about, row_key).decode("utf-8", "surrogatepass"))

    def decrypt_all(self, encrypted: Iterable[tuple[bytes, bytes]], about: str) -> list[Any]:
        """Decrypts values of one column with the keys of their rows, in order. Parsing them as one JSON text takes half
        the time of parsing each.
        """
        opened = (self.decrypt_row(value, about, row_key) for value, row_key in encrypted)
        result: list[Any] = json.loads(b"[" + b",".join(opened) + b"]")
        return result

    def decrypt_row(self, encrypted: Any, about: str, row_key: Any) -> bytes:
        """Decrypts a value of a row, also one from before rows had keys where the database may still hold such values.

        Raises CannotDecrypt also for a number or a text: SQLite lets anybody write these into a column of bytes.
        """
        if not (isinstance(encrypted, bytes) and isinstance(row_key, bytes)):
            raise CannotDecrypt(f"{about} was changed or moved.")
        if is_unbound(encrypted) and self.secret().opens_unbound:
            return self.decrypt(encrypted, about)
        if not row_key:
            raise CannotDecrypt(f"{about} was changed or moved.")
        return self.decrypt(encrypted, about, row_key)

    def derived_key(self, purpose: str) -> bytes:
        """Returns a key for one purpose, derived from the secret of the database: it outlives rotations of DATA_KEY."""
        return hmac.new(self.secret().fingerprint_key, purpose.encode(), hashlib.sha256).digest()

    def fingerprint(self, value: str) -> str:
        """Returns a keyed hash: equal values give equal fingerprints, and nobody without the key can guess them."""
        return fingerprint_with(self.secret().fingerprint_key, value)


def fingerprint_with(key: bytes, value: str) -> str:
    return hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:40]


class NewValue:
    """Holds a value on its way to the database, to be encrypted for the row of this key."""

    __slots__ = ("_value", "row_key")

    def __init__(self, value: Any, row_key: bytes) -> None:
        self._value, self.row_key = value, row_key

    def read(self, _row_key: bytes) -> Any:
        return self._value


class StoredValue:
    """Holds an encrypted value as it came from the database. It is decrypted when it is first read, for its own row
    only.
    """

    __slots__ = ("_about", "_cipher", "_encrypted", "_is_open", "_value")

    def __init__(self, encrypted: bytes, about: str, cipher: DatabaseCipher) -> None:
        self._encrypted = encrypted
        self._about = about
        self._cipher = cipher
        self._value, self._is_open = None, False

    _value: Any

    def read(self, row_key: bytes) -> Any:
        """Returns the value; raises CannotDecrypt where no key decrypts it, or where it was changed or moved."""
        if not self._is_open:
            self._value = self._cipher.decrypt_value(self._encrypted, self._about, row_key)
            self._is_open = True
        return self._value


class EncryptedColumn(TypeDecorator[NewValue | StoredValue]):
    """Stores a column of encrypted JSON values. The engine's dialect carries the cipher, so no key is global."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, about: str) -> None:
        super().__init__()
        self.about = about

    def process_bind_param(self, value: NewValue | StoredValue | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        if not isinstance(value, NewValue):
            raise TypeError(f"{self.about} takes values only by a row that has a key")
        return cipher_of(dialect).encrypt_value(value.read(value.row_key), self.about, value.row_key)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> StoredValue | None:
        return None if value is None else StoredValue(value, self.about, cipher_of(dialect))


def cipher_of(dialect: Dialect) -> DatabaseCipher:
    cipher: DatabaseCipher = dialect.cipher  # type: ignore[attr-defined]
    return cipher
