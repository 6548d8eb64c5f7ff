"""Finds the service that a resident means in a text without spaces and with typing errors."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from bot.conversations.dialects import in_central_thai
from bot.conversations.intents import without_wishes
from store.services import Service
from store.thai import folded, folded_word, without_repeats

_LATIN = re.compile("[a-z]+")


def named_exactly(services: Iterable[Service], text: str, *, polite: bool = True) -> Service | None:
    """Returns the service whose title, label, keyword or hint the text is, apart from polite words around it.

    Without `polite`, only a name alone counts, and no hint: other words may be an answer to an officer.
    """
    text = in_central_thai(text)
    typed = {folded(text)}
    if polite:
        typed |= {without_wishes(text), without_wishes(text, only_after=True)}
    for service in services:
        names = (service.title, service.label, *service.keywords, *(service.hints if polite else ()))
        if any(folded_word(name) in typed for name in names if name):
            return service
    return None


def meant(services: Iterable[Service], text: str, *, others: Iterable[str] = ()) -> list[Service]:
    """Returns the services whose keywords stand in the text, the longest keyword first; at most three.

    A keyword inside a longer one or inside one of `others` does not count: ไฟถนน is about a light, not about a road. If
    none is found, the text is searched once more without repeated letters. A service is left out if the text has a word
    of its `unless`, provided that another one remains.
    """
    text = in_central_thai(text)
    words: list[tuple[str, Service | None]] = [(word, None) for word in others]
    words += [(word, service) for service in services for word in (service.label, *service.keywords)]
    found = _standing_in(text, words) or _standing_in(text, words, repeats=False)
    typed = folded(text)
    kept = [service for service in found if not any(folded_word(word) in typed for word in service.unless)]
    return (kept or found)[:3]


def hinted_first(services: Iterable[Service], text: str) -> list[Service]:
    """Returns all services, first those of which the text has a hint."""
    everything, text = list(services), in_central_thai(text)
    first = _standing_in(text, [(hint, service) for service in everything for hint in service.hints])
    return first + [service for service in everything if service not in first]


def _standing_in(
    text: str, words: Sequence[tuple[str, Service | None]], *, repeats: bool = True
) -> list[Service]:
    # Thai is written without spaces. Latin words count only as whole words: there is no tree in a street.
    thai, latin = folded(text), f" {' '.join(_LATIN.findall(text.lower()))} "
    if not repeats:
        thai = without_repeats(thai)
    found: list[Service] = []
    for word, service in sorted(words, key=lambda pair: -len(pair[0])):
        if word.isascii():
            is_said, latin = _cut_out(f" {' '.join(_LATIN.findall(word.lower()))} ", latin, " \n ")
        else:
            is_said, thai = _cut_out(_folded_name(word, repeats=repeats), thai, "\n")
        if is_said and service is not None and service not in found:
            found.append(service)
    return found


def _cut_out(word: str, text: str, gap: str) -> tuple[bool, str]:
    return (True, text.replace(word, gap)) if word and word in text else (False, text)


@cache
def _folded_name(name: str, *, repeats: bool) -> str:
    return folded(name) if repeats else without_repeats(folded(name))
