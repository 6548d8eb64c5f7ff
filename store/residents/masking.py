"""Masks the numbers of people inside free text: a citizen ID or a mobile phone."""

import re
from typing import Final

from stdnum.th import pin as citizen_ids

from store.thai import arabic_digits, citizen_id_masked, phone_masked

_D: Final = "[0-9๐-๙]"
# Separators that people put between groups of digits, and invisible characters.
_GAP: Final = r"[-.\s\u2010-\u2015\u200b-\u200d\u2060]{0,2}"
_CITIZEN_ID: Final = re.compile(rf"(?<!{_D}){_D}(?:{_GAP}{_D}){{12}}(?!{_D})")
# In groups as phones are written, so that 09.05.2569 10.30 stays a date and a time: 081-234-5678, 08 1234 5678.
_IN_THREES: Final = rf"{_D}{_GAP}(?:{_D}{{3}}{_GAP}{_D}{{4}}|{_D}{{4}}{_GAP}{_D}{{3}})"
_IN_FOURS: Final = rf"{_GAP}{_D}{{4}}{_GAP}{_D}{{4}}"
# 0812-345-678 and 08123-45678.
_LONG_FIRST: Final = rf"{_D}{{2}}(?:{_GAP}{_D}{{3}}{_GAP}{_D}{{3}}|{_D}{_GAP}{_D}{{5}})"
_MOBILE: Final = re.compile(
    rf"(?<!{_D})(?:\+?[6๖]{{2}}{_GAP}(?:\([0๐]\){_GAP})?|[0๐])[689๖๘๙]"
    rf"(?:{_IN_THREES}|{_IN_FOURS}|{_LONG_FIRST})(?!{_D})"
)


def numbers_masked(text: str) -> str:
    """Masks citizen IDs whose check digit is right, and mobile phones, as the fields for them are masked.

    Other numbers stay: the office's own phones, case numbers, dates, coordinates, meters.
    """
    return _MOBILE.sub(_masked_phone, _CITIZEN_ID.sub(_masked_citizen_id, text))


def _masked_citizen_id(found: re.Match[str]) -> str:
    digits = _digits_of(found)
    is_real = citizen_ids.calc_check_digit(digits[:12]) == digits[12]
    return citizen_id_masked(digits) if is_real else found.group()


def _masked_phone(found: re.Match[str]) -> str:
    digits = _digits_of(found)
    return phone_masked("0" + digits[2:].lstrip("0") if digits.startswith("66") else digits)


def _digits_of(found: re.Match[str]) -> str:
    return "".join(sign for sign in arabic_digits(found.group()) if sign.isdigit())
