"""Recognises, in words that the open question refuses, the name of one other service."""

from bot.conversations.drafts import Asking
from bot.conversations.service_matching import meant
from bot.recognition.matches import Match, OffersToSwitch
from bot.recognition.state import State
from bot.recognition.typed import Typed
from store.services import Service


def recognise(typed: Typed, state: State) -> Match | None:
    if state.draft is None:
        return None
    turn = state.draft.turn
    # Where any words are an answer, a sentence about another matter may be that answer.
    if isinstance(turn, Asking) and turn.question.takes_any_words:
        return None
    service = other_service(typed, state, than=state.draft.service.name)
    return OffersToSwitch(service) if service else None


def other_service(typed: Typed, state: State, *, than: str) -> Service | None:
    """Returns the one service that the words name, unless it is this one or they name several."""
    found = meant(state.services.values(), typed.text)
    return found[0] if len(found) == 1 and found[0].name != than else None
