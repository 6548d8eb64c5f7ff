"""Holds what every front needs of one municipality: its facts, its services and its files.

Bot, console and public site extend it by what only they need. A process may serve several municipalities and then has
a context for each; nothing of a municipality is kept at module level.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from store.cases.submissions import HOOKS
from store.database.encryption import Cipher
from store.files.media import Media
from store.municipality.profile import Municipality, read_municipality
from store.services import Service, read_services
from store.settings import StoreSettings


@dataclass(frozen=True)
class MunicipalityContext:
    """Holds one municipality's facts. `name` tells municipalities apart in logs and metrics: it is that of the file."""

    name: str
    municipality: Municipality
    services: Mapping[str, Service]
    media: Media


def read_context(settings: StoreSettings) -> MunicipalityContext:
    """Reads the municipality's file and the services, and connects to the storage of files.

    Services of the municipality's own folder come over the built-in ones. Raises MunicipalityError, ServiceError or
    SettingsError; the message is a sentence for the operator.
    """
    return MunicipalityContext(
        settings.name,
        read_municipality(settings.municipality),
        read_services(own=settings.own_folder("services"), hooks=HOOKS),
        Media(settings.media_url, Cipher(settings.data_keys)),
    )
