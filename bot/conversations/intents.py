"""Recognises a message that asks for one function of the bot, such as tracking or the menu, and not for a service.

People type the label of a tile or button, or other words for the same. A message is recognised only if it consists
entirely of polite words (อยาก ขอ ช่วย หน่อย ได้ไหม) and words of ASKS. With anything else in it, it is left to the
recognition of services: ขอบคุณ is thanks, ขอบคุณแต่ไฟยังมืด is a report.

The words are listed in intents.toml beside this file.
"""

import tomllib
from pathlib import Path

from bot.conversations.dialects import in_central_thai
from store.thai import folded, without_endings

# The longest sentence that asks for one thing only; what is longer tells something.
LONGEST = 120
# `folded` makes these words equal to ข่าว (news), because it removes tone marks; they are replaced before that.
_OTHERS = (("ข้าว", "rice"), ("ขาว", "white"))

_LISTS: dict[str, dict[str, list[str]]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text("utf-8")
)
_AROUND = _LISTS["around"]
ASKS = _LISTS["asks"]
HINTS = _LISTS["hints"]
FOR_THE_COUNTER = _LISTS["unless_reported"]["counter"]
SMALL_TALK = frozenset({"thanks", "hello"})


_NOTHING = len(ASKS)
_RANKS = {folded(word): _NOTHING for words in _AROUND.values() for word in words}
_RANKS |= {folded(word): rank for rank, words in reversed([*enumerate(ASKS.values())]) for word in words}
_LENGTHS = sorted({len(word) for word in _RANKS})
_POLITE = tuple(
    sorted({folded(word) for word in (*_AROUND["courtesy"], *_AROUND["wishes"])}, key=len, reverse=True)
)
_HINT = {name: tuple(map(folded, words)) for name, words in HINTS.items()}
_NO_HINT = {name: tuple(map(folded, words)) for name, words in _LISTS["not_hints"].items()}
_FOR_THE_COUNTER = tuple(map(folded, FOR_THE_COUNTER))


def asked_for(text: str) -> str | None:
    """Returns the name in ASKS that the whole message asks for, or None if it says anything else."""
    rank = _best_reading(_typed(text)) if len(text) <= LONGEST else None
    return None if rank is None or rank == _NOTHING else list(ASKS)[rank]


def _best_reading(typed: str) -> int | None:
    """Returns the lowest rank in ASKS among all ways to divide the text into known words; None if there is no way.

    Thai has no spaces, so several divisions may be possible. `best[n]` is the lowest rank that a division of the first
    n characters contains: `_NOTHING` if it consists of polite words only, None if these characters cannot be divided.
    """
    best: list[int | None] = [_NOTHING, *([None] * len(typed))]
    for start in range(len(typed)):
        before = best[start]
        if before is None:
            continue
        for length in _LENGTHS:
            rank = _RANKS.get(typed[start : start + length])
            if rank is not None and start + length <= len(typed):
                here = best[start + length]
                best[start + length] = min(rank, before, _NOTHING if here is None else here)
    return best[-1]


def hinted(text: str) -> list[str]:
    """Returns the names of HINTS, in their order, that the message may be about, whatever else it says."""
    typed = _typed(text)
    return [name for name, words in _HINT.items() if _is_hinted(typed, words, _NO_HINT.get(name, ()))]


def _is_hinted(typed: str, words: tuple[str, ...], longer: tuple[str, ...]) -> bool:
    for word in longer:
        typed = typed.replace(word, "\n")
    return any(word in typed for word in words)


def is_for_the_counter(text: str) -> bool:
    """Says whether the message has a word of FOR_THE_COUNTER; it counts only if no service is named beside it."""
    typed = _typed(text)
    return any(word in typed for word in _FOR_THE_COUNTER)


def _typed(text: str) -> str:
    text = in_central_thai(text)
    for word, other in _OTHERS:
        text = text.replace(word, other)
    return folded(text)


def without_wishes(text: str, *, only_after: bool = False) -> str:
    """Returns the text folded and without the polite words around it: รถน้ำ for ขอรถน้ำหน่อยค่ะ.

    With `only_after` only those at the end are removed, which leaves ขอรถน้ำ: a service may be called so. A text longer
    than LONGEST keeps them all, because it cannot be the name of anything.
    """
    typed, start = folded(text), 0
    if len(text) > LONGEST:
        return typed
    while not only_after and (word := next((word for word in _POLITE if typed.startswith(word, start)), "")):
        start += len(word)
    return without_endings(typed[start:], _POLITE)
