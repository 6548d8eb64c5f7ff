"""Finding the service a resident means from what they typed, without spaces, with slips."""

from collections.abc import Iterable

from store.services import Service
from store.thai import folded, folded_word


def named_exactly(services: Iterable[Service], text: str) -> Service | None:
    """The service whose title, label or keyword this is."""
    typed = folded(text)
    if not typed:
        return None
    for service in services:
        names = (service.title, service.label, *service.keywords)
        if any(folded_word(name) == typed for name in names):
            return service
    return None


def meant(services: Iterable[Service], text: str) -> list[Service]:
    """The services whose keywords stand in the text, the longest keyword first; at most three.

    A keyword inside a longer one does not count: ไฟถนน is about a light, not about a road.
    """
    keywords = [
        (folded_word(keyword), service)
        for service in services
        for keyword in (service.label, *service.keywords)
    ]
    rest, found = folded(text), []
    for keyword, service in sorted(keywords, key=lambda pair: -len(pair[0])):
        if keyword and keyword in rest:
            rest = rest.replace(keyword, "\n")
            found += [] if service in found else [service]
    return found[:3]
