"""Tests the map of permissions: every cell is what this table says, and whoever is missing may do nothing."""

from dataclasses import dataclass, field

import pytest

from store.staff.models import ALL_DEPARTMENTS, Staff
from store.staff.permissions import PERMISSIONS, Permission, Role, allows, has, roles_with


@dataclass(frozen=True)
class Thing:
    """Stands for an object of any kind: it has whatever a condition asks about."""

    department: str = "engineering"
    author_id: int = 7
    staff_id: int = 7


@dataclass(frozen=True)
class Asked:
    own: Thing | None = field(default_factory=Thing)
    foreign: Thing | None = field(default_factory=lambda: Thing("health", 8, 8))


EVERYWHERE, OWN, NOWHERE = (True, True), (True, False), (False, False)
NOT_ABOUT_AN_OBJECT = Asked()
SURGE_OR_NOT = Asked(foreign=None)

# For each permission: what an officer, a supervisor and an admin of engineering, number 7, may do to an object of
# engineering that is theirs, and to an object of health that is another person's.
# fmt: off
EXPECTED = {
    #                                officer     supervisor  admin
    Permission.CONSOLE_USE:         (EVERYWHERE, EVERYWHERE, EVERYWHERE),
    Permission.CASES_READ:          (OWN,        OWN,        NOWHERE),
    Permission.CASES_ACT:           (OWN,        OWN,        NOWHERE),
    Permission.CASES_UNMASK:        (OWN,        OWN,        NOWHERE),
    Permission.CASES_SET_LEVEL:     (OWN,        OWN,        NOWHERE),
    Permission.FILES_READ:          (OWN,        OWN,        NOWHERE),
    Permission.BULK_WRITE:          (OWN,        EVERYWHERE, NOWHERE),  # a running surge, or none
    Permission.BULK_READ:           (OWN,        EVERYWHERE, NOWHERE),
    Permission.BULK_RELEASE:        (NOWHERE,    EVERYWHERE, NOWHERE),
    Permission.BULK_REFUSE:         (OWN,        EVERYWHERE, NOWHERE),
    Permission.SURGE_MANAGE:        (NOWHERE,    EVERYWHERE, NOWHERE),
    Permission.BROADCASTS_READ:     (EVERYWHERE, EVERYWHERE, NOWHERE),
    Permission.BROADCASTS_WRITE:    (EVERYWHERE, EVERYWHERE, NOWHERE),
    Permission.BROADCASTS_ACT:      (EVERYWHERE, EVERYWHERE, NOWHERE),
    Permission.EMERGENCIES_ORDER:   (EVERYWHERE, EVERYWHERE, NOWHERE),
    Permission.TEMPLATES_WRITE:     (EVERYWHERE, EVERYWHERE, NOWHERE),
    Permission.TEMPLATES_APPROVE:   (NOWHERE,    EVERYWHERE, NOWHERE),
    Permission.TEMPLATES_RETIRE:    (OWN,        EVERYWHERE, NOWHERE),
    Permission.TESTERS_LINK:        (EVERYWHERE, EVERYWHERE, NOWHERE),
    Permission.TESTERS_REMOVE:      (OWN,        EVERYWHERE, NOWHERE),
    Permission.DEAD_LETTERS_HANDLE: (NOWHERE,    OWN,        EVERYWHERE),
    Permission.JOBS_MANAGE:         (NOWHERE,    NOWHERE,    EVERYWHERE),
    Permission.QUOTA_READ:          (NOWHERE,    EVERYWHERE, EVERYWHERE),
    Permission.METRICS_READ:        (NOWHERE,    EVERYWHERE, EVERYWHERE),
    Permission.ACCOUNTS_MANAGE:     (NOWHERE,    NOWHERE,    EVERYWHERE),
    Permission.ACCOUNTS_CONFIRM:    (NOWHERE,    EVERYWHERE, EVERYWHERE),
}
# fmt: on


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize(("number", "role"), list(enumerate(Role)))
def test_every_cell_of_the_map(permission: Permission, number: int, role: Role) -> None:
    person = Staff(id=7, role=role, department="engineering")
    asked = SURGE_OR_NOT if permission is Permission.BULK_WRITE else NOT_ABOUT_AN_OBJECT
    cell = (allows(person, permission, asked.own), allows(person, permission, asked.foreign))
    assert cell == EXPECTED[permission][number]
    assert has(role, permission) == (role in roles_with(permission)) == any(cell)


def test_the_map_and_this_table_have_the_same_rows() -> None:
    assert set(PERMISSIONS) == set(Permission) == set(EXPECTED)
    assert all(set(row) == set(Role) for row in PERMISSIONS.values())


def test_who_was_granted_all_departments_sees_them_and_who_has_none_sees_none() -> None:
    foreign = Thing(department="health")
    assert allows(Staff(role="officer", department=ALL_DEPARTMENTS), Permission.CASES_READ, foreign)
    assert not allows(Staff(role="officer", department=None), Permission.CASES_READ, foreign)


def test_a_role_that_nothing_knows_may_nothing() -> None:
    with pytest.raises(ValueError, match="mayor"):
        has("mayor", Permission.CASES_READ)
