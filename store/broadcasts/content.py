"""Describes the content of a broadcast, and checks it against LINE's limits when it is saved."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from store.line.limits import (
    LABEL_CHARACTERS,
    LINK_UNITS,
    MESSAGES_IN_A_REQUEST,
    TEXT_UNITS,
    characters,
    units,
)

CARD_TITLE_UNITS, CARD_TEXT_UNITS, FACT_UNITS = 100, 1000, 120
PLACE_CHARACTERS = 100
BUTTONS, FACTS = 4, 6

Look = Literal["announcement", "warning", "event", "tax"]
LOOKS: tuple[Look, ...] = ("announcement", "warning", "event", "tax")


class BadContent(ValueError):
    """Says that the content cannot be sent. `problems` pairs a place such as "parts.0.text" with a word such as
    too_long.
    """

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(", ".join(f"{place}: {problem}" for place, problem in problems))
        self.problems = problems


class _ContentPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _at_most(most: int, count: Callable[[str], int]) -> AfterValidator:
    def check(text: str) -> str:
        if not text:
            raise ValueError("empty")
        if count(text) > most:
            raise ValueError("too_long")
        return text

    return AfterValidator(check)


def _count(text: str) -> int:
    return len(characters(text))


class CardButton(_ContentPart):
    """Describes a button of a card. It opens `link` or begins `service`; with neither, its press is only counted."""

    label: Annotated[str, _at_most(LABEL_CHARACTERS, _count)]
    link: str = ""
    service: str = ""

    @model_validator(mode="after")
    def _leads_somewhere_safe(self) -> "CardButton":
        if self.link and self.service:
            raise ValueError("two_aims")
        if self.link and not (self.link.startswith(("https://", "tel:")) and self.link.isprintable()):
            raise ValueError("bad_link")
        if units(self.link) > LINK_UNITS or " " in self.link:
            raise ValueError("bad_link")
        return self


class Fact(_ContentPart):
    """Describes one line of a card, such as วันเวลา: 25 พ.ย. 2569."""

    label: Annotated[str, _at_most(LABEL_CHARACTERS, _count)]
    text: Annotated[str, _at_most(FACT_UNITS, units)]


class TextPart(_ContentPart):
    kind: Literal["words"] = "words"
    text: Annotated[str, _at_most(TEXT_UNITS, units)]


class PicturePart(_ContentPart):
    """Describes a picture; `token` is that of a file which staff uploaded (store.broadcasts.uploads)."""

    kind: Literal["picture"] = "picture"
    token: str = Field(pattern=r"^[A-Za-z0-9_-]{10,40}$")


class CardPart(_ContentPart):
    kind: Literal["card"] = "card"
    look: Look = "announcement"
    title: Annotated[str, _at_most(CARD_TITLE_UNITS, units)]
    text: Annotated[str, _at_most(CARD_TEXT_UNITS, units)]
    picture: str = Field(default="", pattern=r"^([A-Za-z0-9_-]{10,40})?$")
    facts: tuple[Fact, ...] = Field(default=(), max_length=FACTS)
    buttons: tuple[CardButton, ...] = Field(default=(), max_length=BUTTONS)


class PlacePart(_ContentPart):
    kind: Literal["place"] = "place"
    title: Annotated[str, _at_most(PLACE_CHARACTERS, units)]
    address: Annotated[str, _at_most(PLACE_CHARACTERS, units)]
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


Part = Annotated[TextPart | PicturePart | CardPart | PlacePart, Field(discriminator="kind")]


class BroadcastContent(_ContentPart):
    """Holds up to five parts; a broadcast of a menu alone has none.

    Each part is one message. All go in one request, because LINE bills its recipients and not its messages.
    """

    parts: tuple[Part, ...] = Field(default=(), max_length=MESSAGES_IN_A_REQUEST)

    def buttons(self) -> list[CardButton]:
        """Returns all buttons in order; presses are counted by the index in this list."""
        return [button for part in self.parts if isinstance(part, CardPart) for button in part.buttons]

    def pictures(self) -> list[str]:
        """Returns the tokens of all pictures shown."""
        shown = (
            part.token if isinstance(part, PicturePart) else getattr(part, "picture", "")
            for part in self.parts
        )
        return [token for token in shown if token]


def read_content(data: dict[str, Any]) -> BroadcastContent:
    """Returns the content; raises BadContent with every problem and its place."""
    try:
        return BroadcastContent.model_validate(data)
    except ValidationError as error:
        raise BadContent([(_place(e["loc"]), _word(e)) for e in error.errors()]) from error


def _place(location: tuple[int | str, ...]) -> str:
    """Joins pydantic's location with dots, without the kind of part that pydantic adds: "parts.0.text"."""
    kinds = ("words", "picture", "card", "place")
    numbered = [step for i, step in enumerate(location) if not (step in kinds and i == 2)]
    return ".".join(map(str, numbered))


def _word(error: Any) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return {"too_long": "too_many", "missing": "empty"}.get(error["type"], "wrong")
