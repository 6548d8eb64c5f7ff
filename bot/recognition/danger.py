"""Recognises words of danger, which are answered before anything else."""

from bot.conversations.emergencies import find_emergency
from bot.recognition.matches import Danger, Match
from bot.recognition.state import State
from bot.recognition.typed import Typed


def recognise(typed: Typed, _state: State) -> Match | None:
    found = find_emergency(typed.text)
    return Danger(found) if found else None
