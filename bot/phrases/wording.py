"""Reads the bot's phrases, all in Thai (th.toml), some in English (en.toml), and fills in the municipality's facts."""

import string
import tomllib
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).parent / "th.toml"
IN_ENGLISH = Path(__file__).parent / "en.toml"


class PhraseError(ValueError):
    """Says that a phrase is missing, or that a name in its braces has no value."""


class Phrases:
    """Returns phrases by name, such as menu.help, with the municipality's facts and the caller's words filled in."""

    def __init__(
        self, words: Mapping[str, str], file: Path = FILE, *, english: "Phrases | None" = None
    ) -> None:
        """Reads the phrases from `file`. `words` are the municipality's facts; `english` holds the English phrases."""
        self._words = dict(words)
        self._phrases = {
            f"{section}.{name}": text
            for section, phrases in tomllib.loads(file.read_text("utf-8")).items()
            for name, text in phrases.items()
        }
        self._english = english

    def say_in_english(self, name: str, /, **words: object) -> str:
        """Returns the phrase in English, or in Thai if it has no English."""
        spoken = self._english if self._english is not None and self._english.has(name) else self
        return spoken.say(name, **words)

    def say(self, name: str, /, **words: object) -> str:
        try:
            return self.fill(self._phrases[name], **words)
        except KeyError as error:
            raise PhraseError(f"bot/phrases/th.toml: {name} lacks {error}") from error

    def fill(self, text: str, /, **words: object) -> str:
        """Returns the text, such as one of a service, with the municipality's facts and `words` filled in.

        Only plain {names} are filled in. Text that a resident typed is never used as a template.
        """
        return text.format_map({**self._words, **words})

    def has(self, name: str) -> bool:
        return name in self._phrases

    def names(self) -> list[str]:
        return list(self._phrases)

    def facts_in(self, name: str) -> set[str]:
        """Returns the names in braces of a phrase, for tests that each of them has a value."""
        return {field for _, field, _, _ in string.Formatter().parse(self._phrases[name]) if field}
