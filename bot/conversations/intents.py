"""What a whole message asks for beside a service: the words of our tiles and buttons, and how people say the same.

A message asks for something when its words of courtesy and asking (อยาก ขอ ช่วย หน่อย ได้ไหม) and the words of one of
ASKS are all that it says. One sign more, and it is left to whoever knows more: ขอบคุณ is thanks, ขอบคุณแต่ไฟยังมืด is not.

The words stand in intents.toml beside this file.
"""

import tomllib
from pathlib import Path

from bot.conversations.dialects import in_central_thai
from store.thai import folded, without_endings

# The longest sentence that asks for one thing only; what is longer tells something.
LONGEST = 120
# They fold to the same as ข่าว, and are other words.
_OTHERS = (("ข้าว", "rice"), ("ขาว", "white"))

_LISTS: dict[str, dict[str, list[str]]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text("utf-8")
)
_AROUND = _LISTS["around"]
ASKS = _LISTS["asks"]
HINTS = _LISTS["hints"]
SMALL_TALK = frozenset({"thanks", "hello"})


_NOTHING = len(ASKS)
_RANKS = {folded(word): _NOTHING for words in _AROUND.values() for word in words}
_RANKS |= {folded(word): rank for rank, words in reversed([*enumerate(ASKS.values())]) for word in words}
_LENGTHS = sorted({len(word) for word in _RANKS})
_POLITE = tuple(
    sorted({folded(word) for word in (*_AROUND["courtesy"], *_AROUND["wishes"])}, key=len, reverse=True)
)
_HINT = {name: tuple(map(folded, words)) for name, words in HINTS.items()}


def asked_for(text: str) -> str | None:
    """The name in ASKS of the one thing that these words ask for, and None where they say anything else."""
    rank = _best_reading(_typed(text)) if len(text) <= LONGEST else None
    return None if rank is None or rank == _NOTHING else list(ASKS)[rank]


def _best_reading(typed: str) -> int | None:
    """The first of ASKS that is said where the text is cut into known words from end to end; None if it cannot be.

    Thai has no spaces, so there may be several ways to cut: `best` holds the first of ASKS said
    so far for each place to which whole words lead, and None for the others.
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
    """What else a message may be about, whatever it says beside: names of HINTS in their order."""
    typed = _typed(text)
    return [name for name, words in _HINT.items() if any(word in typed for word in words)]


def _typed(text: str) -> str:
    text = in_central_thai(text)
    for word, other in _OTHERS:
        text = text.replace(word, other)
    return folded(text)


def without_wishes(text: str, *, only_after: bool = False) -> str:
    """The words folded, without the courtesy and the asking around them: of ขอรถน้ำหน่อยค่ะ it leaves รถน้ำ.

    With `only_after` it leaves ขอรถน้ำ, which may be a name as well. A text longer than LONGEST is no name.
    """
    typed, start = folded(text), 0
    if len(text) > LONGEST:
        return typed
    while not only_after and (word := next((word for word in _POLITE if typed.startswith(word, start)), "")):
        start += len(word)
    return without_endings(typed[start:], _POLITE)
