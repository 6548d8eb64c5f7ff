"""Defines the kind `name`: a person's name, as the person writes it."""

import re
from typing import Literal

from store.services.answers.empty_answers import Nothing, all_folded
from store.services.answers.inputs import Said, TypedText
from store.services.answers.verdicts import Accepted, RefusedAnswer, Setting, Verdict
from store.services.forms import AnswerWords, WebField
from store.services.question import Question
from store.thai import without_endings

# In characters.
LONGEST = 80
# นะ and คะ may end a name, as in ชนะ: they count as courtesy only after a space.
_AFTER_A_NAME = ("นะคะ", "นะครับ", "ค่ะ", "ครับ", "คับ")
_APART_FROM_A_NAME = ("คะ", "ค่า", "จ้า", "จ้ะ", "จ๊ะ", "นะ")
_BEFORE_A_NAME = re.compile(r"^((ดิฉัน|ฉัน|ผม|หนู)\s*)?ชื่อ\s*")
_NO_NAMES = all_folded(
    "ป้า", "ลุง", "น้า", "อา", "ตา", "ยาย", "ย่า", "ปู่", "พี่", "น้อง", "แม่", "พ่อ", "คุณ", "นาย", "นาง", "นางสาว",
    "ผม", "ฉัน", "ดิฉัน", "หนู", "เรา", "ชาวบ้าน", "ประชาชน", "คนแถวนี้", "นิรนาม", "ไม่ประสงค์ออกนาม", "ไม่เปิดเผย",
    "ไม่เปิดเผยชื่อ", "ชื่อ", "ใคร", "anonymous",
)  # fmt: skip


class Name(Question):
    """Asks for the name of a person, with at least two letters and no figure."""

    is_personal = True
    is_remembered = True
    answer_words = AnswerWords.FACT
    nothing = Nothing(_NO_NAMES, repeated_figure="nothing")

    kind: Literal["name"]

    def _check(self, said: Said, setting: Setting) -> Verdict:
        if not isinstance(said, TypedText):
            return RefusedAnswer("want_words")
        name = _BEFORE_A_NAME.sub("", " ".join(said.text.split()))
        name = without_endings(name, _AFTER_A_NAME, apart=_APART_FROM_A_NAME)
        letters = sum(sign.isalpha() for sign in name)
        has_figures = any(sign.isdigit() for sign in name)
        if letters < 2 or self.is_nothing(name) or len(name) > LONGEST or has_figures:
            return RefusedAnswer("not_a_name")
        return Accepted(name)

    def web(self, setting: Setting) -> tuple[WebField, ...]:
        return (WebField("text", autocomplete="name", maxlength=LONGEST),)
