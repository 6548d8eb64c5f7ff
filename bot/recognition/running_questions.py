"""Recognises the answer to the open question of the running request."""

from bot.conversations import engine
from bot.recognition.matches import Answers, Match, ServiceGone, Tells
from bot.recognition.state import State
from bot.recognition.typed import Typed
from store.services.answers.inputs import TypedText


def recognise(typed: Typed, state: State) -> Match | None:
    """Returns None if the question refuses the words: they may be about something else."""
    if state.request is None:
        return None
    if state.request.draft is None:
        return ServiceGone()
    if state.request.is_late:
        return Tells("conversation.late_message")
    heard = engine.hear(state.request.draft, TypedText(typed.text), state.setting)
    return None if heard.refused else Answers(heard)
