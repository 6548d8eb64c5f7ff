"""Holds what the public pages need: database, files, and the municipality's facts. Each application has one Site."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from flask import current_app

from store.database.engine import Database
from store.files.media import Media
from store.files.photo_links import PhotoLinks
from store.municipality.profile import Municipality, read_municipality


@dataclass(frozen=True)
class Site:
    """Holds what every page may need. `municipality_file` is the TOML file with the facts of the municipality."""

    database: Database
    media: Media
    photo_links: PhotoLinks
    municipality_file: Path
    started_at: datetime

    @cached_property
    def municipality(self) -> Municipality:
        """Returns the facts of the municipality. They are read for the first page that needs them, not at the start.

        So the webhook of the same process works even if the municipality's file is broken.
        """
        return read_municipality(self.municipality_file)


def site() -> Site:
    """Returns the Site of the application that handles the current request."""
    found: Site = current_app.extensions["public_site"]
    return found
