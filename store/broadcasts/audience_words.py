"""Describes an audience in the same words wherever it is written, approved, confirmed and published."""

from collections.abc import Mapping
from typing import Any, Final

AUDIENCES: Final = {
    "everyone": "ทุกคนที่เคยเขียนถึงเรา",
    "friends": "เพื่อนทุกคนของบัญชี LINE ของเรา",
    "moo": "ผู้ที่แจ้งว่าอยู่หมู่ที่",
    "community": "ผู้ที่แจ้งว่าอยู่",
    "topic": "ผู้ที่เลือกรับข่าว",
    "service": "ผู้ที่เคยใช้บริการ",
    "cases": "ผู้แจ้งของเรื่องตามเลขที่",
    "list": "ตามรายชื่อในไฟล์",
}


def audience_in_words(
    audience: Mapping[str, Any], *, topics: Mapping[str, str], services: Mapping[str, str]
) -> str:
    """Returns the audience in Thai. `topics` and `services` map codes to names. It names no resident and no case."""
    who, values = str(audience["who"]), audience.get("values", ())
    match who:
        case "cases":
            return f"ผู้แจ้งของ {len(values)} เรื่อง"
        case "list":
            return f"รายชื่อในไฟล์ {len(audience.get('residents', ())):,} คน"
        case "community":
            return f"{AUDIENCES[who]}{', '.join(_community(value) for value in values)}"
        case "moo" | "topic" | "service":
            names = {"topic": topics, "service": services}.get(who, {})
            return f"{AUDIENCES[who]} {', '.join(names.get(value, value) for value in values)}"
    return AUDIENCES.get(who, who)


def _community(name: str) -> str:
    return name if name.startswith("ชุมชน") else f"ชุมชน{name}"
