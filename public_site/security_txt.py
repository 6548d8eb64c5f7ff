"""Serves /.well-known/security.txt (RFC 9116): where to report a weakness of this site."""

from flask import Response, abort

from public_site.context import site
from store.municipality.security_txt import security_txt


def show_security_txt() -> Response:
    text = security_txt(site().municipality.security, site().started_at, site().photo_links.public_url)
    if text is None:
        abort(404)
    return Response(text, content_type="text/plain; charset=utf-8")
