"""Tests that the number of a case is found as people write it."""

import pytest

from store.cases.codes import find_case_code, read_case_code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("0123/2570", (123, 2570)),
        ("123/2570", (123, 2570)),
        ("0123 / 2570", (123, 2570)),
        ("เรื่องที่ 0123/2570 ค่ะ", (123, 2570)),
        ("เรื่องที่ 0123/2570", (123, 2570)),
        ("เลขที่ ๐๑๒๓/๒๕๗๐", (123, 2570)),
        ("เลขที่เรื่อง 123/70", (123, 2570)),
        ("เลขที่ 0123/70", (123, 2570)),
        ("0123/70", (123, 2570)),
        ("#123/70", (123, 2570)),
        ("# 0123/2570", (123, 2570)),
        ("0123/\u200d2570", (123, 2570)),
        ("0123\u200c/2570", (123, 2570)),
        ("0123/\ufe0f2570", (123, 2570)),
        ("0123/\u180e2570", (123, 2570)),
        ("tx70–ab12–cd34–e", "TX70-AB12-CD34-E"),
        ("TX70 - AB12 - CD34 - E", "TX70-AB12-CD34-E"),
        ("tx70-ab12-cd34-e ค่ะ", "TX70-AB12-CD34-E"),
        ("99/70", None),
        ("เลขที่ 99/70", None),
        ("บ้านเลขที่ 12/2570", None),
        ("เรื่องที่ 0123/2570 ถึงไหนแล้ว", None),
    ],
)
def test_the_number_of_a_case_may_be_spelt_in_every_usual_way(typed: str, code: object) -> None:
    assert read_case_code(typed) == code


@pytest.mark.parametrize(
    ("text", "code", "beside"),
    [
        ("เรื่องที่ 0123/2570 ถึงไหนแล้ว", "0123/2570", "เรื่องที่   ถึงไหนแล้ว"),
        ("ขอยกเลิกเรื่อง ๐๑๒๓/๒๕๗๐ ค่ะ", "0123/2570", "ขอยกเลิกเรื่อง   ค่ะ"),
        ("ขอดู tx70–ab12–cd34–e", "TX70-AB12-CD34-E", "ขอดู"),
        ("เรื่องที่ 12/2570 ถึงไหนแล้ว", "12/2570", "เรื่องที่   ถึงไหนแล้ว"),
        ("ยกเลิกหมายเลข12/2570 ค่ะ", "12/2570", "ยกเลิกหมายเลข  ค่ะ"),
        ("ยังเสีย #12/2570", "12/2570", "ยังเสีย #"),
        ("My lamp is ยังเสีย ๒ ดวง #0123/\u200d2570", "0123/2570", "My lamp is ยังเสีย ๒ ดวง #"),
    ],
)
def test_a_number_is_found_in_a_sentence(text: str, code: str, beside: str) -> None:
    assert find_case_code(text) == (code, beside)
    assert read_case_code(code) is not None


@pytest.mark.parametrize(
    "text",
    [
        "บ้านเลขที่ 12/2570 ไฟดับ",
        "0001/2570 กับ 0002/2570",
        "5/12/2570",
        "1/1/2570",
        "ไฟดับ",
        "0812345678/2570",
        "ไฟถนนหน้าวัดดับตั้งแต่เดือน 11/2569",
        "น้ำไม่ไหลตั้งแต่เดือน 1/2570",
        "แจ้งเรื่องน้ำไม่ไหลตั้งแต่ 01/2570",
        "ไฟดับที่เลขที่บ้าน 1234/2570",
    ],
)
def test_what_may_be_something_else_is_no_number_of_a_case(text: str) -> None:
    assert find_case_code(text) is None
