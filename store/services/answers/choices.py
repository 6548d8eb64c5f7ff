"""Reads a choice as people type it instead of pressing: by its number, its label, or words that mean it.

An answer to a question about danger counts as no only if it says nothing else: after ไม่มี แต่กลัวเสาล้ม the question
is asked again. Words for the danger itself, as in สายไฟขาดค่ะ, count as yes.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from store.thai import arabic_digits, folded, folded_word, without_particles

# Residents who do not know whether there is danger may say so, and are treated as if there were.
UNSURE, UNSURE_LABEL = "unsure", "ไม่แน่ใจ"
# In characters. Nobody needs more to name a choice.
LONGEST = 1000

_NUMBER_OF_A_CHOICE = re.compile(
    r"(?:(?:ขอ|ตอบ|เลือก)\s*)?(?:(?:ข้อที่|ข้อ|อันที่|ที่)\s*)?(?:\(\s?([1-9][0-9]?)\s?\)|([1-9][0-9]?)\s?[.)]?)"
)


def _all_folded(*words: str) -> tuple[str, ...]:
    """Returns the words folded and the longest first, so that ไม่มี is taken away whole and not as ไม่."""
    return tuple(sorted(map(folded_word, words), key=len, reverse=True))


_YES = _all_folded(
    "ใช่", "มี", "จริง", "ถูกต้อง", "ยืนยัน", "ตกลง", "แม่น", "แม่นแล้ว", "เออ", "มีอยู่", "ใช่แล้ว", "yes", "yep", "ok",
    "โอเค", "มีจริง",
)  # fmt: skip
_NO = _all_folded(
    "ไม่", "ไม่มี", "ไม่ใช่", "เปล่า", "บ่", "บ่มี", "บ่แม่น", "ยังไม่มี", "ยัง", "ปลอดภัย", "ไม่เป็นไร", "no", "nope", "none", "ไม่ได้มี"
)  # fmt: skip
_UNSURE = _all_folded(
    "ไม่แน่ใจ", "ไม่แน่", "ไม่รู้", "ไม่ทราบ", "ไม่ชัวร์", "บ่ฮู้", "บ่แน่ใจ", "อาจ", "น่าจะ", "คงจะ", "ไม่น่า",
    "not sure", "maybe", "dont know",
)  # fmt: skip
_FILLERS = _all_folded(
    "ค่ะ", "คะ", "ครับ", "คับ", "ค่า", "จ้า", "จ้ะ", "นะ", "ผม", "เลย", "แล้ว", "อยู่", "มาก", "หรอก", "ดอก", "อะไร",
    "สักอย่าง", "ตอนนี้", "ดี", "จริงๆ", "จริง", "ขอบคุณ", "thank you", "thanks",
)  # fmt: skip
_DANGER = ("อันตราย", "ไม่ปลอดภัย", "danger", "dangerous")
# Words that reverse an answer before them, or make a question of it.
_TURNS = _all_folded("แต่", "ไหม", "มั้ย", "หรือ", "รึ", "กลัว")
_NEGATIONS = _all_folded("ไม่มีอะไร", "ไม่มี", "ไม่ใช่", "ไม่", "ยังไม่มี", "ยังไม่", "บ่มี", "บ่", "ไม่ได้")
_BEGINS_WITH_NO = _all_folded("ไม่", "เปล่า", "ยังไม่", "ปลอดภัย", "บ่มี", "บ่แม่น")
_DENIED, _DANGEROUS = "\x00", "\x01"


def read_choice(
    text: str, choices: Mapping[str, str], means: Mapping[str, Sequence[str]], *, about_danger: bool = False
) -> str | None:
    """Returns the key of the choice that the text means; None if several or no choices fit, or the text is too long.

    `choices` are labels by key, and `means` other words for a choice by its key.
    """
    if len(text) > LONGEST:
        return None
    said = without_particles(arabic_digits(text)).strip()
    keys = list(choices)
    if (number := _choice_number(said)) is not None and number <= len(keys):
        return keys[number - 1]
    if number is None and not any(sign.isalpha() for sign in said):
        # -1, 1/2 and 1.5 are no choice, and their figures alone would be another one.
        return next((key for key, label in choices.items() if label == said), None)
    typed = folded(said)
    if UNSURE in choices and typed.startswith(_UNSURE):
        return UNSURE
    if about_danger and {"yes", "no"} <= choices.keys():
        return _by_label(choices, typed, whole=True) or _yes_or_no(means.get("yes", ()), said)
    if key := _by_label(choices, typed) or _by_words(choices, means, _folded_trees(said)):
        return key
    return next((key for key, words in (("yes", _YES), ("no", _NO)) if key in keys and typed in words), None)


def _choice_number(said: str) -> int | None:
    """Returns the whole positive number that stands alone, as in 2, (2), 2. or ข้อ 2; None if there is none."""
    match = _NUMBER_OF_A_CHOICE.fullmatch(said.replace("\ufe0f", "").replace("\u20e3", ""))
    return int(match[1] or match[2]) if match else None


def _by_label(choices: Mapping[str, str], typed: str, *, whole: bool = False) -> str | None:
    """Returns the choice whose label was typed.

    Unless `whole`, the beginning or a part of a label, or a label with more after it, is enough if only one label fits.
    """
    labels = {key: folded_word(label) for key, label in choices.items()}
    ways: tuple[Callable[[str], bool], ...] = (
        lambda label: label == typed,
        lambda label: len(typed) >= 2 and label.startswith(typed),
        lambda label: bool(label) and typed.startswith(label) and not _any_in(_TURNS, typed[len(label) :]),
        # Not with figures: "20 ปี" stands in "ต่ำกว่า 20 ปี" and means something else.
        lambda label: len(typed) >= 3 and not re.search(r"\d", typed) and typed in label,
    )
    for fits in ways[:1] if whole else ways:
        if len(fitting := [key for key, label in labels.items() if fits(label)]) == 1:
            return fitting[0]
    return None


def _by_words(choices: Mapping[str, str], means: Mapping[str, Sequence[str]], typed: str) -> str | None:
    """Returns the one choice that is named by a word of its label or by a word that the service lists for it.

    A word that is denied does not count: ไม่ใช่ขยะ.
    """
    if re.search(r"\d", typed):
        return None
    fitting = []
    for key, label in choices.items():
        words = [word for word in map(_folded_trees, label.split()) if len(word) >= 3]
        words += [_folded_trees(word) for word in means.get(key, ())]
        if any(word in typed and not _is_denied(word, typed) for word in words):
            fitting.append(key)
    return fitting[0] if len(fitting) == 1 else None


def _is_denied(word: str, typed: str) -> bool:
    return any(negation + word in typed for negation in _NEGATIONS)


def _yes_or_no(danger: Sequence[str], said: str) -> str | None:
    """Decides between yes and no.

    Spaces count: ไม่มีสายขาด denies the danger; in ไม่มี สายขาด the words contradict each other, and it returns None.
    """
    parts = [_folded_trees(part) for part in said.split()]
    rest, first = " ".join(parts), parts[0] if parts else ""
    for word in _all_folded(*_DANGER, *map(_folded_trees, danger)):
        for negation in _NEGATIONS:
            # ไม่ปลอดภัย is danger, and ปลอดภัย alone is none.
            rest = rest.replace(negation + word, _DENIED)
        rest = rest.replace(word, _DANGEROUS)
    denies = _DENIED in rest or first in _NO or rest.startswith(_BEGINS_WITH_NO)
    if _DANGEROUS in rest:
        return None if denies else "yes"
    if denies:
        return "no" if not _without(rest, (*_NO, *_FILLERS)).strip(f" {_DENIED}") else None
    agrees = first.startswith(_YES) and not _without(first, (*_YES, *_FILLERS))
    return "yes" if agrees or first.startswith(_YES_AND_COURTESY) else None


_YES_AND_COURTESY = tuple(f"{yes}{folded(end)}" for yes in _YES for end in ("ค่ะ", "คะ", "ครับ", "คับ", "จ้า"))


def _without(text: str, words: Iterable[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return text


def _folded_trees(text: str) -> str:
    """Folds the text, but keeps ไม้ (wood) apart from ไม่ (not), which differs by nothing but its tone."""
    return folded(text.replace("ไม้", "tree"))


def _any_in(words: Iterable[str], text: str) -> bool:
    return any(word in text for word in words)
