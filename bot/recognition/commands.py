"""Recognises the words of the menu's tiles and of help, typed alone, also in the middle of a request."""

from bot.conversations.intents import asked_for
from bot.recognition.matches import Asks, Match, Tells
from bot.recognition.state import State
from bot.recognition.typed import Typed
from store.thai import without_particles

# What these show begins something else, so the open question is not asked again below it.
_BEGINS = frozenset({"menu", "report", "request"})


def recognise(typed: Typed, state: State) -> Match | None:
    if typed.command in state.words.commands and (name := asked_for(without_particles(typed.text))):
        return Asks(name, then_ask=name not in _BEGINS)
    if typed.command in state.words.help:
        return Tells("conversation.help") if state.draft else Asks("help", then_ask=False)
    return None
