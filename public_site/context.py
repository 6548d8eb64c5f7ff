"""Holds what the pages know of their municipality: one context for each application."""

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
        """Returns the facts of the municipality, read when a page first needs them and not at the start.

        So the webhook of the same process works even while their file is broken.
        """
        return read_municipality(self.municipality_file)


def site() -> Site:
    """Returns the context of the application that answers now."""
    found: Site = current_app.extensions["public_site"]
    return found
