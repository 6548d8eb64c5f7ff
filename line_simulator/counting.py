"""How LINE counts characters: UTF-16 code units by default, grapheme clusters for a closed list of fields."""

import regex


def count_utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def count_graphemes(text: str) -> int:
    """Thai vowels and tone marks belong to their consonant: "น้ำท่วม" is 7 units but 4 clusters."""
    return len(regex.findall(r"\X", text))
