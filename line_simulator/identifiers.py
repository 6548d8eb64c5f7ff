"""Makes identifiers that look like LINE's own and stay unique when the simulator is started again."""

import base64
import hashlib
import itertools
import secrets
from collections.abc import Callable

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Identifiers:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        # 13 digits of milliseconds and 5 of counting give LINE's 18 digits, ascending over restarts.
        self._messages = itertools.count(int(clock() * 1000) * 100_000 + 1)

    def new_message_id(self) -> str:
        return str(next(self._messages))

    def new_event_id(self) -> str:
        """Returns a ULID: ten characters of time, sixteen at random."""
        number = (int(self._clock() * 1000) << 80) | secrets.randbits(80)
        return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -5, -5))

    @staticmethod
    def new_token() -> str:
        return secrets.token_hex(16)

    @staticmethod
    def new_long_token() -> str:
        """Returns a quote token or mark-as-read token: 146 opaque characters that are safe in a URL."""
        return base64.urlsafe_b64encode(secrets.token_bytes(111)).decode().rstrip("=")[:146]

    @staticmethod
    def new_rich_menu_id() -> str:
        return f"richmenu-{secrets.token_hex(16)}"


def user_id_of(name: str) -> str:
    """Returns the user id for a name, always the same, so that a bot's database knows the resident after a restart."""
    return "U" + hashlib.sha256(f"tessaban-simulator:{name}".encode()).hexdigest()[:32]
