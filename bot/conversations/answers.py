"""Decides whether a message answers the question, with one function for each kind of question."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import phonenumbers
import regex
from stdnum.th import pin as citizen_ids

from store.municipality.places import Centre
from store.services import Question
from store.services.answers.addresses import read_address, show_address
from store.services.answers.amounts import read_amount
from store.services.answers.choices import read_choice
from store.services.answers.dates import read_day_or_several
from store.services.answers.empty_answers import is_nothing, is_unknown
from store.services.answers.inputs import Day, Document, Photo, Picked, Pin, Said, TypedText
from store.services.answers.places import read_pin, show_place
from store.services.answers.secret_words import tells_a_secret
from store.services.definition import UNKNOWN
from store.thai import (
    EXTENSION,
    arabic_digits,
    citizen_id_masked,
    one_spelling,
    phone_shown,
    thai_weekday_date,
    without_endings,
)


@dataclass(frozen=True)
class Setting:
    """Holds what an answer is checked against besides its question: the date, the town's address and its centre."""

    today: date
    address_defaults: dict[str, str] = field(default_factory=dict)
    centre: Centre | None = None


@dataclass(frozen=True)
class Accepted:
    value: Any


@dataclass(frozen=True)
class RefusedAnswer:
    """Says that the answer cannot be used. `why` names the phrase that tells the resident, `words` fill it in."""

    why: str
    words: dict[str, str] = field(default_factory=dict)


Verdict = Accepted | RefusedAnswer

SKIPPED = "ไม่ได้ระบุ"
# Without the joiners U+200C and U+200D, which hold composed emoji together.
_CONTROLS = re.compile(
    r"[\ud800-\udfff\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
# They hold emoji together, so they are kept in free text; between digits they are typing errors.
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d\u180e\ufe0f"))
_AS_WRITTEN = frozenset({"text", "place"})
# More combining marks on one letter than any language has: normalising them would take very long.
_HEAPED_SIGNS = regex.compile(r"(\p{M}{8})\p{M}+")
# นะ and คะ may end a name, as in ชนะ: they count as courtesy only after a space.
_AFTER_A_NAME = ("นะคะ", "นะครับ", "ค่ะ", "ครับ", "คับ")
_APART_FROM_A_NAME = ("คะ", "ค่า", "จ้า", "จ้ะ", "จ๊ะ", "นะ")
_BEFORE_A_NAME = re.compile(r"^((ดิฉัน|ฉัน|ผม|หนู)\s*)?ชื่อ\s*")
# Thirteen digits apart from other digits: the first number of บัตร 1101700230708 โทร 0812345678.
_THIRTEEN = re.compile(r"(?<![0-9])[0-9](?:[ .\u2010-\u2015-]?[0-9]){12}(?![0-9])")
_EMAIL = re.compile(r"(?<!\S)[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?=[.,]?(?:\s|[ก-๙]|$))")


def clean_text(text: str) -> str:
    """Returns the text normalised, without invisible characters that could hide or reverse what an officer reads.

    It returns "" if nothing visible is left.
    """
    text = _HEAPED_SIGNS.sub(r"\1", _CONTROLS.sub("", text))
    text = one_spelling(unicodedata.normalize("NFC", text)).strip()
    return text if any(unicodedata.category(sign)[0] in "LNPS" for sign in text) else ""


def check(question: Question, said: Said, setting: Setting) -> Verdict:
    """Returns Accepted with the value to keep, or RefusedAnswer with what to say.

    A message of the wrong kind is refused.
    The value is None where an optional question was answered with nothing, and UNKNOWN where that is an answer.
    """
    if isinstance(said, TypedText):
        text = clean_text(said.text)
        said = TypedText(text if question.kind in _AS_WRITTEN else text.translate(_JOINERS))
        if tells_a_secret(said.text):
            return RefusedAnswer("told_a_secret")
        if question.optional and question.kind != "choice" and is_nothing(said.text, question.kind):
            return Accepted(None)
        if question.may_be_unknown and is_unknown(said.text):
            return Accepted(UNKNOWN)
    return _CHECKS[question.kind](question, said, setting)


def _text(question: Question, said: Said, _: Setting) -> Verdict:
    if not isinstance(said, TypedText):
        return RefusedAnswer("want_words")
    if len(said.text) < question.shortest or is_nothing(said.text, "text"):
        return RefusedAnswer("too_short")
    if len(said.text) > question.longest:
        return RefusedAnswer("too_long", {"longest": f"{question.longest:,}"})
    return Accepted(said.text)


def _name(_question: Question, said: Said, _: Setting) -> Verdict:
    if not isinstance(said, TypedText):
        return RefusedAnswer("want_words")
    name = _BEFORE_A_NAME.sub("", " ".join(said.text.split()))
    name = without_endings(name, _AFTER_A_NAME, apart=_APART_FROM_A_NAME)
    letters = sum(ch.isalpha() for ch in name)
    if letters < 2 or is_nothing(name, "name") or len(name) > 80 or any(ch.isdigit() for ch in name):
        return RefusedAnswer("not_a_name")
    return Accepted(name)


def _phone(_question: Question, said: Said, _: Setting) -> Verdict:
    if not isinstance(said, TypedText):
        return RefusedAnswer("want_words")
    text = re.sub(r"ต่อ\s*(?=\d)", " ext. ", arabic_digits(said.text[:100]))
    for found in phonenumbers.PhoneNumberMatcher(text, "TH"):
        if found.number.country_code == 66:
            extension = f"{EXTENSION}{found.number.extension}" if found.number.extension else ""
            return Accepted(f"0{found.number.national_number}{extension}")
    return RefusedAnswer("not_a_phone")


def _citizen_id(_question: Question, said: Said, _: Setting) -> Verdict:
    if not isinstance(said, TypedText):
        return RefusedAnswer("want_words")
    text = arabic_digits(said.text)
    alone = _THIRTEEN.findall(text)
    digits = re.sub(r"[^0-9]", "", alone[0] if len(alone) == 1 else text)
    if len(digits) != 13:
        return RefusedAnswer("citizen_id_length")
    # People without registered status hold real cards that begin with 0: only the check digit decides.
    if citizen_ids.calc_check_digit(digits[:12]) != digits[12]:
        return RefusedAnswer("citizen_id_wrong")
    return Accepted(digits)


def _email(_question: Question, said: Said, _: Setting) -> Verdict:
    if not isinstance(said, TypedText):
        return RefusedAnswer("want_words")
    found = _EMAIL.findall(said.text)
    if len(found) != 1 or len(found[0]) > 254:
        return RefusedAnswer("not_an_email")
    return Accepted(found[0].lower())


def _number(question: Question, said: Said, _: Setting) -> Verdict:
    if not isinstance(said, TypedText):
        return RefusedAnswer("want_words")
    value = read_amount(said.text, question.unit)
    if value is None:
        return RefusedAnswer("not_a_number")
    if not question.least <= value <= question.most:
        bounds = {"least": f"{question.least:,.0f}", "most": f"{question.most:,.0f}", "unit": question.unit}
        return RefusedAnswer("number_out_of_bounds", bounds)
    return Accepted(int(value) if value.is_integer() else value)


def _date(question: Question, said: Said, setting: Setting) -> Verdict:
    if not isinstance(said, TypedText | Day):
        return RefusedAnswer("want_a_day")
    day, several = (
        (said.day, False) if isinstance(said, Day) else read_day_or_several(said.text, setting.today)
    )
    if day is None:
        return RefusedAnswer("want_one_day" if several else "want_a_day")
    latest = setting.today + timedelta(days=question.days_ahead or 3650)
    if not setting.today <= day <= latest:
        return RefusedAnswer("day_out_of_bounds", {"latest": thai_weekday_date(latest)})
    return Accepted(day.isoformat())


def _choice(question: Question, said: Said, _: Setting) -> Verdict:
    if isinstance(said, Picked) and said.choice in question.choices:
        return Accepted(said.choice)
    if isinstance(said, TypedText) and (choice := read_choice(question, said.text)):
        return Accepted(choice)
    return RefusedAnswer("pick_one", {"choices": " / ".join(question.choices.values())})


def _place(question: Question, said: Said, setting: Setting) -> Verdict:
    if isinstance(said, Pin):
        place = read_pin(Pin(said.latitude, said.longitude, clean_text(said.text)), setting.centre)
        return Accepted(place) if place else RefusedAnswer("no_place")
    if not isinstance(said, TypedText):
        return RefusedAnswer("want_a_place")
    if len(said.text) < 3:
        return RefusedAnswer("place_too_short")
    if is_nothing(said.text, "place"):
        return RefusedAnswer("not_a_place")
    if len(said.text) > question.longest:
        return RefusedAnswer("too_long", {"longest": f"{question.longest:,}"})
    return Accepted({"text": said.text})


def _photos(_question: Question, said: Said, _: Setting) -> Verdict:
    if not isinstance(said, Photo):
        return RefusedAnswer("want_a_photo")
    return Accepted([{"token": said.token, "album": said.album, "of": said.of}])


def _file(_question: Question, said: Said, _: Setting) -> Verdict:
    if isinstance(said, Photo):
        return Accepted([{"token": said.token, "album": said.album, "of": said.of}])
    if not isinstance(said, Document):
        return RefusedAnswer("want_a_file")
    return Accepted([{"token": said.token, "album": None, "of": 1}])


def _address(question: Question, said: Said, setting: Setting) -> Verdict:
    if not isinstance(said, TypedText):
        return RefusedAnswer("want_words")
    address = read_address(said.text)
    missing = [part for part in (question.must_know or ("house_no",)) if part not in address]
    if missing:
        return RefusedAnswer(f"address_without_{missing[0]}")
    return Accepted({**setting.address_defaults, **address})


_CHECKS: dict[str, Callable[[Question, Said, Setting], Verdict]] = {
    "text": _text,
    "name": _name,
    "phone": _phone,
    "citizen_id": _citizen_id,
    "email": _email,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "place": _place,
    "photos": _photos,
    "file": _file,
    "address": _address,
}


def count_files(value: list[dict[str, Any]]) -> int:
    """Counts the files sent. An album counts with all its photos, also those that have not arrived yet."""
    albums: dict[str, int] = {file["album"]: file["of"] for file in value if file["album"]}
    return sum(albums.values()) + sum(1 for file in value if not file["album"])


def arrived(value: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the files without their albums, so that `count_files` counts only those that have arrived."""
    return [{**file, "album": None} for file in value]


def show(question: Question, value: Any) -> str:
    """Returns the whole answer in readable words. The caller masks personal data before others see it."""
    if value is None:
        return SKIPPED
    if value == UNKNOWN:
        return UNKNOWN
    shower = _SHOWN.get(question.kind)
    return shower(question, value) if shower else str(value)


def show_in_chat(question: Question, value: Any) -> str:
    """Returns the answer in words with a citizen ID masked, because others may look at the phone, too."""
    if question.kind == "citizen_id" and value is not None:
        return citizen_id_masked(value)
    return show(question, value)


def _show_files(question: Question, value: list[dict[str, Any]], unit: str) -> str:
    sent, here = min(count_files(value), question.most_files), len(value)
    return f"{sent} {unit}" if here >= sent else f"{sent} {unit} (มาถึงแล้ว {here})"


_SHOWN: dict[str, Callable[[Question, Any], str]] = {
    "choice": lambda question, value: question.choices.get(value, value),
    "phone": lambda _, value: phone_shown(value),
    "citizen_id": lambda _, value: f"{value[0]}-{value[1:5]}-{value[5:10]}-{value[10:12]}-{value[12]}",
    "number": lambda question, value: f"{value:,} {question.unit}".strip(),
    "date": lambda _, value: thai_weekday_date(date.fromisoformat(value)),
    "place": lambda _, value: show_place(value),
    "photos": lambda question, value: _show_files(question, value, "รูป"),
    "file": lambda question, value: _show_files(question, value, "ไฟล์"),
    "address": lambda _, value: show_address(value),
}
