"""The bytes of photos and documents: sealed, under opaque names, on a shelf of ours.

`decoder` opens what strangers send before any of it is kept here.
"""

import re
import secrets
from collections.abc import Iterator
from datetime import datetime

from store.database.encryption import CannotOpen, Sealer
from store.files.decoding import Decoder
from store.files.storage import open_shelf

_TOKEN = re.compile(r"^[A-Za-z0-9_-]{20,40}$")


class Media:
    """Keeps, reads and destroys files by token. What `keep` was given is durable when it returns; it raises
    StorageUnavailable when it could not be kept."""

    def __init__(self, media_url: str, sealer: Sealer, *, decoder: Decoder | None = None) -> None:
        self._shelf, self._sealer = open_shelf(media_url), sealer
        self.decoder = decoder or Decoder()

    def keep(self, token: str, data: bytes) -> None:
        self.keep_sealed(token, self._sealer.seal(data, f"media.{token}"))

    def read(self, token: str) -> bytes:
        """FileNotFoundError when it is gone."""
        return self._sealer.open(self.read_sealed(token), f"media.{token}")

    def opens(self, token: str, sealed: bytes) -> bool:
        """Whether these bytes, as they lie here or in a backup, are this file."""
        try:
            self._sealer.open(sealed, f"media.{token}")
        except CannotOpen:
            return False
        return True

    def is_newest(self, token: str) -> bool:
        """Whether it is sealed with the first key of DATA_KEY."""
        return self._sealer.is_newest(self.read_sealed(token))

    def reseal(self, token: str) -> None:
        """With the first key. CannotOpen leaves it as it was."""
        self.keep(token, self.read(token))

    def destroy(self, token: str) -> None:
        self._shelf.remove(_checked(token))

    def tokens(self) -> set[str]:
        """All that lie here, to compare with the rows."""
        return set(self._shelf.names())

    def untouched_since(self, moment: datetime) -> Iterator[str]:
        """Names, also of what was never finished."""
        return self._shelf.untouched_since(moment)

    def discard(self, name: str) -> None:
        self._shelf.remove(name)

    def try_out(self) -> None:
        """Keeps something and takes it away again, and raises whatever stands in the way."""
        token = secrets.token_urlsafe(20)
        self.keep(token, b"")
        self.destroy(token)

    def keep_sealed(self, token: str, sealed: bytes) -> None:
        """As it comes out of a backup."""
        self._shelf.put(_checked(token), sealed)

    def read_sealed(self, token: str) -> bytes:
        """As it goes into a backup."""
        return self._shelf.take(_checked(token))


def _checked(token: str) -> str:
    if not _TOKEN.match(token):
        raise FileNotFoundError(token)
    return token
