"""Fills in the blanks of an emergency template, such as [จุดปลอดภัย]: places, times and counts, no contact details.

The template's own words were approved beforehand by another person than their author, and may hold links, LINE ids and
telephone numbers. One person alone fills in the blanks during an emergency, so a blank with any of these is refused,
except the town's own telephone numbers.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from store.broadcasts.content import read_content
from store.broadcasts.transitions import ActRefused
from store.municipality.foreign_contacts import leads_away, telephone_numbers, town_numbers
from store.municipality.profile import Municipality

LONGEST_BLANK = 100
_BLANK = re.compile(r"\[([^\[\]\n]{1,40})\]")
# Unicode categories whose characters are invisible or change the text beside them: control, format, unassigned,
# private, surrogates, line and paragraph separators. The letters below are invisible, too.
_INVISIBLE_KINDS = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def blanks_of(content: Any) -> list[str]:
    """Returns the names of the blanks in order, without brackets, each once."""
    found: dict[str, None] = {}
    for text in _texts(content):
        found.update(dict.fromkeys(_BLANK.findall(text)))
    return list(found)


def fill(content: dict[str, Any], blanks: Mapping[str, str], municipality: Municipality) -> dict[str, Any]:
    """Returns the content with every blank filled in.

    Raises ActRefused for a blank that is empty, too long, invisible or holds a contact, and BadContent for a content
    that LINE would refuse.
    """
    words = {name: blanks.get(name, "").strip() for name in blanks_of(content)}
    if not all(words.values()):
        raise ActRefused("blank_left_empty")
    if any(len(word) > LONGEST_BLANK for word in words.values()):
        raise ActRefused("blank_too_long")
    if any(_is_invisible(sign) for word in words.values() for sign in word):
        raise ActRefused("blank_invisible")
    own = town_numbers(municipality)
    filled: dict[str, Any] = _replaced(content, words)
    known = [*own, *(number for text in _texts(content) for number in telephone_numbers(text))]
    # A blank may complete the text beside it, so the whole text is checked, too.
    whole = [pair for pair in zip(_texts(content), _texts(filled), strict=True) if pair[0] != pair[1]]
    if any(leads_away(word, own) for word in words.values()) or any(
        leads_away(text, known) - leads_away(approved, known) for approved, text in whole
    ):
        raise ActRefused("blank_leads_away")
    read_content(filled)
    return filled


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
