"""Writes the audit log of what staff did, beside the timelines of cases: who, when, what, and about whom or what."""

from sqlalchemy.orm import Session

from store.audit.models import StaffAct
from store.clock import now


def write_down(
    session: Session, act: str, *, staff_id: int | None, about: str = "", place: str | None = None
) -> StaffAct:
    """Adds an entry to the audit log. `about` names a thing, such as `case 12` or `staff 3`; never what anybody typed.

    `place` is the fingerprint of the sender's address, never the address itself.
    """
    row = StaffAct(at=now(), staff_id=staff_id, act=act, about=about, place=place)
    session.add(row)
    return row
