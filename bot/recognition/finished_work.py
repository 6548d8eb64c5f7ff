"""Recognises, during a request, that the resident says of finished work whether it is good or still broken."""

from bot.recognition.matches import Asks, Match
from bot.recognition.state import State
from bot.recognition.typed import Typed


def recognise(typed: Typed, state: State) -> Match | None:
    if state.request is None or typed.function not in ("works", "broken"):
        return None
    return Asks(typed.function) if state.cases.may(typed.function) else None
