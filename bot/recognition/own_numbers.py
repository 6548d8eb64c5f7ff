"""Recognises the number or tracking code of one of the resident's own cases, alone or as the label of a button."""

from bot.recognition.matches import Match, OwnNumber
from bot.recognition.state import State
from bot.recognition.typed import Typed
from store.cases.codes import find_case_code
from store.thai import folded


def recognise(typed: Typed, state: State) -> Match | None:
    case_id = state.cases.find(typed.text)
    if case_id is None:
        case_id = _labelled(typed, state)
    return None if case_id is None else OwnNumber(case_id)


def _labelled(typed: Typed, state: State) -> int | None:
    """Returns the case if its service's title, or the beginning of it, stands beside its number, as on a button."""
    found = find_case_code(typed.text)
    case_id = state.cases.find(found[0]) if found else None
    if found is None or case_id is None:
        return None
    beside = folded(found[1])
    return case_id if beside and folded(state.cases.title_of(case_id)).startswith(beside) else None
