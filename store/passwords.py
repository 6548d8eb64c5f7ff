"""Passwords of staff: which ones are good enough (NIST SP 800-63B-4), and their Argon2id hashes."""

import re
import secrets
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 15, 256
# What everybody tries first, and words of this very place: nothing else in a password is as good as none.
_KNOWN_PIECES = (
    "tessaban", "เทศบาล", "อบต", "สวัสดี", "รหัสผ่าน", "password", "passw0rd", "secret", "letmein", "welcome",
    "iloveyou", "administrator", "admin", "officer", "supervisor", "staff", "console",
    "municipality", "thailand", "qwertyuiop", "qwerty", "asdfghjkl", "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz", "abcdef", "line",
)  # fmt: skip
_NO_WORD = re.compile(r"[\W\d_]+")


class BadPassword(ValueError):
    """Not good enough; `reason` is too_short, too_long or too_common."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def normal(password: str) -> str:
    """One form for letters that can be composed in two ways, so that every keyboard types the same."""
    return unicodedata.normalize("NFC", password)


def check_new_password(password: str, *context: str) -> None:
    """BadPassword unless it is long and not made of known words. `context`: words of its owner and place."""
    password = normal(password)
    if len(password) > LONGEST:
        raise BadPassword("too_long")
    if len(password) < SHORTEST:
        raise BadPassword("too_short")
    if len(set(password)) < 5 or not _remainder(password, context):
        raise BadPassword("too_common")


def _remainder(password: str, context: tuple[str, ...]) -> str:
    """What is left to guess when known words, digits and signs are taken away; nothing if hardly any."""
    left = password.casefold()
    owned = [word.casefold() for word in context if len(word) >= 3]
    for piece in sorted((*_KNOWN_PIECES, *owned), key=len, reverse=True):
        left = left.replace(piece, "")
    left = _NO_WORD.sub("", left)
    return left if len(left) >= 4 else ""


class Passwords:
    """Hashes and compares. A hash takes 19 MB and some milliseconds on purpose, so only a few run at once."""

    def __init__(self, *, rounds: int = 2, memory_kib: int = 19_456, at_once: int = 4) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1)
        self._turns = threading.BoundedSemaphore(at_once)
        # Compared with when there is no such account, so that the answer takes as long as for a real one.
        self._nobody = self._hasher.hash(secrets.token_urlsafe(32))

    def hash(self, password: str) -> str:
        if len(password) > LONGEST:
            raise BadPassword("too_long")
        with self._turns:
            return self._hasher.hash(normal(password))

    def is_right(self, password_hash: str | None, password: str) -> bool:
        if len(password) > LONGEST:
            return False
        try:
            with self._turns:
                self._hasher.verify(password_hash or self._nobody, normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None
