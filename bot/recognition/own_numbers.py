"""Recognises the number or tracking code of one of the resident's own cases, typed alone."""

from bot.recognition.matches import Match, OwnNumber
from bot.recognition.state import State
from bot.recognition.typed import Typed


def recognise(typed: Typed, state: State) -> Match | None:
    case_id = state.cases.find(typed.text)
    return None if case_id is None else OwnNumber(case_id)
