"""Finds signs that PostgreSQL cannot store in a text: NUL, and single surrogates."""

import re
from typing import Any

_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def is_keepable(text: str) -> bool:
    return _UNKEEPABLE.search(text) is None


def without_nul(value: Any) -> Any:
    """Returns a value read from JSON with every NUL removed from its texts and keys."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [without_nul(each) for each in value]
    if isinstance(value, dict):
        return {without_nul(key): without_nul(each) for key, each in value.items()}
    return value
