"""Says who may do what to which object, in one map: permission, role, and what must be true of the object.

What the map does not permit is refused. `allows` asks it about one object, `permitted` writes the same condition into a
query, so that a list never shows what a page would refuse. A new permission is one row of PERMISSIONS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, false, or_, true

from store.staff.models import Staff


class Role(StrEnum):
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Permission(StrEnum):
    CONSOLE_USE = "console.use"
    CASES_READ = "cases.read"
    CASES_ACT = "cases.act"
    CASES_UNMASK = "cases.unmask"
    CASES_SET_LEVEL = "cases.set_level"
    FILES_READ = "files.read"
    BULK_WRITE = "bulk.write"
    BULK_READ = "bulk.read"
    BULK_RELEASE = "bulk.release"
    BULK_REFUSE = "bulk.refuse"
    SURGE_MANAGE = "surge.manage"
    BROADCASTS_READ = "broadcasts.read"
    BROADCASTS_WRITE = "broadcasts.write"
    BROADCASTS_ACT = "broadcasts.act"
    EMERGENCIES_ORDER = "emergencies.order"
    TEMPLATES_WRITE = "templates.write"
    TEMPLATES_APPROVE = "templates.approve"
    TEMPLATES_RETIRE = "templates.retire"
    TESTERS_LINK = "testers.link"
    TESTERS_REMOVE = "testers.remove"
    DEAD_LETTERS_HANDLE = "dead_letters.handle"
    JOBS_MANAGE = "jobs.manage"
    QUOTA_READ = "quota.read"
    METRICS_READ = "metrics.read"
    ACCOUNTS_MANAGE = "accounts.manage"
    ACCOUNTS_CONFIRM = "accounts.confirm"


@dataclass(frozen=True)
class Condition:
    """Describes what must be true of a person and an object, once for one object and once for a query.

    `where` gets the mapped class of the object, or anything with the same columns.
    """

    holds: Callable[[Staff, Any], bool]
    where: Callable[[Staff, Any], ColumnElement[bool]]


def _in_department(person: Staff, case: Any) -> bool:
    """Says whether there is a case and the person may see its department."""
    if case is None or person.department is None:
        return False
    return person.sees_all or bool(person.department == case.department)


def _where_in_department(person: Staff, cases: Any) -> ColumnElement[bool]:
    if person.department is None:
        return false()
    return true() if person.sees_all else cases.department == person.department


ALWAYS: Final = Condition(lambda person, thing: True, lambda person, columns: true())
NEVER: Final = Condition(lambda person, thing: False, lambda person, columns: false())
# Asked about a case, or about the case that a file or a message belongs to.
IN_DEPARTMENT: Final = Condition(_in_department, _where_in_department)
# Asked about the case of a message; a message that belongs to no case has None, or a row of nulls in a query.
OF_NO_CASE_OR_IN_DEPARTMENT: Final = Condition(
    lambda person, case: case is None or _in_department(person, case),
    lambda person, cases: or_(cases.id.is_(None), _where_in_department(person, cases)),
)
# Asked about something with an author.
OWN: Final = Condition(
    lambda person, thing: thing.author_id == person.id,
    lambda person, things: things.author_id == person.id,
)
# Asked about a link between an account and its owner's LINE.
OWN_LINK: Final = Condition(
    lambda person, link: link.staff_id == person.id, lambda person, links: links.staff_id == person.id
)
# Asked about the running surge, which is None at other times.
DURING_SURGE: Final = Condition(
    lambda person, surge: surge is not None, lambda person, surges: surges.is_running.is_(True)
)


def _row(officer: Condition, supervisor: Condition, admin: Condition) -> dict[Role, Condition]:
    return {Role.OFFICER: officer, Role.SUPERVISOR: supervisor, Role.ADMIN: admin}


# fmt: off
PERMISSIONS: Final = {
    #                                    officer         supervisor                   admin
    Permission.CONSOLE_USE:         _row(ALWAYS,         ALWAYS,                      ALWAYS),
    Permission.CASES_READ:          _row(IN_DEPARTMENT,  IN_DEPARTMENT,               NEVER),
    Permission.CASES_ACT:           _row(IN_DEPARTMENT,  IN_DEPARTMENT,               NEVER),
    Permission.CASES_UNMASK:        _row(IN_DEPARTMENT,  IN_DEPARTMENT,               NEVER),
    Permission.CASES_SET_LEVEL:     _row(IN_DEPARTMENT,  IN_DEPARTMENT,               NEVER),
    Permission.FILES_READ:          _row(IN_DEPARTMENT,  IN_DEPARTMENT,               NEVER),
    Permission.BULK_WRITE:          _row(DURING_SURGE,   ALWAYS,                      NEVER),
    Permission.BULK_READ:           _row(OWN,            ALWAYS,                      NEVER),
    Permission.BULK_RELEASE:        _row(NEVER,          ALWAYS,                      NEVER),
    Permission.BULK_REFUSE:         _row(OWN,            ALWAYS,                      NEVER),
    Permission.SURGE_MANAGE:        _row(NEVER,          ALWAYS,                      NEVER),
    Permission.BROADCASTS_READ:     _row(ALWAYS,         ALWAYS,                      NEVER),
    Permission.BROADCASTS_WRITE:    _row(ALWAYS,         ALWAYS,                      NEVER),
    Permission.BROADCASTS_ACT:      _row(ALWAYS,         ALWAYS,                      NEVER),
    Permission.EMERGENCIES_ORDER:   _row(ALWAYS,         ALWAYS,                      NEVER),
    Permission.TEMPLATES_WRITE:     _row(ALWAYS,         ALWAYS,                      NEVER),
    Permission.TEMPLATES_APPROVE:   _row(NEVER,          ALWAYS,                      NEVER),
    Permission.TEMPLATES_RETIRE:    _row(OWN,            ALWAYS,                      NEVER),
    Permission.TESTERS_LINK:        _row(ALWAYS,         ALWAYS,                      NEVER),
    Permission.TESTERS_REMOVE:      _row(OWN_LINK,       ALWAYS,                      NEVER),
    Permission.DEAD_LETTERS_HANDLE: _row(NEVER,          OF_NO_CASE_OR_IN_DEPARTMENT, ALWAYS),
    Permission.JOBS_MANAGE:         _row(NEVER,          NEVER,                       ALWAYS),
    Permission.QUOTA_READ:          _row(NEVER,          ALWAYS,                      ALWAYS),
    Permission.METRICS_READ:        _row(NEVER,          ALWAYS,                      ALWAYS),
    Permission.ACCOUNTS_MANAGE:     _row(NEVER,          NEVER,                       ALWAYS),
    Permission.ACCOUNTS_CONFIRM:    _row(NEVER,          ALWAYS,                      ALWAYS),
}
# fmt: on


def condition_of(role: str, permission: Permission) -> Condition:
    return PERMISSIONS[permission][Role(role)]


def has(role: str, permission: Permission) -> bool:
    """Says whether people of this role may do this to any object at all."""
    return condition_of(role, permission) is not NEVER


def roles_with(permission: Permission) -> frozenset[Role]:
    return frozenset(role for role in Role if has(role, permission))


def allows(person: Staff, permission: Permission, thing: Any) -> bool:
    """Says whether this person may do this to this object. The map says what the object of each permission is."""
    return condition_of(person.role, permission).holds(person, thing)


def permitted(person: Staff, permission: Permission, columns: Any) -> ColumnElement[bool]:
    """Returns the SQL condition for the objects to which this person may do this.

    `columns` is the mapped class of the objects, or something with the same columns.
    """
    return condition_of(person.role, permission).where(person, columns)
