"""Finds listed words in a Thai text, which has no spaces between its words."""

from collections.abc import Iterable, Iterator

# Words are indexed by their first three characters: few share the same three, and no shorter word is found.
_BEGINNING = 3
_SIGNS_OF_THE_LETTER_BEFORE = "ะ\u0e31าำ\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a"
_VOWELS_OF_THE_LETTER_AFTER = "เแโไ"


class Lexicon:
    """Finds many words in one pass over a text.

    A match must not split a Thai syllable: ไฟดูด is not found in ไฟดูดี, whose last vowel belongs to the letter before.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            lengths.setdefault(word[:_BEGINNING], set()).add(len(word))
        self._lengths = {beginning: sorted(each) for beginning, each in lengths.items()}

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """Yields each word with its position, from the beginning of the text to its end."""
        for position in range(len(text) - _BEGINNING + 1):
            for length in self._lengths.get(text[position : position + _BEGINNING], ()):
                word = text[position : position + length]
                if word in self._words and _stands_alone(text, position, position + length):
                    yield position, word


def _stands_alone(text: str, begin: int, end: int) -> bool:
    before, after = text[max(0, begin - 1) : begin], text[end : end + 1]
    return not (before and before in _VOWELS_OF_THE_LETTER_AFTER) and not (
        after and after in _SIGNS_OF_THE_LETTER_BEFORE
    )
