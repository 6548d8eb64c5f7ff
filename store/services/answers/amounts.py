"""Reads an amount as Thai people type it: 5 คน, 1,200, ๕, ห้าคน, สองพันห้าร้อย, 2 พัน."""

import re

from store.thai import arabic_digits, without_particles

_ONES = {
    "หนึ่ง": 1,
    "เอ็ด": 1,
    "ยี่": 2,
    "สอง": 2,
    "สาม": 3,
    "สี่": 4,
    "ห้า": 5,
    "หก": 6,
    "เจ็ด": 7,
    "แปด": 8,
    "เก้า": 9,
}
_PLACES = {"สิบ": 10, "ร้อย": 100, "พัน": 1000, "หมื่น": 10_000, "แสน": 100_000, "ล้าน": 1_000_000}
_FIGURE = r"(?<![\d.])-?(?:\d+(?:\.\d+)?|\.\d+)(?!\.?\d)"
_PART = re.compile(rf"\s*({_FIGURE}|{'|'.join(_ONES)})?\s*({'|'.join(_PLACES)})?")
# A minus, in words or as any of the characters that look like one.
_MINUS = re.compile(r"(?:(?:ติด)?ลบ|[-\u2010-\u2015\u2212])\s*(?=[.\d])")
_BEFORE = ("ประมาณ", "ราว", "มี", "อยู่กัน", "อยู่", "ทั้งหมด", "รวม")


def read_amount(text: str, unit: str = "") -> float | None:
    """Returns the amount, or None if the text holds none or more than one.

    Number words count only if nothing else is said: ห้าม (must not) begins with ห้า (five).
    """
    text = without_particles(arabic_digits(text).replace(",", "").strip())
    text = _MINUS.sub("-", text)
    figures = re.findall(_FIGURE, text)
    if len(figures) > 1:
        return None
    alone = _without_beginnings(text).removesuffix(unit).strip()
    if (amount := _in_words(alone)) is not None:
        return amount
    # 2 พันธุ์ may be two kinds or a slip for two thousand: ask again rather than guess.
    return float(figures[0]) if figures and not any(place in alone for place in _PLACES) else None


def _without_beginnings(text: str) -> str:
    start = 0
    while word := next((word for word in _BEFORE if text.startswith(word, start)), ""):
        start += len(word)
        while text[start : start + 1].isspace():
            start += 1
    return text[start:]


def _in_words(text: str) -> float | None:
    """Returns the number that the words spell: สองพันห้าร้อย is 2500; None for other words.

    It also returns None for พันห้า, which is 1500 to some and 1005 to others.
    """
    total, place = 0.0, None
    while text:
        match = _PART.match(text)
        if match is None or not (match[1] or match[2]):
            return None
        worth = _PLACES.get(match[2], 1)
        if place is not None and (worth >= place or (worth == 1 and place > 10)):
            return None
        total += (_ONES.get(match[1]) or float(match[1] or 1)) * worth
        text, place = text[match.end() :], worth
    return None if place is None else total
