"""The tables of what the system keeps of itself: numbers given, its secret, signs of life."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from store.db import Table


class Series(Table):
    """The last number given in a series, such as the cases of one fiscal year."""

    __tablename__ = "series"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int]


class Secret(Table):
    """What this database must know and nobody else: see store.keys. `value` is sealed with the keys of DATA_KEY."""

    __tablename__ = "secret"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[bytes]


class Heartbeat(Table):
    """When a part of the system last showed that it is alive."""

    __tablename__ = "heartbeat"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
