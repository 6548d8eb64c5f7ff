"""Recognises a password, PIN or OTP, so that nothing after it keeps the message."""

from bot.recognition.matches import Match, Secret
from bot.recognition.state import State
from bot.recognition.typed import Typed
from store.services.answers.secret_words import tells_a_secret


def recognise(typed: Typed, _state: State) -> Match | None:
    return Secret() if tells_a_secret(typed.text) else None
