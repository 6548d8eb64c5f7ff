"""Reading a choice as people type it instead of pressing: by its number, its label or a word of it."""

import re
from collections.abc import Callable, Mapping

from store.thai import arabic_digits, folded, folded_word, without_particles

_NUMBER_OF_A_CHOICE = re.compile(
    r"(?:(?:ขอ|ตอบ|เลือก)\s*)?(?:(?:ข้อที่|ข้อ|อันที่|ที่)\s*)?(?:\(\s?([1-9][0-9]?)\s?\)|([1-9][0-9]?)\s?[.)]?)"
)


def read_choice(choices: Mapping[str, str], text: str) -> str | None:
    """By its number or its label; by its beginning, by going on after it, or by a word of it, if only one fits."""
    said = without_particles(arabic_digits(text)).strip()
    typed = folded(said)
    keys = list(choices)
    if (number := _choice_number(said)) is not None and number <= len(keys):
        return keys[number - 1]
    if number is None and not any(sign.isalpha() for sign in said):
        # -1, 1/2 and 1.5 are no choice, and their figures alone would be another one.
        return next((key for key, label in choices.items() if label == said), None)
    labels = {key: folded_word(label) for key, label in choices.items()}
    ways: tuple[Callable[[str], bool], ...] = (
        lambda label: label == typed,
        lambda label: len(typed) >= 2 and label.startswith(typed),
        lambda label: bool(label) and typed.startswith(label),
        # Not with figures: "20 ปี" stands in "ต่ำกว่า 20 ปี" and means something else.
        lambda label: len(typed) >= 3 and not re.search(r"\d", typed) and typed in label,
    )
    for fits in ways:
        if len(fitting := [key for key, label in labels.items() if fits(label)]) == 1:
            return fitting[0]
    return next((key for key in keys if typed in _YES_AND_NO.get(key, ())), None)


def _choice_number(said: str) -> int | None:
    """The whole positive number that stands alone, as in 2, (2), 2. or ข้อ 2."""
    match = _NUMBER_OF_A_CHOICE.fullmatch(said.replace("\ufe0f", "").replace("\u20e3", ""))
    return int(match[1] or match[2]) if match else None


_YES_AND_NO = {
    "yes": tuple(map(folded, ("ใช่", "จริง", "ถูกต้อง", "ยืนยัน", "ตกลง", "yes"))),
    "no": tuple(map(folded, ("ไม่", "ไม่ใช่", "ไม่อันตราย", "ปลอดภัย", "no"))),
}
