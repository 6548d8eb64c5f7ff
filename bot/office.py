"""Opens the office: everything the bot knows that does not change from event to event."""

from bot.phrases.wording import IN_ENGLISH, Phrases
from bot.settings import BotSettings
from bot.visit import Office
from store.database.encryption import Sealer
from store.files.media import Media
from store.files.scanner import Scanner
from store.municipality.profile import read_municipality
from store.services import read_services


def open_office(settings: BotSettings) -> Office:
    """Reads municipality, services and phrases; raises in plain words when one of them cannot work."""
    municipality = read_municipality(settings.store.municipality)
    media = Media(settings.store.media_url, Sealer(settings.store.data_keys))
    facts, scanner = municipality.words(), Scanner(settings.clamd)
    phrases = Phrases(facts, english=Phrases(facts, IN_ENGLISH))
    return Office(municipality, read_services(), phrases, media, settings.public_url, scanner)
