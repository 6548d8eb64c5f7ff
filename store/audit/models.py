"""Describes the table of the audit log."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.database.engine import Table


class StaffAct(Table):
    """Holds one entry of the audit log, such as a sign-in, a refusal, a changed account or a view of personal data."""

    __tablename__ = "staff_act"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    act: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(120), default="")
    place: Mapped[str | None] = mapped_column(String(64))
