"""Computes how many residents a broadcast is for, how many it can reach, and what it costs, before it is sent."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from staff_console.context import context
from staff_console.pages.filters import baht, counted
from store.broadcasts.audience import BadAudience, Reach, reach, read_audience
from store.quota import usage


@dataclass(frozen=True)
class AudienceFigures:
    """Holds the figures of a broadcast, before it is sent.

    `requests` counts the messages that LINE bills for each resident: the message and the closing message. `baht` is the
    price of all messages as part of the plan, and `extra_baht` what is charged on top of the plan. `left` counts the
    messages that are left this month, or is None without a limit. `may_be_told` says how many of the messages may be
    sent now: unless `urgent`, the `reserve` must be left over.
    """

    found: Reach
    to_friends: bool
    requests: int
    baht: Decimal
    extra_baht: Decimal
    left: int | None
    reserve: int
    may_be_told: int
    urgent: bool

    @property
    def messages(self) -> int:
        return len(self.found.residents) * self.requests


def figures_of(
    session: Session, audience: dict[str, Any], topic: str | None, requests: int
) -> AudienceFigures | None:
    """Returns the figures; None if the audience is not valid. `topic` is None for urgent news."""
    try:
        to = read_audience(audience)
    except BadAudience:
        return None
    plan = context().municipality.plan
    found = reach(session, to, topic)
    messages = len(found.residents) * requests
    status = usage.quota_status(session, plan)
    return AudienceFigures(
        found=found,
        to_friends=to.who == "friends",
        requests=requests,
        baht=usage.baht_of(plan, messages),
        extra_baht=usage.extra_baht(plan, status.used, messages),
        left=status.left,
        reserve=plan.reserve,
        may_be_told=usage.may_send(session, plan, messages, urgent=topic is None),
        urgent=topic is None,
    )


def rows(figures: AudienceFigures) -> list[tuple[str, str]]:
    """Returns the figures in words, as pairs of label and text, to be shown under the preview."""
    return [*_people(figures), *_cost(figures)]


def _people(figures: AudienceFigures) -> list[tuple[str, str]]:
    found = figures.found
    if figures.to_friends:
        known = counted(len(found.residents))
        return [("ส่งถึง", "เพื่อนทุกคนของบัญชี"), ("จำนวน", f"LINE เป็นผู้นับ เรารู้จัก {known} คน อาจมีมากกว่านี้")]
    return [
        ("ตั้งใจส่งถึง", f"{counted(found.meant)} คน"),
        ("ส่งถึงได้ตอนนี้", f"{counted(len(found.residents))} คน"),
        ("บล็อกบัญชี", f"{counted(found.blocked)} คน"),
        ("ไม่รับหัวข้อนี้", f"{counted(found.opted_out)} คน"),
    ]


def _cost(figures: AudienceFigures) -> list[tuple[str, str]]:
    if not figures.requests:
        return [("ใช้ข้อความ", "ไม่ใช้ เปลี่ยนเมนูอย่างเดียว")]
    twice = " (รวมข้อความปิดท้าย)" if figures.requests > 1 else ""
    least = "อย่างน้อย " if figures.to_friends else ""
    left = "ไม่จำกัด" if figures.left is None else f"{counted(figures.left)} ข้อความ"
    if figures.left is not None and not figures.urgent and figures.reserve:
        left += f" (กันไว้ {counted(figures.reserve)})"
    return [
        ("ใช้ข้อความ", f"{least}{counted(figures.messages)} ข้อความ{twice}"),
        ("คิดเป็นเงิน", f"{least}{_price(figures)}"),
        ("เดือนนี้เหลือ", left),
    ]


def _price(figures: AudienceFigures) -> str:
    """Says in Thai what the messages cost, and whether that is paid with the plan or charged on top."""
    if figures.extra_baht:
        return f"ต้องจ่ายเพิ่ม {baht(figures.extra_baht)} บาท เพราะเกินแพ็กเกจ"
    if not figures.baht:
        return "0 บาท อยู่ในแพ็กเกจ"
    return f"{baht(figures.baht)} บาท ในค่าแพ็กเกจที่จ่ายแล้ว ไม่ต้องจ่ายเพิ่ม"


def warning(figures: AudienceFigures) -> str:
    """Returns a warning if nobody can be reached or the month's messages are too few; else empty."""
    if not figures.requests:
        return ""
    if not figures.found.residents and not figures.to_friends:
        return "ขณะนี้ไม่มีใครในกลุ่มนี้ที่ส่งถึงได้"
    if figures.may_be_told < figures.messages:
        told = counted(figures.may_be_told)
        return f"ข้อความของเดือนนี้ไม่พอ จะส่งได้ {told} จาก {counted(figures.messages)} ข้อความ แล้วหยุดรอ"
    return ""
