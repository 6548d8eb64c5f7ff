"""Checks the name of another agency to which a case is forwarded."""

import re
from typing import Final

from store.thai import folded, folded_word

LONGEST: Final = 120
_LETTER = re.compile("[^\\W\\d_]")
# Beginnings of what people type instead of a name. "Not our duty" does not tell the resident where to ask (Electronic
# Transactions in Public Service Act B.E. 2565: an agency that is not responsible forwards to the one that is, and says
# so).
_NO_NAMES: Final = (
    "ไม่ใช่หน้าที่", "ไม่ได้อยู่ในหน้าที่", "ไม่อยู่ในหน้าที่", "ไม่ใช่อำนาจ", "ไม่อยู่ในอำนาจ", "ไม่ใช่ความรับผิดชอบ", "ไม่อยู่ในความรับผิดชอบ",
    "นอกเขต", "นอกพื้นที่", "ไม่เกี่ยวกับเรา", "ไม่เกี่ยวข้อง", "ไม่ทราบ", "ไม่มี",
)  # fmt: skip
_NOT_ALONE: Final = (
    "หน่วยงาน", "หน่วยงานอื่น", "หน่วยงานภายนอก", "หน่วยงานที่เกี่ยวข้อง", "หน่วยงานที่รับผิดชอบ", "หน่วยงานอื่นๆ", "ที่อื่น", "อื่นๆ",
    "เจ้าหน้าที่",
)  # fmt: skip


def names_an_agency(typed: str) -> bool:
    """Says whether the text may be the name of an agency, such as ปภ. or ททท.

    A name has at least three letters, or two different ones, and at most 120 characters. Phrases that only say that
    somebody else is responsible are no names.
    """
    said, letters = folded(typed), _LETTER.findall(typed)
    if (len(letters) < 3 and len(set(letters)) < 2) or len(typed) > LONGEST:
        return False
    if said in map(folded_word, _NOT_ALONE):
        return False
    return not any(said.startswith(folded_word(words)) for words in _NO_NAMES)
