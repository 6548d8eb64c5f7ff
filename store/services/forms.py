"""Describes what a question asks of the chat, of a web form and of a printed form, without the formats of any."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from typing import Literal


class AnswerWords(Enum):
    """Says what typed words may be to a question."""

    FORM = auto()  # only something of a fixed form, such as a number or a day
    CHOICE = auto()  # words that mean one of its choices
    FACT = auto()  # any words, but words about danger alone are no answer, as for a name or a place
    STORY = auto()  # any words


@dataclass(frozen=True)
class DayRange:
    """Holds the days that may be picked, both ends included, and the day that a picker shows first."""

    earliest: date
    latest: date
    initial: date


@dataclass(frozen=True)
class ChatInputs:
    """Says what the chat offers besides the keyboard. `choices` are labels of buttons by the key of the answer."""

    choices: Mapping[str, str] = field(default_factory=dict)
    days: DayRange | None = None
    location: bool = False
    camera: bool = False


@dataclass(frozen=True)
class FollowUp:
    """Describes the question about an answer that is not finished yet.

    `phrase` names the front's words for it, or `text` holds them; `choices` are labels of buttons by key.
    """

    phrase: str = ""
    text: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WebField:
    """Describes one field of a web form, with the attributes of HTML.

    If a question has several fields, `part` tells them apart. `least` and `most` are the attributes min and max.
    """

    type: Literal["text", "textarea", "tel", "email", "number", "date", "radio", "select", "file", "location"]
    part: str = ""
    autocomplete: str = "off"
    inputmode: str = ""
    pattern: str = ""
    least: str = ""
    most: str = ""
    maxlength: int | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    accept: str = ""
    multiple: bool = False


@dataclass(frozen=True)
class Line:
    """Describes a line to write on. With `cells` it is a row of that many squares, for one digit each."""

    cells: int = 0


@dataclass(frozen=True)
class TickBoxes:
    """Describes boxes to tick, a label beside each."""

    labels: tuple[str, ...]


@dataclass(frozen=True)
class Box:
    """Describes a box with lines to write on."""

    lines: int


PaperField = Line | TickBoxes | Box
