"""Words the refusal after too many wrong passwords, and says when the next try is allowed."""

import math

from store.staff.sign_ins import TooManyTries


def too_many(error: TooManyTries) -> str:
    if error.seconds is None:
        return "ใส่รหัสผ่านผิดติดต่อกันหลายครั้งเกินไป ระบบจึงล็อกไว้ กรุณาติดต่อผู้ดูแลระบบให้ปลดล็อก"
    return f"ลองหลายครั้งเกินไป กรุณารอ {math.ceil(error.seconds / 60)} นาทีแล้วลองใหม่"


def retry_after(error: TooManyTries) -> dict[str, str]:
    """Returns the Retry-After header, in seconds; empty if the account is locked until an admin unlocks it."""
    return {} if error.seconds is None else {"Retry-After": str(error.seconds)}
