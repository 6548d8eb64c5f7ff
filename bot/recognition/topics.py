"""Recognises the words of a topic's button, such as ไม่รับ เก็บขยะ."""

from bot.recognition.matches import Match, Presses
from bot.recognition.state import State
from bot.recognition.typed import Typed


def recognise(typed: Typed, state: State) -> Match | None:
    for wanted in ("yes", "no"):
        word = state.phrases.say(f"topics.{wanted}")
        for code, topic in state.topics.items():
            if typed.is_label(f"{word} {topic}"):
                return Presses("topic", {"t": code, "w": wanted})
    return None
