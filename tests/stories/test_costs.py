"""Tests what a case costs: pushes are billed, replies are free, and a request is billed once whatever it carries."""

from tests.stories.transcripts import Stage, Story
from tests.town import Town

A_WHOLE_LIFE = [
    "resident says ไฟถนนดับ",
    "resident taps ไม่มี",
    "resident pins หน้าวัด",
    "resident taps ข้าม",
    "resident says สมศรี ใจดี",
    "resident says 0812345678",
    "resident taps ส่งเรื่อง",
    "officer does accept",
    "officer does ask: เสาต้นไหนคะ",
    "resident says ต้นที่ 15",
    "officer does start",
    "officer does finish: เปลี่ยนหลอดแล้ว",
    "resident taps ใช้ได้แล้ว",
]


def test_a_case_told_in_five_steps_costs_two_pushes(town: Town) -> None:
    stage = Stage(town)
    used = town.simulator.quota.used
    stage.play(Story("costs", "a whole life", list(enumerate(A_WHOLE_LIFE))))
    told = [m["altText"] for m in stage.residents["resident"].messages if m["type"] == "flex"]
    for step in ("รับเรื่องแล้ว", "ขอถามเพิ่ม", "เริ่มดำเนินการ", "เสร็จแล้ว"):
        assert any(step in text for text in told), step
    assert town.simulator.quota.used - used == 2
