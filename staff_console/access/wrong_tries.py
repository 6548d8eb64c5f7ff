"""Holds the words for somebody who typed too many wrong passwords, and when they may try again."""

import math

from store.staff.sign_ins import TooManyTries


def too_many(error: TooManyTries) -> str:
    if error.seconds is None:
        return "ใส่รหัสผ่านผิดติดต่อกันหลายครั้งเกินไป ระบบจึงล็อกไว้ กรุณาติดต่อผู้ดูแลระบบให้ปลดล็อก"
    return f"ลองหลายครั้งเกินไป กรุณารอ {math.ceil(error.seconds / 60)} นาทีแล้วลองใหม่"


def retry_after(error: TooManyTries) -> dict[str, str]:
    return {} if error.seconds is None else {"Retry-After": str(error.seconds)}
