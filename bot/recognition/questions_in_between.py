"""Recognises, in words that the open question refuses, that they ask for a function of the bot."""

from bot.conversations.intents import SMALL_TALK
from bot.recognition.matches import Asks, Match
from bot.recognition.state import State
from bot.recognition.typed import Typed


def recognise(typed: Typed, state: State) -> Match | None:
    if state.request is None or typed.function is None or typed.function in SMALL_TALK:
        return None
    return Asks(typed.function)
