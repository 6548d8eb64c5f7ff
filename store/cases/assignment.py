"""Finds the staff to whom a case can be assigned."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.cases.models import Case
from store.staff.accounts import Role
from store.staff.models import ALL_DEPARTMENTS, Staff


def colleagues_for(session: Session, case: Case) -> list[Staff]:
    """Returns the officers and supervisors who may see this case and be assigned to it."""
    query = select(Staff).where(
        Staff.active,
        Staff.role != Role.ADMIN,
        Staff.department.in_((case.department, ALL_DEPARTMENTS)),
    )
    return list(session.scalars(query.order_by(Staff.full_name)))
