"""Reads the bot's wording: th.toml with the municipality's facts in it, and en.toml where it has them."""

import string
import tomllib
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).parent / "th.toml"
IN_ENGLISH = Path(__file__).parent / "en.toml"


class PhraseError(ValueError):
    """Says that a phrase is missing, or names a fact that nobody gives."""


class Phrases:
    """Says phrases by their names, such as menu.help, filled with the municipality's facts and the caller's words."""

    def __init__(
        self, words: Mapping[str, str], file: Path = FILE, *, english: "Phrases | None" = None
    ) -> None:
        """Reads the phrases from `file`; `english` has those for residents who chose English."""
        self._words = dict(words)
        self._phrases = {
            f"{section}.{name}": text
            for section, phrases in tomllib.loads(file.read_text("utf-8")).items()
            for name, text in phrases.items()
        }
        self._english = english

    def say_in_english(self, name: str, /, **words: object) -> str:
        """Says the phrase in English, or in Thai where there is no English."""
        spoken = self._english if self._english is not None and self._english.has(name) else self
        return spoken.say(name, **words)

    def say(self, name: str, /, **words: object) -> str:
        try:
            return self.fill(self._phrases[name], **words)
        except KeyError as error:
            raise PhraseError(f"bot/phrases/th.toml: {name} lacks {error}") from error

    def fill(self, text: str, /, **words: object) -> str:
        """Fills the municipality's facts and these words into a text, such as one of a service definition.

        Only plain {names} are filled in. Text that a resident typed is never used as a template.
        """
        return text.format_map({**self._words, **words})

    def has(self, name: str) -> bool:
        return name in self._phrases

    def names(self) -> list[str]:
        return list(self._phrases)

    def facts_in(self, name: str) -> set[str]:
        """Returns the names in braces, for the check that each of them is given."""
        return {field for _, field, _, _ in string.Formatter().parse(self._phrases[name]) if field}
