"""Adds the security headers to every answer of the web process."""

from typing import Final

from flask import Response, request

from public_site.context import site

# Allows what the error page needs; nearly all other answers are not shown.
POLICY: Final = (
    "default-src 'none'; style-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def add_headers(response: Response) -> Response:
    """Adds security headers that the page has not set itself, and over https Strict-Transport-Security."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cache-Control", "no-store")
    if request.is_secure or site().photo_links.public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
