"""Decides what a message outside a request is about: a function of the bot, one service, one of several, or unknown."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.conversations.intents import FOR_THE_COUNTER, asked_for, hinted, is_for_the_counter
from bot.conversations.service_matching import hinted_first, meant, named_exactly
from store.services import Service

# In characters. A shorter message without a hint is not taken for a description of something.
A_SENTENCE = 12
# Names of HINTS that are checked before the services, because no service handles them even where one is named beside:
# reports of bribery, questions whether this account is genuine, the choice of news, and a power cut in a house.
_BEFORE_SERVICES = ("corruption", "genuine", "topics", "power")
# Names of HINTS that are checked only if the message names no service.
_BESIDE_SERVICES = (
    "track", "mine", "privacy", "instalments", "emergency", "tax", "news", "contact", "english", "help",
)  # fmt: skip


@dataclass(frozen=True)
class Asks:
    """Says that the message asks for one function of the bot; `name` is a name in ASKS or HINTS."""

    name: str


@dataclass(frozen=True)
class Opens:
    """Says that the message is about one service; `named` is True if it holds only the name, and no other words."""

    service: Service
    named: bool


@dataclass(frozen=True)
class OneOf:
    """Says that the message is about one of these services; the resident is asked which."""

    services: tuple[Service, ...]


@dataclass(frozen=True)
class AtTheCounter:
    """Says that the message is about papers or allowances that no service handles; `services` are named beside."""

    services: tuple[Service, ...]


@dataclass(frozen=True)
class NothingRecognised:
    """Says that the message may be about any service; `services` are all of them, the nearest first.

    `said_something` is False for a few letters without a hint.
    """

    services: tuple[Service, ...]
    said_something: bool


Recognised = Asks | Opens | OneOf | AtTheCounter | NothingRecognised


def recognise(
    services: Iterable[Service], text: str, *, has_cases: bool, waits_for: Collection[str] = ()
) -> Recognised:
    """Decides by the whole message first, then by its words. `has_cases` says that the resident has reported before.

    With a case, ไฟที่แจ้งไว้ถึงไหนแล้ว asks about it and reports no other light; without one it may be a report.
    `waits_for` are the names of the services of their open cases: ไฟดับยังไม่มาซ่อม asks about one of these only.
    Matters for others than the town's departments are checked before the services: corruption, a power cut at home.
    """
    offered = list(services)
    if name := asked_for(text):
        return Asks(name)
    if (service := named_exactly(offered, text)) is not None:
        return Opens(service, named=True)
    about = hinted(text)
    if name := next((name for name in about if name in _BEFORE_SERVICES), ""):
        return Asks(name)
    if (has_cases and "track" in about) or ("waiting" in about and _is_waited_for(offered, text, waits_for)):
        return Asks("track")
    found = [] if "counter" in about else meant(offered, text, others=FOR_THE_COUNTER)
    if found:
        return Opens(found[0], named=False) if len(found) == 1 else OneOf(tuple(found))
    return _without_service(offered, text, about)


def _is_waited_for(offered: list[Service], text: str, waits_for: Collection[str]) -> bool:
    found = meant(offered, text)
    return any(service.name in waits_for for service in found) if found else bool(waits_for)


def _without_service(offered: list[Service], text: str, about: list[str]) -> Recognised:
    if "counter" in about or is_for_the_counter(text):
        return AtTheCounter(tuple(meant(offered, text)))
    if name := next((name for name in about if name in _BESIDE_SERVICES), ""):
        return Asks(name)
    nearest = hinted_first(offered, text)
    return NothingRecognised(tuple(nearest), said_something=len(text) >= A_SENTENCE or nearest != offered)
