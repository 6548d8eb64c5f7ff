"""What a resident can say in a conversation, whatever the channel."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Words:
    text: str


@dataclass(frozen=True)
class Picked:
    """A choice by its button."""

    choice: str


@dataclass(frozen=True)
class Day:
    day: date


@dataclass(frozen=True)
class Pin:
    latitude: float
    longitude: float
    text: str = ""

    @property
    def is_nowhere(self) -> bool:
        """Says whether the pin lies off the coast of Africa, at 0, 0, as phones say that do not know where they are."""
        return abs(self.latitude) < 0.01 and abs(self.longitude) < 0.01


@dataclass(frozen=True)
class Photo:
    """`album` and `of` tell photos sent together; they arrive one by one, in any order."""

    token: str
    album: str | None = None
    of: int = 1


@dataclass(frozen=True)
class Document:
    token: str
    name: str


@dataclass(frozen=True)
class SomethingElse:
    """A sticker, a voice message, a video: `kind` is LINE's word for it."""

    kind: str


Said = Words | Picked | Day | Pin | Photo | Document | SomethingElse
