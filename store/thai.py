"""Reads and writes Thai dates, digits, phones and names as people here do."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache

from store.clock import in_bangkok

MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")
EXTENSION = " ต่อ "
# The sign of a shortened name, as in กองสาธารณสุขฯ, which nobody types.
PAIYANNOI = "ฯ"
_TO_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
# Letters that sound alike and are mixed up in chat: ไฟสาทารณะ, น้ำไม่ใหล, ภาสี.
_SLIPS = (("ใ", "ไ"), ("ธ", "ท"), ("ฑ", "ท"), ("ณ", "น"), ("ษ", "ส"), ("ศ", "ส"))
# One vowel typed as two characters, which looks the same: สระแอ as two เ, สระอำ as a circle and า (NFC leaves them so).
_PAIRS = (("เเ", "แ"), ("\u0e4d\u0e32", "ำ"))
_CIRCLE_BEFORE_TONE = re.compile("\u0e4d([\u0e48-\u0e4b])\u0e32")
_TONES = re.compile("[\u0e47-\u0e4c]")
# A key held down or pressed twice: ท่ออแตก, มากกก. Only Thai characters, because repeated digits have a meaning.
_REPEATED = re.compile("([\u0e01-\u0e3a\u0e40-\u0e46])\\1+")
# Words that are often misspelt, as they are after all other folding.
_MISSPELT = (
    ("ทัวม", "ทวม"),
    ("ปะปา", "ประปา"),
    ("กระพริบ", "กะพริบ"),
    ("กระพิบ", "กะพริบ"),
    ("กะพิบ", "กะพริบ"),
    ("เทสบาน", "เทสบาล"),
)
_PARTICLES = ("ค่ะ", "คะ", "ครับ", "คับ", "ค่า", "จ้า", "จ้ะ", "จ๊ะ", "นะ")
# A title is followed by a consonant or a vowel that stands before one: คุณากร is a name, not คุณ and ากร.
_TITLE = re.compile(r"(นางสาว|นาง|นาย|เด็กชาย|เด็กหญิง|คุณ|ว่าที่)\s*(?=[ก-ฮเ-ไ])|[ก-ฮ]{1,3}\.\s*(?=[ก-ฮเ-ไ])")


def arabic_digits(text: str) -> str:
    return text.translate(_TO_ARABIC)


def has_thai(text: str) -> bool:
    return any("\u0e01" <= sign <= "\u0e5b" for sign in text)


def one_spelling(text: str) -> str:
    """Gives spellings that look the same one form: นํ้า and น้ํา become น้ำ."""
    text = _CIRCLE_BEFORE_TONE.sub("\\1ำ", text)
    for pair, sign in _PAIRS:
        text = text.replace(pair, sign)
    return text


def without_particles(text: str) -> str:
    """Returns the text without ค่ะ, ครับ, นะคะ at its end: they are courtesy, not part of the answer."""
    return without_endings(text, _PARTICLES)


def without_endings(text: str, endings: Sequence[str], *, apart: Sequence[str] = ()) -> str:
    """Removes these words from the end, as often as they stand there; those of `apart` only after a space.

    It is no regular expression, because one that may read นะคะ as one word or as two would try every combination.
    """
    end = len(text.rstrip())
    while ending := _ending(text, end, endings, apart):
        end -= len(ending)
        while end and text[end - 1].isspace():
            end -= 1
    return text[:end]


def _ending(text: str, end: int, endings: Sequence[str], apart: Sequence[str]) -> str:
    for ending in endings:
        if text.endswith(ending, 0, end):
            return ending
    for ending in apart:
        if text.endswith(ending, 0, end) and (end == len(ending) or text[end - len(ending) - 1].isspace()):
            return ending
    return ""


def thai_date(day: date) -> str:
    """Returns the date as in 20 พ.ย. 2569."""
    if isinstance(day, datetime):
        day = in_bangkok(day).date()
    return f"{day.day} {MONTHS[day.month - 1]} {day.year + 543}"


def thai_weekday_date(day: date) -> str:
    """Returns the date as in วันศุกร์ 20 พ.ย. 2569."""
    if isinstance(day, datetime):
        day = in_bangkok(day).date()
    return f"วัน{WEEKDAYS[day.weekday()]} {thai_date(day)}"


def thai_near_day(day: date, today: date) -> str:
    """Returns วันนี้, พรุ่งนี้, else วันจันทร์ 7 ธ.ค.: for a day so near that it needs no year."""
    ahead = (day - today).days
    if ahead in (0, 1):
        return ("วันนี้", "พรุ่งนี้")[ahead]
    return f"วัน{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def thai_time(at: datetime) -> str:
    """Returns the time as in 14.05 น."""
    return in_bangkok(at).strftime("%H.%M น.")


def thai_moment(at: datetime) -> str:
    """Returns date and time as in 20 พ.ย. 2569 เวลา 14.05 น."""
    return f"{thai_date(at)} เวลา {thai_time(at)}"


def phone_shown(digits: str) -> str:
    """Returns 081-234-5678 or 02-123-4567, with its extension if it has one; anything else as it is."""
    digits, separator, extension = digits.partition(EXTENSION)
    return f"{_hyphenated(digits)}{separator}{extension}"


def _hyphenated(digits: str) -> str:
    if len(digits) == 10:
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    if len(digits) == 9 and digits.startswith("02"):
        return f"02-{digits[2:5]}-{digits[5:]}"
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 9 else digits


def phone_masked(digits: str) -> str:
    """Returns the phone as in 081-xxx-5678, or xxx if it is too short."""
    digits = digits.partition(EXTENSION)[0]
    return f"{digits[:3]}-xxx-{digits[-4:]}" if len(digits) >= 9 else "xxx"


def citizen_id_masked(digits: str) -> str:
    """Returns the citizen id as in 1-2345-xxxxx-xx-1, or xxx if it does not have 13 digits."""
    return f"{digits[0]}-{digits[1:5]}-xxxxx-xx-{digits[12]}" if len(digits) == 13 else "xxx"


def first_name(name: str) -> str:
    """Returns the given name after its title, as people address each other: คุณสมศรี."""
    while match := _TITLE.match(name):
        name = name[match.end() :]
    return name.split()[0] if name.split() else name


def folded(text: str) -> str:
    """Folds what people type, to compare it: drops spaces, punctuation and tone marks, evens out case and common
    errors.
    """
    text = arabic_digits(text).lower()
    kept = "".join(ch for ch in text if ch.isalnum() or "\u0e30" <= ch <= "\u0e4e")
    kept = one_spelling(_TONES.sub("", kept))
    for slip, right in (*_SLIPS, *_MISSPELT):
        kept = kept.replace(slip, right)
    return kept


def without_repeats(typed: str) -> str:
    """Returns folded text with each Thai letter once where it is repeated: ทอแตก for ท่ออแตก.

    It is for a second comparison only, because it also merges letters of two words, where one ends with the letter that
    begins the next (ถนน น้ำ).
    """
    return _REPEATED.sub(r"\1", typed)


@cache
def folded_word(word: str) -> str:
    """Folds a word of our own. It caches the result for ever, so it must not be called with what people typed."""
    return folded(word)
