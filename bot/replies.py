"""Defines what the bot can say, as values without LINE's formats; bot.line.messages turns them into messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from store.services import Service


@dataclass(frozen=True)
class Button:
    """Describes a button. A press sends us the action `do` with its parameters `about`.

    The chat shows `says`, or the label if that is empty, as the resident's words.
    """

    label: str
    do: str
    about: Mapping[str, str] = field(default_factory=dict)
    says: str = ""


@dataclass(frozen=True)
class Camera:
    label: str


@dataclass(frozen=True)
class Album:
    label: str


@dataclass(frozen=True)
class PinDrop:
    label: str


@dataclass(frozen=True)
class DayPicker:
    label: str
    do: str
    about: Mapping[str, str]
    earliest: str
    latest: str
    initial: str


@dataclass(frozen=True)
class Call:
    """Describes a phone number: who answers, the number as people read it, and the `tel:` address that dials it.

    A button on a card is read aloud as `dial`.
    """

    who: str
    number: str
    uri: str
    dial: str = ""


Quick = Button | Call | Camera | Album | PinDrop | DayPicker


@dataclass(frozen=True)
class Say:
    text: str
    quick: tuple[Quick, ...] = ()


@dataclass(frozen=True)
class ServiceMenu:
    """Shows the services as large buttons under one line of text."""

    text: str
    services: tuple[Service, ...]
    quick: tuple[Quick, ...] = ()


@dataclass(frozen=True)
class ChoiceCard:
    """Shows a question with its choices below each other. Side by side, only the first ones would be visible."""

    text: str
    choices: tuple[Button, ...]
    quick: tuple[Quick, ...] = ()


# As many choices as a phone shows beside three other quick replies of usual length, without scrolling sideways.
SIDE_BY_SIDE = 4


def choice(text: str, choices: Sequence[Button], *quick: Quick) -> "Say | ChoiceCard":
    """Returns a question with its choices: up to four as quick replies, more as a card.

    `quick` are the quick replies after them, such as one that skips the question.
    """
    if len(choices) <= SIDE_BY_SIDE:
        return Say(text, (*choices, *quick))
    return ChoiceCard(text, tuple(choices), quick)


@dataclass(frozen=True)
class SummaryRow:
    """Shows one answer below the label of its question; a tap changes it."""

    label: str
    answer: str
    button: Button


@dataclass(frozen=True)
class Summary:
    """Shows all answers, each with a button to change it, and the buttons that send or edit them."""

    title: str
    service_title: str
    how: str
    rows: tuple[SummaryRow, ...]
    fee: str
    buttons: tuple[Button, ...]
    alt: str
    quick: tuple[Quick, ...] = ()


@dataclass(frozen=True)
class CallCard:
    """Says what to do in danger, and whom to call at a tap."""

    title: str
    text: str
    calls: tuple[Call, ...]
    quick: tuple[Quick, ...] = ()

    @property
    def alt(self) -> str:
        """Returns the alternative text, which names each number with its owner for people who only hear it."""
        return ", ".join([self.title, *(f"{call.who} {call.number}" for call in self.calls)])


@dataclass(frozen=True)
class Receipt:
    title: str
    number: str
    tracking: str
    service_title: str
    lines: tuple[str, ...]
    fee: str
    button: Button
    alt: str
    urgent: bool = False
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True)
class CaseCard:
    """Shows one case with its timeline; each step is (moment, what happened)."""

    heading: str
    title: str
    status: str
    colour: str
    summary: str
    steps: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    buttons: tuple[Button, ...]
    alt: str
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True)
class CaseCards:
    cards: tuple[CaseCard, ...]
    alt: str


@dataclass(frozen=True)
class NoticeCard:
    """Tells news in one short text, such as what happened to a case, with buttons for what can be done now."""

    heading: str
    title: str
    text: str
    colour: str
    buttons: tuple[Button, ...]
    alt: str


@dataclass(frozen=True)
class Picture:
    """Shows a photo, which the resident's phone fetches from this address."""

    address: str
    small_address: str


@dataclass(frozen=True)
class Ready:
    """Holds a message of a broadcast in LINE's format, made by store.broadcasts."""

    message: Mapping[str, Any]


@dataclass(frozen=True)
class TopicRow:
    """Shows one topic and whether the resident wants its news. A tap on `button`, which shows `word`, changes that."""

    name: str
    state: str
    wanted: bool
    word: str
    button: Button


@dataclass(frozen=True)
class TopicCard:
    """Shows for each topic whether the resident wants its news, with buttons that change all topics at once."""

    title: str
    text: str
    topics: tuple[TopicRow, ...]
    buttons: tuple[Button, ...]


Reply = (
    Say
    | ServiceMenu
    | ChoiceCard
    | Summary
    | CallCard
    | Receipt
    | CaseCard
    | CaseCards
    | NoticeCard
    | Picture
    | Ready
    | TopicCard
)
