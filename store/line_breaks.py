"""Decides where a line of Thai text may break. A date, a time and a number with its unit stay together.

Browsers and phones break Thai between words, which they find in a dictionary, and at every space: 9.00–⏎12.00 น.,
30⏎พ.ย. 2569, วัน⏎พฤหัสบดี. Two invisible characters forbid a break: U+00A0 in place of a space, and U+2060 where there
is none. https://www.unicode.org/reports/tr14/
"""

import re

from store.thai import MONTHS

NO_BREAK_SPACE, WORD_JOINER = "\u00a0", "\u2060"
_MONTH = "|".join(map(re.escape, MONTHS))
_UNIT = "น\\.|วัน|บาท|เรื่อง|รูป|ข้อ|ชั่วโมง|นาที|ไฟล์|งวด|ปี|ดาว|ตัวอักษร"
# Each pattern looks at a place in the text once, so the time is linear. A telephone number is left as it is: with
# joiners inside it phones no longer offer to call it.
_SPACES = (
    re.compile(f"(?<=\\d) (?={_UNIT}|{_MONTH})"),
    re.compile("(?<=[คพย]\\.) (?=25\\d\\d)"),
    re.compile("(?:(?<=หมู่)|(?<=หมู่ที่)|(?<=เวลา)|(?<=เรื่องที่)) (?=\\d)"),
)
_RANGE = re.compile("(?<=\\d)([–-])(?=\\d\\d?[.:]\\d\\d)|(?<=\\d)(–)(?=\\d)")
_MOO_RANGE = re.compile("(หมู่(?:ที่)?[ \u00a0]?\\d{1,3})-(?=\\d)")
_BEFORE_A_DAY = re.compile("(ไม่เกิน|ตั้งแต่|ภายใน|ก่อน|ถึง)(?=วัน)")
_NAME_OF_A_DAY = re.compile("(?<=วัน)(?=จันทร์|อังคาร|พุธ|พฤหัส|ศุกร์|เสาร์|อาทิตย์)")


def unbroken(text: str) -> str:
    """Returns the same words, with no place to break inside a date, a time, a range or between a number and its unit.

    It is for what is shown, never for what is kept, compared or sent to LINE as data.
    """
    for space in _SPACES:
        text = space.sub(NO_BREAK_SPACE, text)
    text = _MOO_RANGE.sub(f"\\1{WORD_JOINER}-{WORD_JOINER}", text)
    text = _RANGE.sub(lambda sign: f"{WORD_JOINER}{sign[0]}{WORD_JOINER}", text)
    text = _BEFORE_A_DAY.sub(f"\\1{WORD_JOINER}", text)
    return _NAME_OF_A_DAY.sub(WORD_JOINER, text)


def plain(text: str) -> str:
    """Returns the same words with ordinary spaces and no joiners, as people type them."""
    return text.replace(NO_BREAK_SPACE, " ").replace(WORD_JOINER, "")
