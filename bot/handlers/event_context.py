"""Holds what a handler needs for one event: the resident, the open transaction, and the municipality's facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from bot.context import AppContext
from bot.conversations.drafts import Draft
from bot.draft_files import draft_of
from bot.line.events import Event
from bot.phrases.hotlines import make_calls
from bot.replies import Button, Call, Quick, Reply, Say, ServiceMenu
from store.residents.menus import ENGLISH
from store.residents.models import Contact, Conversation, Resident
from store.services import Service
from store.services.answers.inputs import TypedText
from store.thai import has_thai


@dataclass(frozen=True)
class EventContext:
    """Holds one event and its context. `contact` is where the event came from, and `arrived_at` when it reached
    us.

    `running` is the resident's running request. `offered` is what the buttons of our last message were for, and which
    case or service they concern.
    """

    session: Session
    app: AppContext
    contact: Contact
    event: Event
    arrived_at: datetime
    running: Conversation | None = None
    offered: tuple[str, str] = ("", "")

    @cached_property
    def draft(self) -> Draft | None:
        """Returns the running request as it was before this event; None if none runs or its service is gone."""
        return draft_of(self.app, self.running) if self.running else None

    @property
    def resident(self) -> Resident:
        return self.contact.resident

    @property
    def late(self) -> bool:
        """Says whether the event happened before the running request was last saved, because LINE delivered it late."""
        return self.running is not None and self.event.at < self.running.heard_at

    @property
    def in_english(self) -> bool:
        """Says whether to answer in English: to residents who chose it, unless they have just written in Thai."""
        typed = self.event.what.text if isinstance(self.event.what, TypedText) else ""
        return self.resident.language == ENGLISH and not has_thai(typed)

    def words(self, phrase: str, /, **words: object) -> str:
        phrases = self.app.phrases
        return (phrases.say_in_english if self.in_english else phrases.say)(phrase, **words)

    def say(self, phrase: str, /, *quick: Quick, **words: object) -> Say:
        return Say(self.words(phrase, **words), tuple(quick))

    def button(self, name: str, do: str, **about: object) -> Button:
        """Returns a button with the label that bot/phrases/th.toml gives it."""
        label = self.words(f"button.{name}")
        return Button(label, do, {key: str(value) for key, value in about.items()}, label)

    def calls(self, names: Iterable[str], *, in_english: bool = False) -> tuple[Call, ...]:
        """Returns buttons that dial the phones with these names in bot/phrases/hotlines.py."""
        app = self.app
        return make_calls(app.phrases, app.municipality, names, in_english=in_english)

    def main_buttons(self) -> tuple[Button, ...]:
        """Returns the buttons that repeat the menu below the chat.

        They are shown only where we ask what to do, because they cover what was said.
        """
        names = ("report", "request", "track", "mine", "contact", "help")
        return tuple(self.button(name, name) for name in names)

    def services_of(self, group: str | None = None) -> tuple[Service, ...]:
        return tuple(s for s in self.app.services.values() if group in (None, s.group))

    def menu(self, phrase: str, group: str | None = None) -> list[Reply]:
        return [self.choice_of(self.services_of(group), phrase)]

    def choice_of(self, services: Sequence[Service], phrase: str) -> ServiceMenu:
        """Offers these services as large buttons, with their English names for those who are answered in English."""
        shown = tuple(service.in_english() if self.in_english else service for service in services)
        return ServiceMenu(self.words(phrase), shown)
