"""Holds what the public pages need: database, files, and the municipality's facts. Each application has one Site."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from flask import current_app

from store.database.engine import Database
from store.files.media import Media
from store.files.photo_links import PhotoLinks
from store.municipality.profile import Municipality
from store.municipality_context import MunicipalityContext, read_context
from store.settings import StoreSettings


@dataclass(frozen=True)
class Site:
    """Holds what every page may need."""

    settings: StoreSettings
    database: Database
    photo_links: PhotoLinks
    started_at: datetime

    @cached_property
    def context(self) -> MunicipalityContext:
        """Returns the facts of the municipality. They are read for the first page that needs them, not at the start.

        So the webhook of the same process works even if the municipality's file is broken.
        """
        return read_context(self.settings)

    @property
    def municipality(self) -> Municipality:
        return self.context.municipality

    @property
    def media(self) -> Media:
        return self.context.media


def site() -> Site:
    """Returns the Site of the application that handles the current request."""
    found: Site = current_app.extensions["public_site"]
    return found
