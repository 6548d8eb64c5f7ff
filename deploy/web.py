"""Builds the application of the web process: LINE's webhook and the residents' pages, with the same database."""

from flask import Flask

from bot import web
from bot.settings import BotSettings
from bot.web_context import WebContext
from public_site.context import Site
from public_site.site import install_site
from store.clock import now


def create_app(settings: BotSettings | None = None) -> Flask:
    """Returns the WSGI application; reads the environment only when no settings are given."""
    app = web.create_app(settings)
    opened: WebContext = app.extensions["webhook"]
    settings = opened.settings
    install_site(app, Site(settings.store, opened.database, settings.photo_links, now()))
    return app
