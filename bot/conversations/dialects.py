"""Replaces words of the Isan, northern and southern dialects by central Thai ones, before a message is recognised.

It replaces only words that change the meaning of a message, above all those for "not". The other lists of words then
need only the central Thai spelling. This must run before `store.thai.folded`, because the patterns look at tone marks,
which `folded` removes.
"""

import re

_WORDS = (
    # บ่ at the end of a clause is a question particle. บ่าย, บ่าว, บ่อ and น้ำไหลบ่า are unrelated words and stay as they
    # are. หายใจบ่อออก is a common misspelling of หายใจบ่ออก (cannot breathe).
    (re.compile(r"บ่(?=$|[\s?!,.]|คะ|ครับ|คับ|น้อ|เด้อ)"), "มั้ย"),
    (re.compile(r"(?<=ใจ)บ่?อ?(?=ออก)"), "ไม่"),
    (re.compile(r"(?<!ไหล)บ่า(?![ยว])"), "ไม่"),
    (re.compile(r"บ่(?=ออก|อยาก|อยู่)|บ่(?![าอ])"), "ไม่"),
    # แม่ม่าย is a widow.
    (re.compile(r"(?<!แม่)(?<!พ่อ)(?<!หญิง)(?<!ชาย)ห?ม[่้]าย"), "ไม่"),
    (re.compile(r"(?<=ไม่)แม่น"), "ใช่"),
    (re.compile(r"ฮู้"), "รู้"),
    (re.compile(r"(?<=รู้สึก)โต"), "ตัว"),
    (re.compile(r"ฮ้อน"), "ร้อน"),
    (re.compile(r"ฮ้อง(?=ไม่)|เอิ้น"), "เรียก"),
    (re.compile(r"เฮือน"), "บ้าน"),
    (re.compile(r"เฮือ"), "เรือ"),
    (re.compile(r"จ้วย(?:ตวย|โตย)"), "ช่วยด้วย"),
    (re.compile(r"ซ่อย|จ้วย"), "ช่วย"),
    (re.compile(r"แหน่|แน่เด้อ"), "หน่อย"),
    (re.compile(r"เอิ๊ก"), "อก"),
    (re.compile(r"(?<=งู)(?:ขบ|ตอด)|(?<=หมา)ขบ"), "กัด"),
    (re.compile(r"ป้อ(?![งนมย])"), "พ่อ"),
)  # fmt: skip


def in_central_thai(text: str) -> str:
    """Returns the text with these words of the dialects replaced; everything else stays as it is."""
    for word, central in _WORDS:
        text = word.sub(central, text)
    return text
