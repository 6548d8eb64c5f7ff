"""Stores the bytes of photos and documents, encrypted, under random names.

`decoder` checks what strangers send before any of it is stored here.
"""

import re
import secrets
from collections.abc import Iterator
from datetime import datetime

from store.database.encryption import CannotDecrypt, Cipher
from store.files.decoding import Decoder
from store.files.storage import open_storage

_TOKEN = re.compile(r"^[A-Za-z0-9_-]{20,40}$")


class Media:
    """Stores, reads and deletes files by token. When `keep` returns, the bytes are durable; it raises
    StorageUnavailable when they could not be stored.
    """

    def __init__(self, media_url: str, cipher: Cipher, *, decoder: Decoder | None = None) -> None:
        self._storage, self._cipher = open_storage(media_url), cipher
        self.decoder = decoder or Decoder()

    def keep(self, token: str, data: bytes) -> None:
        self.keep_encrypted(token, self._cipher.encrypt(data, f"media.{token}"))

    def read(self, token: str) -> bytes:
        """Returns the decrypted bytes; raises FileNotFoundError when the file is gone."""
        return self._cipher.decrypt(self.read_encrypted(token), f"media.{token}")

    def opens(self, token: str, encrypted: bytes) -> bool:
        """Says whether these encrypted bytes, from the storage or from a backup, decrypt as the file of this token."""
        try:
            self._cipher.decrypt(encrypted, f"media.{token}")
        except CannotDecrypt:
            return False
        return True

    def is_newest(self, token: str) -> bool:
        """Says whether the file is encrypted with the first key of DATA_KEY."""
        return self._cipher.is_newest(self.read_encrypted(token))

    def reencrypt(self, token: str) -> None:
        """Encrypts the file again with the first key. Raises CannotDecrypt if no key decrypts it; the file stays."""
        self.keep(token, self.read(token))

    def destroy(self, token: str) -> None:
        self._storage.remove(_checked(token))

    def tokens(self) -> set[str]:
        """Returns the names of all stored files, to compare them with the rows."""
        return set(self._storage.names())

    def untouched_since(self, moment: datetime) -> Iterator[str]:
        """Yields the names of files, also incomplete ones, that nobody has written since `moment`."""
        return self._storage.untouched_since(moment)

    def discard(self, name: str) -> None:
        self._storage.remove(name)

    def try_out(self) -> None:
        """Stores a file and deletes it again; raises whatever prevents it."""
        token = secrets.token_urlsafe(20)
        self.keep(token, b"")
        self.destroy(token)

    def keep_encrypted(self, token: str, encrypted: bytes) -> None:
        """Stores encrypted bytes as they come from a backup."""
        self._storage.put(_checked(token), encrypted)

    def read_encrypted(self, token: str) -> bytes:
        """Returns the encrypted bytes for a backup."""
        return self._storage.take(_checked(token))


def _checked(token: str) -> str:
    if not _TOKEN.match(token):
        raise FileNotFoundError(token)
    return token
