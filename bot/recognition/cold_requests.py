"""Recognises words in a request that was left alone for long: it goes on only after the resident was asked."""

from bot.conversations.intents import SMALL_TALK
from bot.recognition.matches import Asks, Match, OffersToResume, Presses
from bot.recognition.state import State
from bot.recognition.typed import Typed


def recognise(typed: Typed, state: State) -> Match | None:
    """If the resident was asked just before, any other words let the request go on."""
    request = state.request
    if request is None or request.draft is None or not request.is_cold:
        return None
    if typed.function and typed.function not in SMALL_TALK:
        return Asks(typed.function, then_ask=False)
    if state.offered[0] == "resume":
        return Presses("go_on", {"c": str(request.id)})
    return OffersToResume()
