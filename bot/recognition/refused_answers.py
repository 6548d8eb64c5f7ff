"""Takes what nothing else recognised in a running request for an answer that its question refuses."""

from bot.conversations import engine
from bot.recognition.matches import Answers, Match
from bot.recognition.state import State
from bot.recognition.typed import Typed
from store.services.answers.inputs import TypedText


def recognise(typed: Typed, state: State) -> Match | None:
    if state.draft is None:
        return None
    return Answers(engine.hear(state.draft, TypedText(typed.text), state.setting))
