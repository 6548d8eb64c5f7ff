"""Recognises the number of a case inside a sentence, when no request is running."""

from bot.conversations import recognition
from bot.conversations.intents import asked_for
from bot.recognition.matches import AboutCase, Match, Presses, WrongNumber
from bot.recognition.state import State
from bot.recognition.typed import Typed
from store.cases.codes import find_case_code

_ON_CASES = frozenset({"withdraw", "add", "works", "broken"})


def recognise(typed: Typed, state: State) -> Match | None:
    found = None if state.request else find_case_code(typed.text)
    if found is None:
        return None
    code, beside = found
    case_id = state.cases.find(code)
    if case_id is None:
        return WrongNumber(tells_more=_tells_something(beside, state))
    # ยกเลิก 0001/2570 is ยกเลิกเรื่อง with the number for the word.
    act = asked_for(beside) or asked_for(f"{beside} เรื่อง")
    if act in _ON_CASES:
        return Presses(act, {"case": str(case_id)})
    return AboutCase(case_id, beside if act is None else "")


def _tells_something(text: str, state: State) -> bool:
    """Says whether the words beside a number report something, and do not only ask about the case."""
    match recognition.recognise(state.services.values(), text, has_cases=True):
        case recognition.Asks() | recognition.NothingRecognised(_, said_something=False):
            return False
        case _:
            return True
