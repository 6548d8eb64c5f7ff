"""Holds what every event needs and none changes: the municipality's facts, its services, the wording, the files."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.phrases.typed import TypedWords, read_typed_words
from bot.phrases.wording import IN_ENGLISH, Phrases
from bot.settings import BotSettings
from store.clock import today
from store.database.encryption import Cipher
from store.files.media import Media
from store.files.scanner import Scanner
from store.municipality.profile import Municipality, read_municipality
from store.services import Service, read_services
from store.services.answers.verdicts import Setting


@dataclass(frozen=True)
class AppContext:
    """Holds what is the same for every event. `media` stores photos and documents."""

    municipality: Municipality
    services: Mapping[str, Service]
    phrases: Phrases
    media: Media
    public_url: str = ""
    typed_words: TypedWords = field(default_factory=read_typed_words)
    scanner: Scanner = field(default_factory=Scanner)

    def setting(self) -> Setting:
        address = self.municipality.address
        defaults = {"tambon": address.tambon, "amphoe": address.amphoe, "province": address.province}
        return Setting(today(), defaults, self.municipality.centre)


def open_app_context(settings: BotSettings) -> AppContext:
    """Reads municipality, services and phrases, and connects to the storage of files.

    Raises MunicipalityError, ServiceError or SettingsError; the message is a sentence for the operator.
    """
    municipality = read_municipality(settings.store.municipality)
    media = Media(settings.store.media_url, Cipher(settings.store.data_keys))
    facts, scanner = municipality.words(), Scanner(settings.clamd)
    phrases = Phrases(facts, english=Phrases(facts, IN_ENGLISH))
    return AppContext(municipality, read_services(), phrases, media, settings.public_url, scanner=scanner)
