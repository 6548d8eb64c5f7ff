"""Provides the words of the page and the panel: one table for each language, with the same keys."""

import json
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("en", "th")
TABLES: Final[dict[str, dict[str, dict[str, str]]]] = {
    language: json.loads((Path(__file__).parent / f"{language}.json").read_text("utf-8"))
    for language in LANGUAGES
}


def word(language: str, key: str, **values: object) -> str:
    """Returns the words of a key such as "panel.close", with the values in the places of {names}."""
    section, name = key.split(".")
    return TABLES[language][section][name].format_map(values)
