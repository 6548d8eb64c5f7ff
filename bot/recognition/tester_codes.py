"""Recognises the code with which a colleague makes their own chat one for tests of broadcasts."""

import re

from bot.recognition.matches import Match, TesterCode
from bot.recognition.state import State
from bot.recognition.typed import Typed
from store.thai import arabic_digits

# As store.broadcasts.testers makes them.
_CODE = re.compile(r"ทดสอบ\d{6}")


def recognise(typed: Typed, _state: State) -> Match | None:
    code = arabic_digits("".join(typed.text.split()))
    return TesterCode(code) if _CODE.fullmatch(code) else None
