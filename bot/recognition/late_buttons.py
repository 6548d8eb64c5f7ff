"""Recognises the words of a request's buttons when no request is running any more."""

from bot.recognition.how_words import recognise_how
from bot.recognition.matches import Asks, Match, Tells
from bot.recognition.state import State
from bot.recognition.typed import Typed


def recognise(typed: Typed, state: State) -> Match | None:
    words = state.words
    if state.request is not None:
        return None
    if typed.command in words.start_over | words.switch | words.not_this:
        return Asks("menu", then_ask=False)
    if typed.command in words.go_on:
        return Tells("conversation.nothing_to_cancel", then="menu")
    if typed.command in words.cancel_yes:
        return Asks("withdraw", then_ask=False)
    if typed.command in words.keep:
        return Asks("track", then_ask=False)
    if typed.command in words.cancel:
        return Tells("conversation.nothing_to_cancel", then="")
    return recognise_how(typed, state)
