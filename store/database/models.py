"""Describes the tables that the database room keeps for itself: number series, its secret, slots of periodic jobs."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from store.database.engine import Table


class Series(Table):
    """The last number given in a series, such as the cases of one fiscal year."""

    __tablename__ = "series"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int]


class Secret(Table):
    """Holds a secret that belongs to this database alone. `value` is encrypted with the keys of DATA_KEY."""

    __tablename__ = "secret"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[bytes]


class Tick(Table):
    """One slot of one job that the clock starts. Who writes the row does the job: one worker of however many."""

    __tablename__ = "tick"
    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
