"""Recognises what a message outside a request is about: a function of the bot, a service, or several of them."""

from bot.conversations import recognition
from bot.conversations.emergencies import find_cry
from bot.conversations.recognition import A_SENTENCE
from bot.recognition.matches import Asks, Danger, Match, Opens, Unsure
from bot.recognition.state import State
from bot.recognition.typed import Typed

# Long sentences about these are kept, because the answer offers a service that takes them.
_KEPT = frozenset({"corruption", "power"})


def recognise(typed: Typed, state: State) -> Match | None:
    """Always returns a match; a cry for help counts only if nothing else fits."""
    found = recognition.recognise(
        state.services.values(),
        typed.text,
        has_cases=state.cases.has_any(),
        waits_for=state.cases.open_services(),
    )
    match found:
        case recognition.Asks(name):
            return Asks(name, keep=name in _KEPT and len(typed.text) >= A_SENTENCE)
        case recognition.Opens(service, named):
            return Opens(service, named)
        case recognition.NothingRecognised() if (cry := find_cry(typed.text)) is not None:
            return Danger(cry)
        case unsure:
            return Unsure(unsure)
