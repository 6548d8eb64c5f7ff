"""Lists common passwords: words that people in Thailand use in them, and passwords that leaked worldwide.

`common_passwords.txt.gz` are the 19,640 most common passwords of published leaks, the most frequent first, compiled by
Royce Williams and distributed with Django (BSD licence, https://github.com/django/django/blob/main/LICENSE).
"""

import gzip
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "common_passwords.txt.gz"
# Shorter ones would be found in any phrase by chance.
SHORTEST_WORD: Final = 3

THAI: Final = (
    "ประเทศไทย", "ไทยแลนด์", "คนไทย", "เทศบาลตำบล", "เทศบาลเมือง", "เทศบาลนคร", "เทศบาล", "อบต", "อบจ", "ตำบล", "อำเภอ",
    "จังหวัด", "กรุงเทพมหานคร", "กรุงเทพ", "เชียงใหม่", "ขอนแก่น", "โคราช", "ภูเก็ต", "สวัสดี", "ครับ", "ค่ะ", "รหัสผ่าน",
    "รหัสลับ", "รหัส", "ความลับ", "ผู้ดูแลระบบ", "ผู้ดูแล", "เจ้าหน้าที่", "หัวหน้างาน", "หัวหน้า", "นายกเทศมนตรี", "นายก", "ปลัด",
    "สำนักปลัด", "กองช่าง", "ประชาชน", "ไฟฟ้า", "ประปา", "รักนะ", "ฉันรักเธอ", "รักเธอ", "คิดถึง", "ขอบคุณ", "โชคดี", "ร่ำรวย",
    "พระเจ้า", "พ่อแม่", "ลูกรัก", "ที่รัก", "บ้านเรา", "ทดสอบ", "หนึ่งสองสาม", "จันทร์", "อังคาร", "พฤหัสบดี", "เสาร์",
    "อาทิตย์", "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน",
    "ตุลาคม", "พฤศจิกายน", "ธันวาคม", "สงกรานต์", "ลอยกระทง", "สมชาย", "สมศักดิ์", "สมศรี", "สมหญิง", "มานะ", "มานี", "ใจดี",
)  # fmt: skip
ROMANISED: Final = (
    "tessaban", "thetsaban", "municipality", "prathetthai", "thailand", "bangkok", "chiangmai", "khonkaen", "phuket",
    "sawasdee", "sawatdee", "krub", "admin", "administrator", "officer", "supervisor", "staff", "console",
    "palad", "nayok", "somchai", "somsak", "somsri", "somying", "somporn", "prasert", "prasit", "wichai", "surachai",
    "malee", "manee", "mana", "nattapong", "siriporn", "kanya", "suda", "rakthai", "khonthai", "love", "line", "system",
    "government", "welcome", "secret", "letmein", "password", "passw0rd", "changeme", "test",
)  # fmt: skip


def one_form(text: str) -> str:
    """Returns one form of a text, whatever the case, the width of the letters and the way they are composed."""
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def ranks() -> dict[str, int]:
    """Maps each common password, in one form, to its rank; 0 is the most common. Our own words have at most 100."""
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        words = [one_form(line.strip()) for line in lines]
    found: dict[str, int] = {}
    for rank, word in enumerate(words):
        if len(word) >= SHORTEST_WORD:
            found.setdefault(word, rank)
    for word in map(one_form, (*THAI, *ROMANISED)):
        found[word] = min(found.get(word, 100), 100)
    return found
