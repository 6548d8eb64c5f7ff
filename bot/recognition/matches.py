"""Defines what a recogniser can find in what a resident typed; bot.handlers.typed_messages answers each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.conversations.emergencies import Emergency
from bot.conversations.engine import Heard
from bot.conversations.recognition import AtTheCounter, NothingRecognised, OneOf
from store.services import Service


@dataclass(frozen=True)
class Blank:
    """Says that the message has only invisible characters."""


@dataclass(frozen=True)
class Danger:
    emergency: Emergency


@dataclass(frozen=True)
class Secret:
    """Says that the message tells a password, PIN or OTP, and so must not be kept."""


@dataclass(frozen=True)
class TesterCode:
    """Says that a colleague typed the code that makes their chat one for tests of broadcasts."""

    code: str


@dataclass(frozen=True)
class Asks:
    """Says that the message asks for one function of the bot; `name` is a key of bot.handlers.functions.ANSWERS.

    With `then_ask` the open question of a running request is asked again after the answer. With `keep` the words are
    kept for the request that may follow.
    """

    name: str
    then_ask: bool = True
    keep: bool = False


@dataclass(frozen=True)
class Presses:
    """Says that the message is what a button says: it does what a press does, `do` with the parameters `about`."""

    do: str
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Tells:
    """Says that one phrase with these words answers the message.

    After it comes the open question of a running request, the menu of all services, or nothing.
    """

    phrase: str
    words: Mapping[str, str] = field(default_factory=dict)
    then: Literal["question", "menu", ""] = "question"


@dataclass(frozen=True)
class OffersToResume:
    """Says that the resident must say first whether the running request goes on or starts again."""


@dataclass(frozen=True)
class OffersToSwitch:
    """Says that the words are no answer to the open question and name this other service."""

    service: Service


@dataclass(frozen=True)
class ServiceGone:
    """Says that the service of the running request is no longer offered."""


@dataclass(frozen=True)
class Answers:
    """Says that the message answers the open question; `heard` is what the engine made of it."""

    heard: Heard


@dataclass(frozen=True)
class OwnNumber:
    """Says that the message is only the number of this case of theirs."""

    case_id: int


@dataclass(frozen=True)
class AboutCase:
    """Says that the words `beside` the number of this case of theirs may be news about it."""

    case_id: int
    beside: str


@dataclass(frozen=True)
class WrongNumber:
    """Says that the message holds a number that no case of theirs has.

    With `tells_more` it may be the number of something else, such as a deed: it counts as a wrong guess, and the
    recognisers after this one are asked what the message is about.
    """

    tells_more: bool = False


@dataclass(frozen=True)
class Stars:
    given: int


@dataclass(frozen=True)
class MoreForCase:
    """Says that the words belong to the case that is being talked about; a comment is said after its stars."""

    case_id: int
    comment: bool = False


@dataclass(frozen=True)
class CaseOrService:
    """Says that the words may belong to this case or begin a request for this service."""

    case_id: int
    service: Service


@dataclass(frozen=True)
class Opens:
    """Says that the message begins a request for the service; with `named` it holds only its name."""

    service: Service
    named: bool


@dataclass(frozen=True)
class Unsure:
    """Says that the message may be about several services, or about none that we know."""

    about: OneOf | AtTheCounter | NothingRecognised


Match = (
    Blank
    | Danger
    | Secret
    | TesterCode
    | Asks
    | Presses
    | Tells
    | OffersToResume
    | OffersToSwitch
    | ServiceGone
    | Answers
    | OwnNumber
    | AboutCase
    | WrongNumber
    | Stars
    | MoreForCase
    | CaseOrService
    | Opens
    | Unsure
)
