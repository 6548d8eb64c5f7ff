"""Writes what the terminal shows when the demo is ready: the addresses to open and the accounts to sign in with."""

import unicodedata
from collections.abc import Iterable, Mapping

from line_simulator.demo.place import DEPARTMENTS, ROLES, STAFF, DemoAccount, DemoSite

BOLD = "\033[1m"
DIM = "\033[2m"
PLAIN = "\033[0m"


def write_welcome(
    place: DemoSite, passwords: Mapping[str, str], *, seconds: float, in_colour: bool
) -> Iterable[str]:
    bold, dim, plain = (BOLD, DIM, PLAIN) if in_colour else ("", "", "")
    yield ""
    yield f"{bold}  เทศบาลตำบลตัวอย่าง พร้อมใช้งานแล้ว · ready{plain} {dim}({seconds:.1f} s){plain}"
    yield ""
    yield f"  1  {_pad('เป็นประชาชน', 16)}{bold}{place.simulator}/{plain}"
    yield f"     {_pad('be a resident', 16)}{dim}กด เพิ่มเพื่อน แล้วพิมพ์ เช่น ไฟหน้าบ้านดับ{plain}"
    yield f"     {_pad('', 16)}{dim}press เพิ่มเพื่อน (add friend), then type ไฟหน้าบ้านดับ (my street lamp is out){plain}"
    yield ""
    yield f"  2  {_pad('เป็นเจ้าหน้าที่', 16)}{bold}{place.console}/{plain}"
    yield f"     {_pad('be an officer', 16)}{dim}เข้าสู่ระบบด้วยชื่อใดชื่อหนึ่ง · sign in as one of these{plain}"
    yield f"     {_pad('', 16)}{dim}เปิดเรื่อง กด รับเรื่อง · open a case, press รับเรื่อง (accept){plain}"
    yield ""
    width = max(len(password) for password in passwords.values()) + 3
    for person in STAFF:
        password = passwords[person.username]
        yield f"     {person.username:<16}{bold}{password:<{width}}{plain}{dim}{_who(person)}{plain}"
    yield ""
    yield f"  {dim}Webhook {place.web}/line/webhook · ข้อมูลและบันทึก data and logs: {place.data}{plain}"
    yield f"  {bold}Ctrl-C{plain} จบทุกอย่าง · ends all"
    yield ""


def _who(person: DemoAccount) -> str:
    role = ROLES[person.role]
    department = DEPARTMENTS[person.department]
    english = ", ".join(filter(None, (person.role, person.department)))
    return f"{person.full_name} {role}{department} · {english}"


def _pad(text: str, columns: int) -> str:
    """Pads the text to this many columns; Thai vowels and tone marks above or below a consonant take none."""
    taken = sum(unicodedata.category(sign) not in ("Mn", "Me") for sign in text)
    return text + " " * (columns - taken)
