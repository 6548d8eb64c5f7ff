"""Holds what recognisers know beside the words: the running request, what we last offered, and the resident's cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.conversations.drafts import Draft
from bot.phrases.typed import TypedWords
from bot.phrases.wording import Phrases
from store.services import Service
from store.services.answers.verdicts import Setting


class OwnCases(Protocol):
    """Looks up the resident's own cases when a recogniser asks, because most messages need none of them."""

    def find(self, code: str) -> int | None:
        """Returns the id of the case with this number or tracking code.

        Returns None if the resident has no such case, or has guessed too often.
        """

    def may(self, act: str) -> bool:
        """Says whether the resident has a case on which this action is possible."""

    def service_of(self, case_id: int) -> str:
        """Returns the name of the service of this case."""

    def title_of(self, case_id: int) -> str:
        """Returns the title of the service of this case, as its cards show it."""

    def has_any(self) -> bool:
        """Says whether the resident has reported anything before."""

    def open_services(self) -> set[str]:
        """Returns the names of the services of the resident's open cases."""


@dataclass(frozen=True)
class Request:
    """Describes the running request; `draft` is None if its service is no longer offered.

    `is_cold` says that the resident was silent for long, `is_late` that LINE delivered the message after a later one.
    """

    id: int
    draft: Draft | None
    is_cold: bool = False
    is_late: bool = False


@dataclass(frozen=True)
class State:
    """Holds what is known when a resident types something.

    `topics` are the names of the topics of news by their codes, `departments` the departments' phones by their names.
    `offered` is what the buttons of our last message were for, and which case or service they concern. `listening` is
    what the resident is writing about, answer, more or comment, and the id of the case.
    """

    services: Mapping[str, Service]
    topics: Mapping[str, str]
    departments: Mapping[str, str]
    phrases: Phrases
    words: TypedWords
    setting: Setting
    cases: OwnCases
    request: Request | None = None
    offered: tuple[str, str] = ("", "")
    listening: tuple[str, int] | None = None

    @property
    def draft(self) -> Draft | None:
        return self.request.draft if self.request else None
