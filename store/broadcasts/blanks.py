"""Fills in the blanks of an emergency template, such as [จุดปลอดภัย]: places, times and counts, no contact details.

The template's own words were approved by two people beforehand and may hold links, LINE ids and telephone numbers.
One person alone fills in the blanks during an emergency, so a blank in which any of these is recognised is refused,
except the town's own telephone numbers.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from store.broadcasts.content import read_content
from store.broadcasts.life import Refused
from store.municipality.profile import Municipality

LONGEST_BLANK = 100
_BLANK = re.compile(r"\[([^\[\]\n]{1,40})\]")
# What LINE makes a link or people type into a browser: a scheme, or letters on both sides of a dot.
_LINK = re.compile(r"://|www\.|[a-z0-9-]\.[a-z]{2}|[^\s.]\.ไทย", re.IGNORECASE)
_LINE_ID = re.compile(
    r"@|ไลน์\s?ไอดี|ไอดี\s?ไลน์|แอด\s?ไลน์|\bline\s?id\b|\badd\s?line\b|\bid\s?line\b", re.IGNORECASE
)
_CALL = re.compile(
    r"(?:โทร|เบอร์|สายด่วน|ติดต่อ|\btel\b|\bcall\b|\bphone\b)[\s.:()-]{0,4}(?:ที่|เบอร์|หมายเลข|หา)?[\s.:]{0,3}(\d+)",
    re.IGNORECASE,
)
_RUN = re.compile(r"\d[\d\s.,()+–—‐‑-]*")
_TIME = re.compile(r"(?<!\d)(?<!\d[.:])(?:[01]?\d|2[0-3])[.:][0-5]\d(?!\d)(?![.:]\d)")
# Shorter ones are heights, counts and house numbers. The shortest Thai telephone number that is no hotline has nine.
_DIGITS_OF_A_PHONE = 7
_THAI_PHONE = re.compile(r"0\d{8,9}")
_MOST_TIMES = 2
_SPOKEN = re.compile("ศูนย์|หนึ่ง|สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า")
_SPOKEN_DIGITS = ("ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
# Control, format, private and unassigned signs show nothing or change what is beside them, and so do the letters below.
_INVISIBLE_KINDS = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def blanks_of(content: Any) -> list[str]:
    """Returns the names in brackets, in order, each once."""
    found: dict[str, None] = {}
    for text in _texts(content):
        found.update(dict.fromkeys(_BLANK.findall(text)))
    return list(found)


def fill(content: dict[str, Any], blanks: Mapping[str, str], municipality: Municipality) -> dict[str, Any]:
    """Fills in every blank of the content; Refused says what is wrong with a blank, BadContent what LINE refuses."""
    words = {name: blanks.get(name, "").strip() for name in blanks_of(content)}
    if not all(words.values()):
        raise Refused("blank_left_empty")
    if any(len(word) > LONGEST_BLANK for word in words.values()):
        raise Refused("blank_too_long")
    if any(_is_invisible(sign) for word in words.values() for sign in word):
        raise Refused("blank_invisible")
    own = town_numbers(municipality)
    filled: dict[str, Any] = _replaced(content, words)
    known = [*own, *(number for text in _texts(content) for number in _numbers(text))]
    # A blank may complete what stands beside it, so the whole text is looked at, too.
    whole = [pair for pair in zip(_texts(content), _texts(filled), strict=True) if pair[0] != pair[1]]
    if any(leads_away(word, own) for word in words.values()) or any(
        leads_away(text, known) - leads_away(approved, known) for approved, text in whole
    ):
        raise Refused("blank_leads_away")
    read_content(filled)
    return filled


def town_numbers(municipality: Municipality) -> list[str]:
    """Returns the town's own telephone numbers and the hotlines it names, in digits."""
    return [
        "".join(filter(str.isdecimal, str(number))) for number in municipality.phones.model_dump().values()
    ]


def leads_away(text: str, known: Collection[str]) -> set[str]:
    """Returns what looks like a link, LINE id or telephone number, but for the `known` numbers, given in digits."""
    plain = _plain(text)
    found = {match[0].lower() for match in _LINK.finditer(plain)}
    found |= {match[0].lower() for match in _LINE_ID.finditer(plain)}
    found |= {match[1] for match in _CALL.finditer(_without(plain, known))}
    return found | set(_numbers(_without(plain, known)))


def _numbers(text: str) -> Iterator[str]:
    """Yields runs of seven digits or more, however they are divided by spaces, dots, commas, brackets and dashes.

    Up to two times of day in a run are left out, unless the whole run is as long as a Thai number and begins like one.
    """
    for run in _RUN.findall(_plain(text)):
        digits = re.sub(r"\D", "", run)
        if not _THAI_PHONE.fullmatch(digits):
            digits = re.sub(r"\D", "", _TIME.sub(" ", run, count=_MOST_TIMES))
        if len(digits) >= _DIGITS_OF_A_PHONE:
            yield digits


def _without(text: str, known: Collection[str]) -> str:
    """Takes out the known numbers that stand alone; one that is only part of a longer number stays."""
    for number in filter(None, known):
        text = re.sub(_divided(number), " # ", text)
    return text


def _divided(number: str) -> str:
    """Returns a pattern for this number, however its digits are divided."""
    between_digits = r"[\s.()–—‐‑-]{0,2}"
    return rf"(?<!\d){between_digits.join(number)}(?!\d)"


def _plain(text: str) -> str:
    """Turns full-width and other forms into the usual ones, digits of any script and spoken ones into 0 to 9."""
    text = unicodedata.normalize("NFKC", text).replace("。", ".").replace("ํา", "ำ")
    text = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    return _SPOKEN.sub(lambda match: str(_SPOKEN_DIGITS.index(match[0])), text)


def _is_invisible(sign: str) -> bool:
    return unicodedata.category(sign) in _INVISIBLE_KINDS or sign in _INVISIBLE_LETTERS


def _replaced(content: Any, words: Mapping[str, str]) -> Any:
    if isinstance(content, dict):
        return {key: _replaced(value, words) for key, value in content.items()}
    if isinstance(content, list):
        return [_replaced(value, words) for value in content]
    return _BLANK.sub(lambda match: words[match[1]], content) if isinstance(content, str) else content


def _texts(content: Any) -> list[str]:
    if isinstance(content, dict):
        return [text for value in content.values() for text in _texts(value)]
    if isinstance(content, list):
        return [text for value in content for text in _texts(value)]
    return [content] if isinstance(content, str) else []
