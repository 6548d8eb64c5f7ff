"""Describes the table of heartbeats."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from store.database.engine import Table


class Heartbeat(Table):
    """Records when a part of the system last showed that it is alive."""

    __tablename__ = "heartbeat"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
