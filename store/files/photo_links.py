"""Creates and reads the signed addresses of photos in chats and on public pages. Each is valid for 180 days."""

from dataclasses import dataclass, field

from itsdangerous import BadSignature, URLSafeTimedSerializer

# LINE keeps no copy of a picture in a message: the chat loads it from here.
LASTS_SECONDS = 180 * 24 * 3600


@dataclass(frozen=True)
class PhotoLinks:
    """Signs addresses with SECRET_KEY. An address cannot be guessed, and is valid for no other photo."""

    secret_key: str = field(repr=False)
    public_url: str

    def address(self, token: str, *, small: bool = False) -> str:
        """Returns the address from which LINE fetches the photo."""
        return f"{self.public_url}{self.path(token, small=small)}"

    def path(self, token: str, *, small: bool = False) -> str:
        """Returns the photo's path, for a page of the public site itself."""
        return f"/photos/{self._signer().dumps(token)}/{'small' if small else 'full'}.jpg"

    def read(self, signed: str) -> str | None:
        """Returns the token of the photo, or None where the signature is invalid or too old."""
        try:
            return str(self._signer().loads(signed, max_age=LASTS_SECONDS))
        except BadSignature:
            return None

    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret_key, salt="photo for a resident")
