"""Recognises a number or tracking code, typed alone, that no case of the resident has."""

from bot.recognition.matches import Match, WrongNumber
from bot.recognition.state import State
from bot.recognition.typed import Typed
from store.cases.codes import read_case_code


def recognise(typed: Typed, _state: State) -> Match | None:
    return None if read_case_code(typed.text) is None else WrongNumber()
