"""Adds the residents' pages to the application of the web process."""

from flask import Flask

from public_site.announcements import announcements
from public_site.context import Site
from public_site.error_pages import install_error_pages
from public_site.headers import add_headers
from public_site.photos import photos
from public_site.security_txt import show_security_txt
from store.municipality.security_txt import PATH


def install_site(app: Flask, site: Site) -> None:
    """Adds the pages and the error pages to the application."""
    app.extensions["public_site"] = site
    install_error_pages(app)
    app.after_request(add_headers)
    app.add_url_rule(PATH, view_func=show_security_txt)
    app.register_blueprint(photos)
    app.register_blueprint(announcements)
