"""Serves the photos that officers send to residents, to anybody who has the signed address."""

from flask import Blueprint, Response, abort

from public_site.context import site
from store.files.previews import preview

photos = Blueprint("photos", __name__)


@photos.get("/photos/<signed>/<any(full, small):size>.jpg")
def photo(signed: str, size: str) -> Response:
    token = site().photo_links.read(signed)
    if token is None:
        abort(404)
    try:
        data = site().media.read(token)
    except FileNotFoundError:
        abort(404)
    response = Response(preview(data) if size == "small" else data, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=86400"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return response
