"""Lets ClamAV's daemon scan what residents send, if CLAMD is set. Its protocol: clamd(8), INSTREAM and VERSION."""

import re
import socket
from dataclasses import dataclass

from store.settings import SettingsError

SECONDS = 30.0
_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096
_ADDRESS = re.compile(r"unix:(?P<path>/.+)|tcp://(?P<host>\[[0-9a-fA-F:]+\]|[^\s/:]+):(?P<port>[0-9]{1,5})")
# The test file that every scanner detects and that harms nobody (eicar.org); in two parts, or scanners would detect
# this file.
_TEST_VIRUS = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + rb"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class ScannerUnavailable(RuntimeError):
    """Says that clamd could not be reached or gave no verdict. The caller may try again later."""


@dataclass(frozen=True)
class Scanner:
    """Scans files with clamd. `address` is unix:/run/clamav/clamd.ctl or tcp://HOST:3310; with "" it scans nothing."""

    address: str = ""
    seconds: float = SECONDS

    def has_virus(self, data: bytes) -> bool:
        """Says whether clamd finds a virus; False without an address. Raises ScannerUnavailable if it does not say."""
        if not self.address:
            return False
        chunks = (data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK))
        body = b"".join(len(chunk).to_bytes(4, "big") + chunk for chunk in chunks)
        answer = self._ask(b"zINSTREAM\0" + body + bytes(4))
        if answer == "stream: OK":
            return False
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            return True
        # A file larger than clamd's StreamMaxLength ends here, too: the doctor command finds that out beforehand.
        raise ScannerUnavailable("clamd answers with an error")

    def version(self) -> str:
        """Returns program, signatures and their date, such as ClamAV 1.4.3/27800/Mon Nov 30 08:12:11 2026."""
        return self._ask(b"zVERSION\0")

    def knows_the_test_virus(self) -> bool:
        return self.has_virus(_TEST_VIRUS)

    def _ask(self, words: bytes) -> str:
        try:
            with self._connected() as connection:
                connection.sendall(words)
                return _read(connection).decode("utf-8", "replace")
        except OSError as error:
            raise ScannerUnavailable(type(error).__name__) from error

    def _connected(self) -> socket.socket:
        where = _ADDRESS.fullmatch(self.address)
        if where is None:
            raise OSError("no address")
        if where["host"]:
            return socket.create_connection((where["host"].strip("[]"), int(where["port"])), self.seconds)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(self.seconds)
            connection.connect(where["path"])
        except OSError:
            connection.close()
            raise
        return connection


def _read(connection: socket.socket) -> bytes:
    """Reads one answer; it ends with a zero byte, as the command that asked for it did."""
    answer = b""
    while not answer.endswith(b"\0"):
        piece = connection.recv(_LONGEST_ANSWER)
        if not piece or len(answer) > _LONGEST_ANSWER:
            raise ConnectionError("no whole answer")
        answer += piece
    return answer[:-1]


def scanner_address(value: str) -> str:
    """Returns the value of CLAMD, or raises SettingsError."""
    where = _ADDRESS.fullmatch(value)
    if value and (where is None or (where["port"] and not 0 < int(where["port"]) < 65536)):
        raise SettingsError("CLAMD is neither unix:/run/clamav/clamd.ctl nor tcp://HOST:3310.")
    return value
