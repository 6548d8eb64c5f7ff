"""Recognises words for the case that the resident is writing about: an answer to an officer, more, or a comment."""

from bot.conversations.service_matching import named_exactly
from bot.recognition.matches import Asks, CaseOrService, Match, MoreForCase, Presses
from bot.recognition.other_services import other_service
from bot.recognition.state import State
from bot.recognition.typed import Typed

# Functions of the bot whose words are no answer to an officer.
_NOT_FOR_OFFICERS = frozenset({"corruption", "privacy", "withdraw", "topics", "track", "mine"})


def recognise(typed: Typed, state: State) -> Match | None:
    """Returns None for the name of a service, which begins a request.

    If an officer waits for an answer, ใช้ได้แล้ว may be that answer. If none does and a case is finished, it counts as a
    press of that button. Where a sentence is about another service than the case's, the resident is asked which of the
    two it is for.
    """
    if state.request is not None or state.listening is None:
        return None
    if named_exactly(state.services.values(), typed.text, polite=False):
        return None
    what, case_id = state.listening
    if button := _button_of(typed, state, what):
        return Presses(button, {"case": str(case_id)})
    if name := _other_function(typed, state, officer_waits=what == "answer"):
        return Asks(name)
    if what == "comment":
        return MoreForCase(case_id, comment=True)
    service = other_service(typed, state, than=state.cases.service_of(case_id))
    return CaseOrService(case_id, service) if service else MoreForCase(case_id)


def _button_of(typed: Typed, state: State, what: str) -> str | None:
    """Returns what the words do if they are the button's that invited to write, or skip the comment."""
    if what == "comment":
        return "no_comment" if typed.command in state.words.skip else None
    invited = any(typed.is_label(state.phrases.say(f"button.{name}")) for name in ("answer", "add"))
    return "add" if invited else None


def _other_function(typed: Typed, state: State, *, officer_waits: bool) -> str | None:
    name = typed.function
    if name in _NOT_FOR_OFFICERS:
        return name
    says_how_it_is = name in ("works", "broken") and not officer_waits
    return name if name and says_how_it_is and state.cases.may(name) else None
