"""Checks whether staff passwords are good enough (NIST SP 800-63B-4), and makes their Argon2id hashes."""

import secrets
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from store.errors import Refusal
from store.staff.password_strength import bits_of

SHORTEST, LONGEST = 15, 256
# A billion guesses: with our Argon2id, about half a year on one processor (store.staff.password_strength counts the
# bits). At the sign-in nobody has more than a hundred.
MIN_BITS = 30


class BadPassword(Refusal):
    """Says that a password is not good enough; `reason` is too_short, too_long or too_common."""


def normal(password: str) -> str:
    """Returns the password in Unicode form NFC, so that every keyboard's spelling of a letter compares as equal."""
    return unicodedata.normalize("NFC", password)


def check_new_password(password: str, *names: str) -> None:
    """Raises BadPassword unless the password has 15 to 256 characters and is not easily guessed.

    `names` are those of its owner and of the municipality.
    """
    password = normal(password)
    if len(password) > LONGEST:
        raise BadPassword("too_long")
    if len(password) < SHORTEST:
        raise BadPassword("too_short")
    if bits_of(password, names) < MIN_BITS:
        raise BadPassword("too_common")


class Passwords:
    """Hashes and compares passwords. A hash takes 19 MB and some milliseconds on purpose, so only a few run at once."""

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
