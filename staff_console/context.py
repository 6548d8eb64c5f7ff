"""Gives views the settings, the database and the municipality's data, and the person who is signed in."""

from dataclasses import dataclass
from typing import cast

from flask import current_app, g

from staff_console.settings import ConsoleSettings
from store.database.engine import Database
from store.files.media import Media
from store.municipality.calendar import OfficeCalendar
from store.municipality.profile import Municipality
from store.services import Service
from store.staff.models import Staff
from store.staff.passwords import Passwords


@dataclass(frozen=True)
class ConsoleContext:
    settings: ConsoleSettings
    database: Database
    municipality: Municipality
    services: dict[str, Service]
    media: Media
    passwords: Passwords

    @property
    def calendar(self) -> OfficeCalendar:
        return OfficeCalendar.of(self.municipality)


def context() -> ConsoleContext:
    return cast(ConsoleContext, current_app.extensions["context"])


def me() -> Staff:
    """Returns the person who is signed in. Call it only where the gate requires a session, not on public pages."""
    return cast(Staff, g.staff)
