"""Decides whether an answer says nothing: ไม่รู้, ที่เดิม, กกกก, "-", or ป้า for a name."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from store.thai import folded, folded_word, without_particles

LONGEST = 40


def all_folded(*words: str) -> frozenset[str]:
    return frozenset(map(folded_word, words))


_UNKNOWN = all_folded(
    "ไม่รู้", "ไม่ทราบ", "ไม่แน่ใจ", "ไม่รู้สิ", "ไม่รู้เหมือนกัน", "ไม่ทราบเหมือนกัน", "จำไม่ได้", "ไม่รู้ว่าเท่าไหร่", "ไม่รู้กี่ลิตร",
    "บ่ฮู้", "dont know", "i dont know", "unknown",
)  # fmt: skip
_NOTHING = _UNKNOWN | all_folded(
    "ไม่", "ไม่มี", "ไม่บอก", "ไม่อยากบอก", "ไม่ระบุ", "ไม่สะดวก", "ไม่สะดวกบอก", "ไม่ขอบอก", "ไม่เอา", "ข้าม", "อะไร",
    "อะไรนะ", "บ่มี", "ไม่มีอะไร", "เหมือนเดิม", "เดิม", "none", "no", "n/a", "na", "skip", "nothing",
    "พอแล้ว", "แค่นี้", "หมดแล้ว", "สวัสดี", "หวัดดี", "hello",
)  # fmt: skip
# Words at the end that add no content: ตรงนั้นแหละ says no more than ตรงนั้น.
_FILLERS = tuple(map(folded_word, ("แหละ", "เลย", "ล่ะ", "ครับผม", "อ่ะ", "นั่น")))


@dataclass(frozen=True)
class Nothing:
    """Says which answers tell nothing to one kind of question, besides those that tell nothing to any.

    `words` are folded. A picture alone may be an answer to a question for words. The same figure three times or more
    may be the number that is asked for; where words are asked for, 555 is laughter.
    """

    words: frozenset[str] = frozenset()
    picture_tells: bool = False
    repeated_figure: Literal["tells", "laughter", "nothing"] = "tells"


def is_unknown(text: str) -> bool:
    return any(kernel in _UNKNOWN for kernel in _kernels(text))


def is_nothing(text: str, nothing: Nothing) -> bool:
    """Says whether these words, without invisible characters, tell nothing that a question of the kind asks for."""
    if not any(
        unicodedata.category(sign)[0] in "LN" or (nothing.picture_tells and _is_picture(sign))
        for sign in text
    ):
        return True
    if len(text) > LONGEST:
        return _is_one_sign(text, nothing)
    return any(kernel in _NOTHING or kernel in nothing.words for kernel in _kernels(text)) or _is_one_sign(
        text, nothing
    )


def _is_picture(sign: str) -> bool:
    return unicodedata.category(sign) in ("So", "Sk")


def _is_one_sign(text: str, nothing: Nothing) -> bool:
    """Says whether the text is the same character three times or more, and tells nothing: กกกก."""
    signs = [sign for sign in text if sign.isalnum()]
    if len(signs) < 3 or len(set(signs)) > 1 or not all(sign.isalnum() or sign.isspace() for sign in text):
        return False
    if signs[0].isalpha() or nothing.repeated_figure == "nothing":
        return True
    return nothing.repeated_figure == "laughter" and signs[0] in "5๕"


def _kernels(text: str) -> Iterator[str]:
    """Yields what was said, and then what is left of it each time one more filler is taken from its end."""
    typed = folded(without_particles(text[: 2 * LONGEST]))
    yield typed
    while filler := next((filler for filler in _FILLERS if typed.endswith(filler) and typed != filler), ""):
        typed = typed.removesuffix(filler)
        yield typed
