"""Reads the number or the tracking code of a case as people write it, alone or in a sentence."""

import re

from store.thai import arabic_digits, without_particles

CaseCode = tuple[int, int] | str

# A case's number or code, with room for the spaces people type into it.
LONGEST_CODE = 60
LONGEST_SENTENCE = 200
_NUMBER = re.compile(r"(?:เลขที่เรื่อง|เรื่องเลขที่|เรื่องที่|เรื่อง|เลขที่|เลข|#)?(\d{1,6})/(25\d\d)")
# A year of two digits counts only with the word for a case or the leading zero that no house has: 99/70 alone is a
# house number.
_NUMBER_OF_A_SHORT_YEAR = re.compile(
    r"(?:(?:เลขที่เรื่อง|เรื่องเลขที่|เรื่องที่|เรื่อง|#)(\d{1,6})|(?:เลขที่|เลข)?(0\d{3}))/(\d\d)"
)
_TRACKING_CODE = re.compile(r"[A-Z]{2}\d\d-[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]")
# In a sentence 11/2569 is a month: a number that short counts only with the word for a case directly before it. With
# four digits, as we show them, it needs none.
_IN_A_SENTENCE = re.compile(
    r"(?:(?<![0-9/])(?=[0-9]{4})|(?:เรื่อง|เรื่องที่|เลขที่|เลขที่เรื่อง|หมายเลข|เลข|#)\s*)([0-9]{1,6}/25[0-9]{2})(?![0-9/])|"
    rf"(?<![A-Z0-9])({_TRACKING_CODE.pattern})(?![A-Z0-9])"
)
# All dashes become a hyphen; invisible characters are removed.
_AS_CODES = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\u180e\ufe0f\ufeff")),
}


def read_case_code(typed: str) -> CaseCode | None:
    """Returns (number, fiscal year) or a tracking code, as a person types them; None for any other text."""
    if len(typed) > LONGEST_CODE:
        return None
    typed = "".join(_plain(without_particles(typed)).split())
    if match := _NUMBER.fullmatch(typed):
        return int(match[1]), int(match[2])
    if match := _NUMBER_OF_A_SHORT_YEAR.fullmatch(typed):
        return int(match[1] or match[2]), 2500 + int(match[3])
    return typed if _TRACKING_CODE.fullmatch(typed) else None


def find_case_code(text: str) -> tuple[str, str] | None:
    """Returns the only code in a sentence and the rest of the sentence, for example ("0123/2570", "ถึงไหนแล้ว"); else
    None.
    """
    if len(text) > LONGEST_SENTENCE or "บ้านเลขที่" in text or "เลขที่บ้าน" in text:
        return None
    # A character may become none or several, so each plain character keeps the position of the original one.
    plain = [(sign, at) for at, written in enumerate(text) for sign in _plain(written)]
    found = list(_IN_A_SENTENCE.finditer("".join(sign for sign, _ in plain)))
    if len(found) != 1:
        return None
    [match] = found
    begins, ends = plain[match.start(match.lastindex or 0)][1], plain[match.end() - 1][1] + 1
    return match[1] or match[2], f"{text[:begins]} {text[ends:]}".strip()


def _plain(text: str) -> str:
    return arabic_digits(text).upper().translate(_AS_CODES)
