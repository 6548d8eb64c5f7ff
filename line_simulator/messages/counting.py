"""Counts characters as LINE does: UTF-16 code units by default, grapheme clusters for a closed list of fields."""

import regex


def count_utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def count_graphemes(text: str) -> int:
    """Returns the number of grapheme clusters. "น้ำท่วม" has 7 code units but 4 clusters: vowels and tone
    marks count with their consonant."""
    return len(regex.findall(r"\X", text))
