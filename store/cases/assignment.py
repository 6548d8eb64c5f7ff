"""Finds the staff to whom a case can be assigned."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.cases.models import Case
from store.staff.models import Staff
from store.staff.permissions import Permission, allows


def colleagues_for(session: Session, case: Case) -> list[Staff]:
    """Returns the people with an open account who may act on this case, by name."""
    people = session.scalars(select(Staff).where(Staff.active).order_by(Staff.full_name))
    return [person for person in people if allows(person, Permission.CASES_ACT, case)]
