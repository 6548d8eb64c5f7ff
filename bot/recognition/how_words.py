"""Recognises the labels of what only LINE's own buttons can do; the answer says how."""

from bot.recognition.matches import Match, Tells
from bot.recognition.state import State
from bot.recognition.typed import Typed


def recognise_how(typed: Typed, state: State) -> Match | None:
    how = state.words.how
    for name, words in (("photo", how.photo), ("pin", how.pin), ("day", how.day)):
        if typed.command in words:
            return Tells(f"how.{name}")
    return None
