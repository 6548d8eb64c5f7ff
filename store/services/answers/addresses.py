"""Reads an address as Thai people type it in one line: 123/4 ม.1 ชุมชนสุขใจ ซ.3 ถ.มิตรภาพ ต.ในเมือง."""

import re

from store.thai import arabic_digits

PARTS = {
    "house_no": "บ้านเลขที่",
    "moo": "หมู่ที่",
    "community": "ชุมชน",
    "soi": "ซอย",
    "road": "ถนน",
    "tambon": "ตำบล",
    "amphoe": "อำเภอ",
    "province": "จังหวัด",
}
_BEFORE = {"tambon": "ต.", "amphoe": "อ.", "province": "จ.", "moo": "หมู่ ", "soi": "ซอย", "road": "ถนน"}

# Each part ends where the next one begins. The text to be searched has single spaces only.
_STOP = (
    r"(?= ?(?:หมู่|(?<![ก-๙])ม\s*\d|ม\.|ชุมชน|ซอย|ซ\.|ถนน|ถ\.|ตำบล|ต\.|แขวง|อำเภอ|อ\.|เขต|จังหวัด|จ\.|"
    r"(?<!\d)\d+/\d|(?<!\d)\d{5}\b|,|$))"
)
_PATTERNS = {
    "moo": r"(?:หมู่ที่|หมู่|ม\.|(?<![ก-๙])ม|(?i:moo))\s*(\d{1,2})(?!\d)",
    "community": r"(?:ชุมชน\s*|(?=หมู่บ้าน))(.+?)" + _STOP,
    "soi": r"(?:ซอย|ซ\.)\s*(.+?)" + _STOP,
    "road": r"(?:ถนน|ถ\.)\s*(.+?)" + _STOP,
    "tambon": r"(?:ตำบล|ต\.|แขวง)\s*(.+?)" + _STOP,
    "amphoe": r"(?:อำเภอ|อ\.|เขต)\s*(.+?)" + _STOP,
    "province": r"(?:จังหวัด|จ\.)\s*(.+?)" + _STOP,
}
_NUMBER = r"(\d{1,5}(?:/\d{1,5}(?:-\d{1,5})?)?(?:\s?[ก-ฮ](?![ก-๙.]|\s*\d))?)(?![\d/-])"
# A house number follows บ้านเลขที่, begins the text, stands before หมู่, or has a slash: ม.3 99/1.
_HOUSE = (
    re.compile(r"(?:บ้านเลขที่|เลขที่)\s*" + _NUMBER),
    re.compile("^" + _NUMBER),
    re.compile(r"(?<![\d/.])" + _NUMBER + r"(?=\s*(?:หมู่|ม\.?\s*\d))"),
    re.compile(r"(?<![\d/.-])(?=\d+/\d)" + _NUMBER),
)


def read_address(text: str) -> dict[str, str]:
    """Returns the parts of the address that the text names, by the keys of PARTS; {} if it names none."""
    text = " ".join(arabic_digits(text).split())
    found: dict[str, str] = {}
    if match := next(filter(None, (pattern.search(text) for pattern in _HOUSE)), None):
        found["house_no"] = match[1].strip()
    for part, pattern in _PATTERNS.items():
        if (match := re.search(pattern, text)) and match[1].strip():
            found[part] = match[1].strip()
    return found


def show_address(address: dict[str, str]) -> str:
    """Returns the address in one line, in the order in which it is written on a letter."""
    shown = []
    for part in PARTS:
        if value := address.get(part):
            named = part == "community" and not value.startswith(("บ้าน", "หมู่บ้าน"))
            prefix = "ชุมชน" if named else _BEFORE.get(part, "")
            shown.append(f"{prefix}{value}")
    return " ".join(shown)
