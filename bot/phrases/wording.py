"""Reads the bot's phrases, all in Thai (th.toml), some in English (en.toml), and fills in the municipality's facts."""

import string
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import StringConstraints, TypeAdapter, ValidationError

FILE = Path(__file__).parent / "th.toml"
IN_ENGLISH = Path(__file__).parent / "en.toml"
_SECTIONS = TypeAdapter(dict[str, dict[str, Annotated[str, StringConstraints(min_length=1)]]])


class PhraseError(ValueError):
    """Says that a phrase is missing, or that a name in its braces has no value."""


class Phrases:
    """Returns phrases by name, such as menu.help, with the municipality's facts and the caller's words filled in."""

    def __init__(
        self,
        words: Mapping[str, str],
        file: Path = FILE,
        *,
        own: Mapping[str, str] = MappingProxyType({}),
        english: "Phrases | None" = None,
    ) -> None:
        """Reads the phrases from `file`. `words` are the municipality's facts; `english` holds the English phrases.

        `own` are phrases of the municipality, which come over those of the file.
        """
        self._words = dict(words)
        self._phrases = {**_read(file), **own}
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

    def facts(self) -> set[str]:
        """Returns the names of the municipality's facts, which any phrase may use."""
        return set(self._words)

    def facts_in(self, name: str) -> set[str]:
        """Returns the names in braces of a phrase, for tests that each of them has a value."""
        return {field for _, field, _, _ in string.Formatter().parse(self._phrases[name]) if field}


def read_phrases(words: Mapping[str, str], own: Path | None = None) -> Phrases:
    """Reads the phrases in Thai and English, with those of the municipality's folder `own` over the built-in ones.

    Its files are called th.toml and en.toml. Raises PhraseError for a phrase that nobody says, one without words, and
    one with a name in braces that has no value there.
    """
    built_in = Phrases(words)
    thai, english = (_read_own(own / name, built_in) if own else {} for name in (FILE.name, IN_ENGLISH.name))
    return Phrases(words, own=thai, english=Phrases(words, IN_ENGLISH, own=english))


def _read(file: Path) -> dict[str, str]:
    try:
        sections = _SECTIONS.validate_python(tomllib.loads(file.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PhraseError(f"{file}: this is not TOML in UTF-8 ({error})") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise PhraseError(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    return {
        f"{section}.{name}": text for section, phrases in sections.items() for name, text in phrases.items()
    }


def _read_own(file: Path, built_in: Phrases) -> dict[str, str]:
    if not file.exists():
        return {}
    found = _read(file)
    for name, text in found.items():
        if not built_in.has(name):
            raise PhraseError(f"{file}: {name} is no phrase")
        if unknown := _facts_in(file, name, text) - built_in.facts_in(name) - built_in.facts():
            raise PhraseError(f"{file}: {name} has no value for {', '.join(sorted(unknown))}")
    return found


def _facts_in(file: Path, name: str, text: str) -> set[str]:
    """Returns the names in braces of a text, which must be plain: a format or an attribute is refused."""
    try:
        fields = [part[1:] for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError as error:
        raise PhraseError(f"{file}: {name}: {error}") from error
    if any(
        not field.isidentifier() or spec or conversion
        for field, spec, conversion in fields
        if field is not None
    ):
        raise PhraseError(f"{file}: {name}: only a plain name may stand in braces")
    return {field for field, _, _ in fields if field}
