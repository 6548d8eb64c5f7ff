"""Limits how often one member of staff may do what costs money or shows personal data."""

import math
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from staff_console.context import me
from store.staff import rate_limits
from store.staff.rate_limits import Limit, LimitReached

HOUR: Final = timedelta(hours=1)
TEST_SENDS: Final = Limit("test send", 20, HOUR)  # each is billed
LISTS: Final = Limit("list", 20, HOUR)  # each tells which of its phones are known
UNMASKS: Final = Limit("unmask", 60, HOUR)
CASES_TOLD: Final = Limit("bulk message", 1000, HOUR)  # a flood: twenty pages of the queue


def count(session: Session, limit: Limit, *, times: int = 1) -> None:
    """Counts a use by this person. Raises LimitReached beyond the limit, which rolls the transaction back."""
    rate_limits.use(session, limit, f"staff {me().id}", times=times)


def said(error: LimitReached) -> str:
    return f"ใช้รายการนี้ครบจำนวนต่อชั่วโมงแล้ว ใช้ได้อีกครั้งในอีก {max(1, math.ceil(error.seconds / 60))} นาที"


def retry_after(error: LimitReached) -> dict[str, str]:
    return {"Retry-After": str(max(1, error.seconds))}
