"""Holds what every event needs and none changes: the municipality's facts, its services, the wording, the files."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.phrases.typed import TypedWords, read_typed_words
from bot.phrases.wording import Phrases, read_phrases
from bot.settings import BotSettings
from store.cases.submissions import HOOKS, Hook
from store.clock import today
from store.files.scanner import Scanner
from store.municipality_context import MunicipalityContext, read_context
from store.services.answers.verdicts import Setting


@dataclass(frozen=True)
class AppContext(MunicipalityContext):
    """Holds what is the same for every event; `hooks` are those that services name."""

    phrases: Phrases
    public_url: str = ""
    typed_words: TypedWords = field(default_factory=read_typed_words)
    scanner: Scanner = field(default_factory=Scanner)
    hooks: Mapping[str, Hook] = field(default_factory=lambda: HOOKS)

    def setting(self) -> Setting:
        address = self.municipality.address
        defaults = {"tambon": address.tambon, "amphoe": address.amphoe, "province": address.province}
        return Setting(today(), defaults, self.municipality.centre)


def open_app_context(settings: BotSettings) -> AppContext:
    """Reads municipality, services and phrases, and connects to the storage of files.

    Phrases of the municipality's own folder come over the built-in ones. Raises MunicipalityError, ServiceError,
    PhraseError or SettingsError; the message is a sentence for the operator.
    """
    found = read_context(settings.store)
    own = settings.store.own_folder("phrases")
    return AppContext(
        **vars(found),
        phrases=read_phrases(found.municipality.words(), own),
        public_url=settings.public_url,
        typed_words=read_typed_words(own),
        scanner=Scanner(settings.clamd),
    )
