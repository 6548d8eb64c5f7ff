"""Recognises a message that has only invisible characters."""

from bot.recognition.matches import Blank, Match
from bot.recognition.state import State
from bot.recognition.typed import Typed


def recognise(typed: Typed, _state: State) -> Match | None:
    return None if typed.text else Blank()
