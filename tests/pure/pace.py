"""Whether something takes time in proportion to the length of its text, measured against a plain pass over it."""

import time
import unicodedata
from collections.abc import Callable, Iterator

LONGEST = 5000
MEASURES = 9


def plain_pass(text: str) -> list[str]:
    """What it costs to look at each sign once, whatever alphabet it is of."""
    return [unicodedata.normalize("NFC", sign).casefold() for sign in text]


class Pace:
    """How long a plain pass takes here and now, for a first look at who may be slow."""

    def __init__(self) -> None:
        self._of_a_sign = min(_seconds(plain_pass, "ก" * LONGEST) for _ in range(MEASURES)) / LONGEST

    def too_slow(self, read: Callable[[str], object], parts: tuple[str, str, str], *, times: float) -> str:
        """Where reading takes more than `times` what a plain pass takes; "" where it never does.

        `parts` begin the text, are repeated in it, and end it. It grows step by step, so that what takes ever longer
        is seen long before it takes too long. What seems too slow is measured again, each time beside a plain pass,
        and only the best of several counts: a busy machine changes nothing.
        """
        for text in _growing(*parts):
            signs = max(len(text), FEW)
            if _seconds(read, text) > times * self._of_a_sign * signs and (
                min(_ratio(read, text) for _ in range(MEASURES)) > times
            ):
                return f"{len(text)} characters of {parts}"
        return ""


# With fewer characters, to call something costs more than to read.
FEW = 500


def _growing(begins: str, word: str, tail: str) -> Iterator[str]:
    """A little at a time: of what doubles with each word, the next step takes only a little longer."""
    most = max(1, (LONGEST - len(begins) - len(tail)) // len(word))
    count = min(4, most)
    while count < most:
        yield f"{begins}{word * count}{tail}"
        count = max(count + 1, count * 5 // 4) if count < 100 else count * 2
    yield f"{begins}{word * most}{tail}"


def _seconds(read: Callable[[str], object], text: str) -> float:
    before = time.perf_counter()
    read(text)
    return time.perf_counter() - before


def _ratio(read: Callable[[str], object], text: str) -> float:
    plain = _seconds(plain_pass, text.ljust(FEW, "ก"))
    return _seconds(read, text) / plain
