"""Gives views the settings, the database and the municipality's data, and the person who is signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app, g
from prometheus_client import CollectorRegistry

from staff_console.settings import ConsoleSettings
from store.database.engine import Database
from store.municipality.calendar import OfficeCalendar
from store.municipality_context import MunicipalityContext
from store.operations.readiness import Readiness
from store.staff.models import Staff
from store.staff.passwords import Passwords


@dataclass(frozen=True)
class ConsoleContext(MunicipalityContext):
    """Holds what every page may need."""

    settings: ConsoleSettings
    database: Database
    passwords: Passwords
    readiness: Readiness
    registry: CollectorRegistry
    started_at: datetime

    @property
    def calendar(self) -> OfficeCalendar:
        return OfficeCalendar.of(self.municipality)


def context() -> ConsoleContext:
    return cast(ConsoleContext, current_app.extensions["context"])


def me() -> Staff:
    """Returns the person who is signed in. Call it only where the gate requires a session, not on public pages."""
    return cast(Staff, g.staff)
