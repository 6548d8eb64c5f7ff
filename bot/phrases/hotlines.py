"""Lists phone numbers for emergencies, the municipality's and the country's, and which of them fit which danger."""

import re
from collections.abc import Iterable

from bot.phrases.wording import Phrases
from bot.replies import Call
from store.municipality.profile import Municipality
from store.thai import arabic_digits

# Known all over Thailand and answered day and night.
NATIONAL = {
    "ambulance": "1669",
    "fire": "199",
    "police": "191",
    "disaster": "1784",
    "mental_health": "1323",
    "tourist_police": "1155",
}
# Whom to call in each kind of emergency of bot/conversations/emergencies.toml; the most important number comes first.
OF_KIND = {
    "self_harm": ("mental_health", "ambulance", "police", "duty"),
    "wires": ("electricity", "duty", "ambulance"),
    "gas": ("fire", "duty", "ambulance"),
    "fire": ("fire", "duty", "ambulance"),
    "drowning": ("ambulance", "duty", "police"),
    "trapped": ("duty", "fire", "disaster"),
    "accident": ("ambulance", "police", "duty"),
    "bite": ("ambulance", "duty"),
    "animal": ("duty", "fire", "ambulance"),
    "violence": ("police", "duty", "ambulance"),
    "medical": ("ambulance", "duty"),
    "missing": ("police", "duty"),
    "disaster": ("disaster", "duty", "ambulance"),
    "help": ("duty", "ambulance", "fire", "police"),
}
IN_ANY_DANGER = ("duty", "ambulance")
EVERYTHING = ("duty", "ambulance", "fire", "police", "disaster", "electricity")
# Finds the first number of "043-000-199 ต่อ 2, 043-000-198": a phone cannot dial what follows.
_FIRST_NUMBER = re.compile(r"\+?[0-9](?:[ .-]?[0-9])*")


def numbers_of(municipality: Municipality) -> dict[str, str]:
    phones = municipality.phones
    ours = {"duty": phones.duty, "office": phones.office, "electricity": phones.electricity}
    return {**ours, **NATIONAL}


def make_calls(
    phrases: Phrases, municipality: Municipality, names: Iterable[str], *, in_english: bool = False
) -> tuple[Call, ...]:
    """Returns a button for each of the names whose number can be dialled, in their order.

    If several names have the same number, it gets one button, with the first of these names.
    """
    numbers, say = numbers_of(municipality), phrases.say_in_english if in_english else phrases.say
    calls: dict[str, Call] = {}
    for name in names:
        found = _FIRST_NUMBER.search(arabic_digits(numbers[name]))
        if found is not None:
            dialled = re.sub(r"[ .-]", "", found[0])
            who, number = say(f"call.{name}"), numbers[name]
            dial = say("call.dial", number=number, who=who)
            calls.setdefault(dialled, Call(who, number, f"tel:{dialled}", dial))
    return tuple(calls.values())


def names_in(text: str, municipality: Municipality) -> list[str]:
    """Returns the names of the phones whose numbers are in the text, in the order of the text."""
    found = {name: _place_of(number, text) for name, number in numbers_of(municipality).items()}
    return sorted((name for name in found if found[name] >= 0), key=found.__getitem__)


def _place_of(number: str, text: str) -> int:
    """Returns the index at which the number is in the text, not as part of a longer one; -1 if it is not."""
    place = text.find(number) if number else -1
    while place >= 0:
        around = text[max(place - 1, 0) : place] + text[place + len(number) : place + len(number) + 1]
        if not any(sign.isdigit() or sign == "-" for sign in around):
            return place
        place = text.find(number, place + 1)
    return -1
