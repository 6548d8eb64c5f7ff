"""Finds cases for the officers' queue: those that a member of staff may see, filtered and sorted."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, func, literal, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, defer, joinedload

from store.cases.models import Case
from store.cases.surge import in_order
from store.cases.workflows import OPEN_STATUSES, STATUS_ROWS, WAITING_STATUSES, Tone
from store.clock import today
from store.errors import NotFound
from store.files.models import File
from store.municipality.calendar import fiscal_year
from store.staff.models import Staff
from store.staff.permissions import Permission, permitted
from store.thai import arabic_digits

PER_PAGE = 50
# Nobody pages deeper; without a limit each further page would cost more than the last.
MAX_PAGES = 40
# Counting stops here: a tab says 999+.
MAX_COUNTED = 1000
_NUMBER = re.compile(r"(\d{1,7})(?:/(\d{4}))?")


class Tab(StrEnum):
    NEW = "new"
    DOING = "doing"
    WAITING = "waiting"
    OVERDUE = "overdue"
    DONE = "done"
    ALL = "all"


RUNNING = OPEN_STATUSES - WAITING_STATUSES
_TONE_OF = {Tab.NEW: Tone.NEW, Tab.DOING: Tone.WORKING, Tab.WAITING: Tone.WAITING}
_STATUSES_OF = {
    tab: frozenset(word for word, row in STATUS_ROWS.items() if row.tone is tone)
    for tab, tone in _TONE_OF.items()
} | {Tab.OVERDUE: RUNNING}
# The ended cases only grow; the officers' daily work is in the other tabs.
_NEWEST_FIRST = frozenset({Tab.DONE, Tab.ALL})


@dataclass(frozen=True)
class Filters:
    """Holds the filters of the queue. `assignee` is a staff id, or 0 for unassigned cases."""

    status: str | None = None
    service: str | None = None
    department: str | None = None
    urgent: bool = False
    assignee: int | None = None
    triage: str | None = None

    @property
    def any(self) -> bool:
        return self != Filters()


@dataclass(frozen=True)
class Page:
    cases: list[Case]
    number: int
    has_next: bool


@dataclass(frozen=True)
class _Led:
    """Stands for the cases in a condition, with the column of departments as `_column` returns it."""

    department: ColumnElement[Any]


def _visible_to(person: Staff, *, led: bool = False) -> ColumnElement[bool]:
    """Returns the SQL condition for the cases that this person may see; with `led` it uses no index: see `_column`."""
    columns = _Led(_column(Case.department, led=led)) if led else Case
    return permitted(person, Permission.CASES_READ, columns)


def find_case(
    session: Session, person: Staff, case_id: int, permission: Permission = Permission.CASES_READ
) -> Case:
    """Returns the case; raises NotFound for one of another department, exactly as for one that does not exist."""
    query = select(Case).where(Case.id == case_id, permitted(person, permission, Case))
    if (case := session.scalars(query).one_or_none()) is None:
        raise NotFound
    return case


def find_cases(session: Session, person: Staff, ids: Collection[int]) -> list[Case]:
    """Returns those of the cases that this person may see, in the order of their ids."""
    query = select(Case).where(Case.id.in_(ids), permitted(person, Permission.CASES_READ, Case))
    return list(session.scalars(query.order_by(Case.id)))


def find_file(session: Session, person: Staff, token: str) -> File:
    """Returns the file if it belongs to a case whose files this person may see; raises NotFound otherwise."""
    query = select(File).join(Case, File.case_id == Case.id)
    query = query.where(File.token == token, permitted(person, Permission.FILES_READ, Case))
    if (file := session.scalars(query).one_or_none()) is None:
        raise NotFound
    return file


def list_queue(session: Session, person: Staff, tab: Tab, filters: Filters, *, page: int = 1) -> Page:
    """Returns one page of a tab: the most pressing cases first, or in the tabs `done` and `all` the newest first."""
    page = min(max(page, 1), MAX_PAGES)
    query = _matching(person, tab, filters)
    query = query.order_by(Case.id.desc()) if tab in _NEWEST_FIRST else query.order_by(*in_order())
    ids = list(session.scalars(query.offset((page - 1) * PER_PAGE).limit(PER_PAGE + 1)))
    shown = _load(session, ids[:PER_PAGE])
    return Page(shown, page, len(ids) > PER_PAGE and page < MAX_PAGES)


def _matching(person: Staff, tab: Tab, filters: Filters) -> Select[int]:
    led = tab not in _NEWEST_FIRST
    # A department has far more cases than one of its services or one person.
    narrower = led or filters.service is not None or filters.assignee is not None
    seen = _visible_to(person, led=narrower)
    return select(Case.id).where(seen, _in_tab(tab), *_conditions(filters, led=led, department_led=narrower))


def _column(column: InstrumentedAttribute[Any], *, led: bool) -> ColumnElement[Any]:
    """Returns the column to compare; with `led`, an expression that prevents the use of the column's index.

    `led` says that another condition of the query finds few rows by its own index. Without this, SQLite may choose the
    index of services and read all cases of a service to find ten open ones.
    """
    if not led:
        return column.expression
    return func.coalesce(column, "" if isinstance(column.type, String) else 0)


def _load(session: Session, ids: list[int]) -> list[Case]:
    """Returns the cases of a page in its order, without their answers, which the queue does not show."""
    query = select(Case).where(Case.id.in_(ids)).options(defer(Case.answers), joinedload(Case.assignee))
    found = {case.id: case for case in session.scalars(query)}
    return [found[case_id] for case_id in ids if case_id in found]


def find_by_number(session: Session, person: Staff, typed: str) -> Page:
    """Finds cases in any tab by number (0123/2570, or 123 of the last ten years) or tracking code."""
    query = select(Case.id).where(_visible_to(person, led=True), _numbered(typed)).order_by(Case.id.desc())
    return Page(_load(session, list(session.scalars(query.limit(PER_PAGE)))), 1, has_next=False)


def _numbered(typed: str) -> ColumnElement[bool]:
    typed = re.sub(r"\s", "", arabic_digits(typed)).upper()
    if not (match := _NUMBER.fullmatch(typed)):
        return Case.tracking_code == typed[:20]
    this_year = fiscal_year(today())
    years = [int(match[2])] if match[2] else list(range(this_year, this_year - 10, -1))
    return and_(Case.fiscal_year.in_(years), Case.number == int(match[1]))


def count_tabs(session: Session, person: Staff, filters: Filters, *, ended: bool = True) -> dict[Tab, int]:
    """Counts the cases of each tab, up to MAX_COUNTED.

    Without `ended`, the tabs that only grow are left out: counting the few matches of a filter among 150,000 cases
    takes 0.2 seconds, which is too slow for a page that polls.
    """
    tabs = [tab for tab in Tab if ended or tab not in _NEWEST_FIRST]
    parts = [_count(person, tab, filters) for tab in tabs]
    return {Tab(row[0]): row[1] for row in session.execute(union_all(*parts))}


def _count(person: Staff, tab: Tab, filters: Filters) -> Select[str, int]:
    matching = _matching(person, tab, filters).limit(MAX_COUNTED)
    return select(literal(str(tab)), func.count()).select_from(matching.subquery())


def newest_id(session: Session, person: Staff) -> int:
    """Returns the id of the newest case that the person may see, or 0. An open page learns by it of new cases."""
    query = select(Case.id).where(_visible_to(person)).order_by(Case.id.desc()).limit(1)
    return session.scalar(query) or 0


def _in_tab(tab: Tab) -> ColumnElement[bool]:
    if tab is Tab.ALL:
        return true()
    if tab is Tab.DONE:
        # Nearly all cases match: the newest are found by scanning backwards, not by an index of statuses.
        return Case.status.not_in(sorted(OPEN_STATUSES))
    among = Case.status.in_(sorted(_STATUSES_OF[tab]))
    return and_(among, Case.due_on < today()) if tab is Tab.OVERDUE else among


def _conditions(filters: Filters, *, led: bool, department_led: bool) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.status:
        wanted.append(Case.status == filters.status)
    if filters.service:
        wanted.append(_column(Case.service, led=led) == filters.service)
    if filters.department:
        wanted.append(_column(Case.department, led=department_led) == filters.department)
    if filters.urgent:
        wanted.append(Case.urgent.expression)
    if filters.triage:
        wanted.append(_column(Case.triage, led=led) == filters.triage)
    if filters.assignee is not None:
        column = _column(Case.assignee_id, led=led)
        wanted.append(column == (filters.assignee or (0 if led else None)))
    return wanted
