"""Holds LINE's limits, all of them, and measures and cuts texts in LINE's own units.

https://developers.line.biz/en/docs/messaging-api/text-character-count/ - texts count UTF-16 units, labels count
characters as people see them (grapheme clusters): น้ำ is one.
"""

import json
import re
from datetime import timedelta
from typing import Any

import regex

# https://developers.line.biz/en/reference/messaging-api/#message-objects
MESSAGES_IN_A_REQUEST = 5
TEXT_UNITS = 5000
# LINE allows 1,500; a list of chats shows the first words only.
ALT_UNITS = 400
QUICK_REPLIES = 13
# LINE gives the limits as 30 and 50 KB without the encoding; we use the longest one.
BUBBLE_BYTES, CAROUSEL_BYTES = 30 * 1024, 50 * 1024

# https://developers.line.biz/en/reference/messaging-api/#action-objects
LABEL_CHARACTERS = 20
# A box or button of a Flex card may have a longer label.
CARD_LABEL_CHARACTERS = 40
POSTBACK_UNITS = 300
LINK_UNITS = 1000

# https://developers.line.biz/en/reference/messaging-api/#send-multicast-message
MULTICAST_RECIPIENTS = 500
# https://developers.line.biz/en/reference/messaging-api/#rate-limits - for all our processes together.
MULTICASTS_A_SECOND = 200
# https://developers.line.biz/en/docs/messaging-api/retrying-api-request/ - after that the same key sends again.
RETRY_KEY_KNOWN_FOR = timedelta(hours=24)

# https://developers.line.biz/en/reference/messaging-api/#rich-menu
RICH_MENUS = 1000
RICH_MENU_AREAS = 20
RICH_MENU_RATIO = 1.45
RICH_MENU_BYTES = 1_000_000  # LINE says 1 MB, not which one
CHAT_BAR_CHARACTERS = 14
# https://developers.line.biz/en/reference/messaging-api/#link-rich-menu-to-users
LINKED_RESIDENTS = 500
# https://developers.line.biz/en/reference/messaging-api/#batch-control-rich-menus-of-users
BATCH_OPERATIONS = 1000

# Lone surrogates and control characters, which JSON for LINE cannot or should not carry.
_NO_CHARACTERS = re.compile(r"[\ud800-\udfff\u0000-\u0008\u000b-\u001f\u007f]")


def characters(text: str) -> list[str]:
    return regex.findall(r"\X", text)


def has_characters(text: str, most: int) -> bool:
    """Says whether the text has one to `most` visible characters."""
    return 1 <= len(characters(text)) <= most


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def json_bytes(contents: Any) -> int:
    """Returns the length of the JSON with Thai written as \\uXXXX."""
    return len(json.dumps(contents, separators=(",", ":")))


def cut(text: str, most: int) -> str:
    """Shortens a text to `most` visible characters, never splitting one from its vowel or tone mark."""
    signs = characters(_NO_CHARACTERS.sub("", text))
    return "".join(signs if len(signs) <= most else [*signs[: most - 1], "…"])


def cut_units(text: str, most: int) -> str:
    """Shortens a text to `most` UTF-16 units, by whole characters."""
    text = _NO_CHARACTERS.sub("", text)
    if units(text) <= most:
        return text
    kept, left = [], most - 1
    for sign in characters(text):
        left -= units(sign)
        if left < 0:
            break
        kept.append(sign)
    return "".join(kept) + "…"
