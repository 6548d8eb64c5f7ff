"""Recognises a number of stars: 5 ดาว, ห้าดาว and ⭐⭐⭐⭐⭐; right after our question, 5 alone as well."""

from bot.phrases.typed import StarWords
from bot.recognition.matches import Match, Stars
from bot.recognition.state import State
from bot.recognition.typed import Typed
from store.thai import arabic_digits, without_particles

LONGEST = 30
MOST = 5


def recognise(typed: Typed, state: State) -> Match | None:
    if state.request is not None:
        return None
    given = read_stars(typed.text, state.words.stars, asked=state.offered[0] == "stars")
    return None if given is None else Stars(given)


def read_stars(text: str, words: StarWords, *, asked: bool = False) -> int | None:
    """Returns the number of stars from 1 to 5, or None for any other words; if `asked`, the unit may be missing."""
    if len(text) > LONGEST:
        return None
    said = "".join(arabic_digits(without_particles(text)).replace("\ufe0f", "").lower().split())
    if said and len(said) <= MOST and set(said) <= set(words.signs):
        return len(said)
    for before in words.before:
        said = said.removeprefix(before)
    unit = next((unit for unit in words.units if said.endswith(unit)), "")
    if not unit and not asked:
        return None
    return words.numbers.get(said.removesuffix(unit))
