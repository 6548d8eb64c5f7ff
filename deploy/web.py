"""Builds the application of the web process: LINE's webhook and the residents' pages, with the same database."""

from flask import Flask

from bot import web
from bot.settings import BotSettings
from public_site.context import Site
from public_site.site import install_site
from store.clock import now
from store.files.media import Media


def create_app(settings: BotSettings | None = None) -> Flask:
    """Returns the WSGI application; reads the environment only when no settings are given."""
    app = web.create_app(settings)
    settings, database = app.extensions["bot_settings"], app.extensions["database"]
    media = Media(settings.store.media_url, database.cipher)
    install_site(app, Site(database, media, settings.photo_links, settings.store.municipality, now()))
    return app
