"""Estimates how many guesses a password withstands, by the cheapest split into words, keyboard walks, repeats and
dates.

NIST SP 800-63B-4, 3.1.1.2: compare with what is commonly used, expected or compromised, and ask for no mixture of kinds
of characters. A leaked list alone is too short for that: with fifteen characters and more, people make
"football12345678". So the password is split into the pieces from which guessing programs build theirs, and each piece
costs as many bits as such a program needs to find it.
"""

import itertools
import math
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from store.staff.common_passwords import SHORTEST_WORD, one_form, ranks

LONGEST_WORD: Final = 40
SIGN_BITS, DIGIT_BITS, PICTURE_BITS = 3.5, 3.3, 8.0
# A repeated piece costs next to nothing: how often it is repeated.
REPEAT_BITS, WALK_BITS, NAME_BITS, YEAR_BITS, SEPARATOR_BITS = 2.0, 6.0, 2.0, 5.0, 1.0
SHORTEST_WALK: Final = 4
_YEAR = re.compile(r"(?:19|20|25)\d\d")
# Characters that everybody puts between words, or behind the last one.
_SEPARATORS: Final = frozenset(" -._,!")
_LEET: Final = str.maketrans("@4301!$57", "aaeoiisst")

_ROWS: Final = (
    ("`1234567890-=", "qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./"),
    ("_ๅ/-ภถุึคตจขช", "ๆไำพะัีรนยบลฃ", "ฟหกดเ้่าสวง", "ผปแอิืทมใฝ"),
)
_LATIN_KEYS, _THAI_KEYS = ("".join(rows) for rows in _ROWS)
_TO_LATIN: Final = str.maketrans(dict(zip(_THAI_KEYS, _LATIN_KEYS, strict=True)))
_TO_THAI: Final = str.maketrans(dict(zip(_LATIN_KEYS, _THAI_KEYS, strict=True)))
_ORDERS: Final = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ")


def _neighbours() -> frozenset[tuple[str, str]]:
    """Returns pairs of characters that are neighbours on a keyboard or follow each other in an alphabet, both ways."""
    pairs = set[tuple[str, str]]()
    for rows in _ROWS:
        for upper, lower in zip(rows, (*rows[1:], ""), strict=True):
            pairs |= set(itertools.pairwise(upper))
            # The lower row is shifted right by half a key; the row of digits has one key more in front.
            shift = 1 if upper is rows[0] else 0
            for place, sign in enumerate(lower):
                pairs |= {(sign, upper[at]) for at in (place + shift, place + shift + 1) if at < len(upper)}
    for order in _ORDERS:
        pairs |= set(itertools.pairwise(order))
    pairs |= {(later, earlier) for earlier, later in pairs}
    return frozenset(pairs | {(sign, sign) for sign in {sign for pair in pairs for sign in pair}})


_NEIGHBOURS: Final = _neighbours()


def bits_of(password: str, names: tuple[str, ...] = ()) -> float:
    """Returns the base-2 logarithm of the estimated guesses. `names` are those of the owner and of the municipality."""
    plain = one_form(password)
    owned = frozenset(one_form(name) for name in names if len(name) >= SHORTEST_WORD)
    # A word typed while the keyboard was switched to the other language; @ for a.
    readings = {plain, plain.translate(_TO_LATIN), plain.translate(_TO_THAI), plain.translate(_LEET)}
    return min(_cheapest(reading, owned) for reading in readings)


def _cheapest(text: str, names: frozenset[str]) -> float:
    """Returns the cost of the cheapest split. `best` at a position is the cheapest way to read all before it."""
    best = [0.0] + [math.inf] * len(text)
    for start in range(len(text)):
        for end, bits in _pieces(text, start, names):
            best[end] = min(best[end], best[start] + bits)
    return best[-1]


def _pieces(text: str, start: int, names: frozenset[str]) -> Iterator[tuple[int, float]]:
    """Yields the end and the cost of each piece that begins here."""
    yield start + 1, _bits_of_sign(text[start])
    if (end := _end_of_walk(text, start)) - start >= SHORTEST_WALK:
        yield end, WALK_BITS
    if _YEAR.match(text, start):
        yield start + 4, YEAR_BITS
    for end in range(start + SHORTEST_WORD, min(len(text), start + LONGEST_WORD) + 1):
        piece = text[start:end]
        if piece in names:
            yield end, NAME_BITS
        elif (rank := ranks().get(piece)) is not None:
            yield end, math.log2(rank + 2)
        if text.find(piece, 0, start) >= 0:
            yield end, REPEAT_BITS


def _bits_of_sign(sign: str) -> float:
    if sign.isdigit():
        return DIGIT_BITS
    if unicodedata.category(sign) == "So":
        return PICTURE_BITS
    return SEPARATOR_BITS if sign in _SEPARATORS else SIGN_BITS


def _end_of_walk(text: str, start: int) -> int:
    end = start + 1
    while end < len(text) and (text[end - 1], text[end]) in _NEIGHBOURS:
        end += 1
    return end
