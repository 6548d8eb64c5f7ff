"""Describes the tables that belong to no other room: last numbers of series, the database's secret, and job slots."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from store.database.engine import Table


class Series(Table):
    """Holds the last number given in a series, such as the cases of one fiscal year."""

    __tablename__ = "series"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int]


class Secret(Table):
    """Holds a secret that belongs to this database alone. `value` is encrypted with the keys of DATA_KEY."""

    __tablename__ = "secret"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[bytes]


class PeriodicSlot(Table):
    """Records one time slot of one periodic job. The worker that inserts the row runs the job."""

    __tablename__ = "tick"
    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
