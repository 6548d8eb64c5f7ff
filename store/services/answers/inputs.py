"""Lists what a resident can say in a conversation, in any channel."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class TypedText:
    text: str


@dataclass(frozen=True)
class Picked:
    """Describes a choice made by its button."""

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
        """Says whether the pin is at 0, 0, off the coast of Africa: phones send this when they find no position."""
        return abs(self.latitude) < 0.01 and abs(self.longitude) < 0.01


@dataclass(frozen=True)
class Photo:
    """Describes a photo. Photos sent together share `album`; `of` counts them; they arrive one by one, in any order."""

    token: str
    album: str | None = None
    of: int = 1


@dataclass(frozen=True)
class Document:
    token: str
    name: str


@dataclass(frozen=True)
class SomethingElse:
    """Describes a sticker, a voice message or a video; `kind` is LINE's word for it."""

    kind: str


Said = TypedText | Picked | Day | Pin | Photo | Document | SomethingElse
