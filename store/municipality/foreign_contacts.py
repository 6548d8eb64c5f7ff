"""Finds links, LINE ids and telephone numbers in a text that are not the town's own."""

import re
import unicodedata
from collections.abc import Collection, Iterator

from store.municipality.profile import Municipality

# What LINE turns into a link or people type into a browser: a scheme, or letters on both sides of a dot.
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
# Shorter numbers are heights, counts and house numbers. The shortest Thai telephone number that is no hotline has nine
# digits.
_DIGITS_OF_A_PHONE = 7
_THAI_PHONE = re.compile(r"0\d{8,9}")
_MAX_TIMES = 2
_SPOKEN = re.compile("ศูนย์|หนึ่ง|สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า")
_SPOKEN_DIGITS = ("ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")


def town_numbers(municipality: Municipality) -> list[str]:
    """Returns the town's own telephone numbers and the hotlines it names, in digits."""
    return [
        "".join(filter(str.isdecimal, str(number))) for number in municipality.phones.model_dump().values()
    ]


def leads_away(text: str, known: Collection[str]) -> set[str]:
    """Returns what looks like a link, LINE id or telephone number, except the `known` numbers, given in digits."""
    plain = _plain(text)
    found = {match[0].lower() for match in _LINK.finditer(plain)}
    found |= {match[0].lower() for match in _LINE_ID.finditer(plain)}
    found |= {match[1] for match in _CALL.finditer(_without(plain, known))}
    return found | set(telephone_numbers(_without(plain, known)))


def telephone_numbers(text: str) -> Iterator[str]:
    """Yields runs of seven digits or more, whatever spaces, dots, commas, brackets and dashes divide them.

    Up to two times of day in a run are left out, unless the whole run is as long as a Thai number and begins like one.
    """
    for run in _RUN.findall(_plain(text)):
        digits = re.sub(r"\D", "", run)
        if not _THAI_PHONE.fullmatch(digits):
            digits = re.sub(r"\D", "", _TIME.sub(" ", run, count=_MAX_TIMES))
        if len(digits) >= _DIGITS_OF_A_PHONE:
            yield digits


def _without(text: str, known: Collection[str]) -> str:
    """Removes the known numbers that stand alone; one that is only part of a longer number stays."""
    for number in filter(None, known):
        text = re.sub(_divided(number), " # ", text)
    return text


def _divided(number: str) -> str:
    """Returns a pattern for this number with any separators between its digits."""
    between_digits = r"[\s.()–—‐‑-]{0,2}"
    return rf"(?<!\d){between_digits.join(number)}(?!\d)"


def _plain(text: str) -> str:
    """Normalises full-width and other forms, and turns digits of any script and Thai words for digits into 0 to 9."""
    text = unicodedata.normalize("NFKC", text).replace("。", ".").replace("ํา", "ำ")
    text = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    return _SPOKEN.sub(lambda match: str(_SPOKEN_DIGITS.index(match[0])), text)
