"""Decides for each kind of question whether an answer says nothing: ไม่รู้, ที่เดิม, กกกก, "-", or ป้า for a name."""

import unicodedata
from collections.abc import Iterator

from store.services.definition import Kind
from store.thai import folded, folded_word, without_particles

LONGEST = 40


def _all_folded(*words: str) -> frozenset[str]:
    return frozenset(map(folded_word, words))


_UNKNOWN = _all_folded(
    "ไม่รู้", "ไม่ทราบ", "ไม่แน่ใจ", "ไม่รู้สิ", "ไม่รู้เหมือนกัน", "ไม่ทราบเหมือนกัน", "จำไม่ได้", "ไม่รู้ว่าเท่าไหร่", "ไม่รู้กี่ลิตร",
    "บ่ฮู้", "dont know", "i dont know", "unknown",
)  # fmt: skip
_NOTHING = _UNKNOWN | _all_folded(
    "ไม่", "ไม่มี", "ไม่บอก", "ไม่อยากบอก", "ไม่ระบุ", "ไม่สะดวก", "ไม่สะดวกบอก", "ไม่ขอบอก", "ไม่เอา", "ข้าม", "อะไร",
    "อะไรนะ", "บ่มี", "ไม่มีอะไร", "เหมือนเดิม", "เดิม", "none", "no", "n/a", "na", "skip", "nothing",
    "พอแล้ว", "แค่นี้", "หมดแล้ว", "สวัสดี", "หวัดดี", "hello",
)  # fmt: skip
_NOTHING_FOR: dict[Kind, frozenset[str]] = {
    "place": _all_folded(
        "ตรงนั้น", "ตรงนี้", "ที่นั่น", "ที่นี่", "ที่นั้น", "ที่นี้", "แถวนี้", "แถวนั้น", "ที่เดิม", "จุดเดิม", "ตรงเดิม", "ที่ไหนก็ได้", "ตรงไหนก็ได้",
        "ที่ไหน", "ตรงไหน", "here", "there",
    ),
    "name": _all_folded(
        "ป้า", "ลุง", "น้า", "อา", "ตา", "ยาย", "ย่า", "ปู่", "พี่", "น้อง", "แม่", "พ่อ", "คุณ", "นาย", "นาง", "นางสาว",
        "ผม", "ฉัน", "ดิฉัน", "หนู", "เรา", "ชาวบ้าน", "ประชาชน", "คนแถวนี้", "นิรนาม", "ไม่ประสงค์ออกนาม", "ไม่เปิดเผย",
        "ไม่เปิดเผยชื่อ", "ชื่อ", "ใคร", "anonymous",
    ),
    "photos": _all_folded("ไม่มีรูป", "ไม่มีรูปภาพ", "ไม่ได้ถ่าย", "ไม่ได้ถ่ายรูป", "ไม่มีภาพ"),
    "file": _all_folded("ไม่มีไฟล์", "ไม่มีเอกสาร", "ไม่มีรูป"),
    "email": _all_folded("ไม่มีอีเมล", "ไม่มีเมล", "ไม่ใช้อีเมล"),
}  # fmt: skip
# Words at the end that add no content: ตรงนั้นแหละ says no more than ตรงนั้น.
_FILLERS = tuple(map(folded_word, ("แหละ", "เลย", "ล่ะ", "ครับผม", "อ่ะ", "นั่น")))


def is_unknown(text: str) -> bool:
    return any(kernel in _UNKNOWN for kernel in _kernels(text))


def is_nothing(text: str, kind: Kind) -> bool:
    """Says whether these words, without invisible characters, tell nothing that a question of this kind asks for.

    A picture alone may be an answer to a question for words, and to no other.
    """
    if not any(
        unicodedata.category(sign)[0] in "LN" or (kind == "text" and _is_picture(sign)) for sign in text
    ):
        return True
    if len(text) > LONGEST:
        return _is_one_sign(text, kind)
    nothing = _NOTHING | _NOTHING_FOR.get(kind, frozenset())
    return any(kernel in nothing for kernel in _kernels(text)) or _is_one_sign(text, kind)


def _is_picture(sign: str) -> bool:
    return unicodedata.category(sign) in ("So", "Sk")


def _is_one_sign(text: str, kind: Kind) -> bool:
    """Says whether the text is the same character three times or more, and nothing else: กกกก.

    111 may be the number that is asked for, and so may 555, except where words are asked for: there it is laughter.
    """
    signs = [sign for sign in text if sign.isalnum()]
    if len(signs) < 3 or len(set(signs)) > 1 or not all(sign.isalnum() or sign.isspace() for sign in text):
        return False
    return signs[0].isalpha() or kind in ("place", "name") or (kind == "text" and signs[0] in "5๕")


def _kernels(text: str) -> Iterator[str]:
    """Yields what was said, and then what is left of it each time one more filler is taken from its end."""
    typed = folded(without_particles(text[: 2 * LONGEST]))
    yield typed
    while filler := next((filler for filler in _FILLERS if typed.endswith(filler) and typed != filler), ""):
        typed = typed.removesuffix(filler)
        yield typed
