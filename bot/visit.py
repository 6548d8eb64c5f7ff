"""What a handler has at hand for one event: the resident, the open transaction, and the municipality's facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.conversations.answers import Setting
from bot.events import Event
from bot.phrases import Phrases
from bot.replies import Button, Quick, Reply, Say, ServiceMenu
from store.clock import today
from store.media import Media
from store.models import Conversation, Resident
from store.municipality import Municipality
from store.services import Service


@dataclass(frozen=True)
class Office:
    """The facts that stay the same from event to event."""

    municipality: Municipality
    services: Mapping[str, Service]
    phrases: Phrases
    media: Media
    public_url: str = ""

    def setting(self) -> Setting:
        address = self.municipality.address
        defaults = {"tambon": address.tambon, "amphoe": address.amphoe, "province": address.province}
        return Setting(today(), defaults)


@dataclass(frozen=True)
class Visit:
    """`arrived_at` is when the event reached us; `running` is the request the resident had open then."""

    session: Session
    office: Office
    resident: Resident
    event: Event
    arrived_at: datetime
    running: Conversation | None = None

    @property
    def late(self) -> bool:
        """LINE delivers again and out of order: an older message is no answer to a newer question."""
        return self.running is not None and self.event.at < self.running.heard_at

    def say(self, phrase: str, /, *quick: Quick, **words: object) -> Say:
        return Say(self.office.phrases.say(phrase, **words), tuple(quick))

    def button(self, name: str, do: str, **about: object) -> Button:
        """A button with the label phrases.toml gives it."""
        label = self.office.phrases.say(f"button.{name}")
        return Button(label, do, {key: str(value) for key, value in about.items()}, label)

    def main_buttons(self) -> tuple[Button, ...]:
        names = ("report", "request", "track", "mine", "contact", "help")
        return tuple(self.button(name, name) for name in names)

    def services_of(self, group: str | None = None) -> tuple[Service, ...]:
        return tuple(s for s in self.office.services.values() if group in (None, s.group))

    def menu(self, phrase: str, group: str | None = None) -> list[Reply]:
        text = self.office.phrases.say(phrase)
        return [ServiceMenu(text, self.services_of(group), self.main_buttons())]
