"""Cleans what was typed of what nobody sees."""

import re
import unicodedata

import regex

from store.thai import one_spelling

# Without the joiners U+200C and U+200D, which hold composed emoji together.
_CONTROLS = re.compile(
    r"[\ud800-\udfff\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d\u180e\ufe0f"))
# More combining marks on one letter than any language has: normalising them would take very long.
_HEAPED_SIGNS = regex.compile(r"(\p{M}{8})\p{M}+")


def clean_text(text: str) -> str:
    """Returns the text normalised, without invisible characters that could hide or reverse what an officer reads.

    It returns "" if nothing visible is left.
    """
    text = _HEAPED_SIGNS.sub(r"\1", _CONTROLS.sub("", text))
    text = one_spelling(unicodedata.normalize("NFC", text)).strip()
    return text if any(unicodedata.category(sign)[0] in "LNPS" for sign in text) else ""


def without_joiners(text: str) -> str:
    """Returns the text without joiners, which hold emoji together; between digits they are typing errors."""
    return text.translate(_JOINERS)
