"""Reads the words that residents type instead of pressing a button (typed.toml), folded as what they type is folded."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from bot.phrases.wording import PhraseError
from store.thai import folded

FILE = Path(__file__).parent / "typed.toml"


def _folded_words(words: frozenset[str]) -> frozenset[str]:
    found = frozenset(map(folded, words))
    if "" in found:
        raise ValueError("a word has no letter")
    return found


Words = Annotated[frozenset[str], Field(min_length=1), AfterValidator(_folded_words)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HowWords(_Part):
    """Holds the labels of buttons that only LINE itself can draw: camera, pin and day picker."""

    photo: Words
    pin: Words
    day: Words


class StarWords(_Part):
    """Holds how people write a number of stars: what stands before it, numbers, units, and signs such as ⭐."""

    before: tuple[str, ...]
    units: tuple[str, ...]
    signs: tuple[str, ...]
    numbers: dict[str, int]


class TypedWords(_Part):
    """Holds for each button the words that do the same as pressing it; see the comments in typed.toml."""

    commands: Words
    help: Words
    cancel: Words
    cancel_request: Words
    back: Words
    skip: Words
    send: Words
    edit: Words
    go_on: Words
    start_over: Words
    switch: Words
    not_this: Words
    cancel_yes: Words
    keep: Words
    same_case: Words
    new_matter: Words
    agree: Words
    refuse: Words
    resume: Words
    switch_now: Words
    cancel_now: Words
    how: HowWords
    stars: StarWords


def read_typed_words(own: Path | None = None) -> TypedWords:
    """Reads the words; lists of typed.toml in the municipality's folder `own` replace the built-in ones.

    Raises PhraseError if a list is missing, unknown or empty.
    """
    written, file = tomllib.loads(FILE.read_text("utf-8")), FILE
    if own is not None and (own / FILE.name).exists():
        file = own / FILE.name
        try:
            written |= tomllib.loads(file.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise PhraseError(f"{file}: this is not TOML in UTF-8 ({error})") from error
    try:
        return TypedWords.model_validate(written)
    except ValidationError as error:
        first = error.errors()[0]
        raise PhraseError(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
