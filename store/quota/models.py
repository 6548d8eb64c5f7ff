"""Describes the table of LINE's quota readings."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store.database.engine import Table


class QuotaReading(Table):
    """Holds what LINE reported at one moment. `most` is None where the plan has no limit.

    `used` counts everything billed this month, also what was sent by hand from LINE's own manager; LINE calls it
    approximate. `ours` counts what we had sent by then. Until LINE has counted the recipients of a broadcast to all
    friends, `ours` is at least `used`.
    """

    __tablename__ = "quota_reading"
    __table_args__ = (Index("ix_quota_reading_at", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    month: Mapped[str] = mapped_column(String(7))
    most: Mapped[int | None]
    used: Mapped[int]
    ours: Mapped[int]
