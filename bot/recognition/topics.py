"""Recognises the words of a topic's button, such as ไม่รับ เก็บขยะ."""

from bot.recognition.matches import Match, Presses
from bot.recognition.state import State
from bot.recognition.typed import Typed
from store.thai import folded


def recognise(typed: Typed, state: State) -> Match | None:
    for wanted in ("yes", "no"):
        word = state.phrases.say(f"topics.{wanted}")
        for code, topic in state.topics.items():
            if typed.command and folded(f"{word} {topic}") == typed.command:
                return Presses("topic", {"t": code, "w": wanted})
    return None
