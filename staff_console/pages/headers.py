"""Adds the security headers to every response."""

from flask import Flask, Response, request

from staff_console.context import context

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

# These files are the same for everybody, so browsers may cache them.
OF_NOBODY = frozenset({"static", "previews.drawing"})


def install_headers(app: Flask) -> None:
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.endpoint not in OF_NOBODY:
        headers["Cache-Control"] = "private, no-store"
    if request.is_secure or context().settings.is_https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
