"""Serves the photos that officers send to residents: LINE fetches them at signed addresses, which hold 180 days."""

from flask import Blueprint, Response, abort, current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from bot.settings import BotSettings
from store.files.media import Media
from store.files.previews import preview

public_files = Blueprint("public_files", __name__)

# LINE keeps no copy of a picture in a message: the chat shows it from here.
LASTS_SECONDS = 180 * 24 * 3600


def _signer(settings: BotSettings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.secret_key, salt="photo for a resident")


def address_of(settings: BotSettings, token: str, *, small: bool = False) -> str:
    """Returns the address where LINE finds the photo. It cannot be guessed, and is of no use for any other photo."""
    return f"{settings.public_url}{path_of(settings, token, small=small)}"


def path_of(settings: BotSettings, token: str, *, small: bool = False) -> str:
    """Returns the photo's path, for a page of this site."""
    signed = _signer(settings).dumps(token)
    return f"/photos/{signed}/{'small' if small else 'full'}.jpg"


@public_files.get("/photos/<signed>/<any(full, small):size>.jpg")
def photo(signed: str, size: str) -> Response:
    settings: BotSettings = current_app.extensions["bot_settings"]
    media: Media = current_app.extensions["media"]
    try:
        token = _signer(settings).loads(signed, max_age=LASTS_SECONDS)
        data = media.read(token)
    except (BadSignature, FileNotFoundError):
        abort(404)
    response = Response(preview(data) if size == "small" else data, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=86400"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return response
