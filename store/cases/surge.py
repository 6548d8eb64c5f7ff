"""Switches surge mode on and off, for a time when more happens than the office can answer. Nothing here commits.

In surge mode, conversations ask only the most important questions, each new case is triaged, and residents read how
long the queue is instead of a date that nobody can promise.
"""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store.audit.log import Subject, write_down
from store.cases.models import Case, Surge
from store.cases.workflows import OPEN_STATUSES
from store.clock import now
from store.errors import Refusal
from store.residents.menus import SEASONS
from store.staff.models import Staff
from store.staff.permissions import Permission, allows, permitted, roles_with
from store.workflow.approvals import Chain, Decider

LONGEST_WORDS = 300
# Standard words, which no one person wrote: with one of these a single supervisor starts a surge. They name no place.
STANDARD_WORDS = (
    "ขณะนี้มีเรื่องเข้ามามากกว่าปกติ เจ้าหน้าที่กำลังเร่งช่วยเหลือ โดยช่วยเรื่องที่อันตรายก่อนค่ะ",
    "น้ำท่วมหลายหมู่บ้าน เจ้าหน้าที่ทุกคนออกพื้นที่ ช่วยผู้ป่วยและผู้สูงอายุก่อนค่ะ",
    "พายุพัดเสาไฟล้มหลายจุด กำลังไล่ซ่อมจากจุดที่อันตรายก่อนค่ะ",
    "น้ำประปาหยุดไหลทั้งเมือง กำลังซ่อมท่อหลักค่ะ",
)
PROPOSAL_LASTS = timedelta(hours=12)


class BadSurge(Refusal):
    """Says why a surge cannot begin or end; `reason` is a word such as already_running."""


CONFIRMATION: Final = Chain((roles_with(Permission.SURGE_MANAGE),), BadSurge, own="own_words")


def find_running(session: Session) -> Surge | None:
    return session.scalars(select(Surge).where(Surge.is_running.is_(True))).unique().one_or_none()


def find_waiting(session: Session) -> list[Surge]:
    """Returns proposals that another supervisor can still confirm, the oldest first."""
    query = select(Surge).where(
        Surge.is_running.is_(None), Surge.ended_at.is_(None), Surge.started_at > now() - PROPOSAL_LASTS
    )
    return list(session.scalars(query.order_by(Surge.id)).unique())


def begin(session: Session, staff: Staff, words: str, menu: str | None) -> Surge:
    """Starts a surge at once with standard words and no other menu; anything else waits for another supervisor."""
    if words.strip() in STANDARD_WORDS and menu is None:
        return start(session, staff, words, menu)
    _check(session, staff, words, menu)
    surge = Surge(words=words.strip(), menu=menu, started_at=now(), started_by_id=staff.id)
    session.add(surge)
    session.flush()
    write_down(session, "surge_proposed", staff_id=staff.id, about=Subject("surge", surge.id))
    return surge


def confirm(session: Session, surge_id: int, staff: Staff) -> Surge:
    """Starts a surge that another supervisor proposed. Raises BadSurge if it cannot be confirmed now."""
    _require_supervisor(staff)
    surge = _hold_waiting(session, surge_id)
    CONFIRMATION.check(Decider(staff), {surge.started_by_id})
    if find_running(session) is not None:
        raise BadSurge("already_running")
    surge.is_running = True
    surge.started_at = now()
    surge.confirmed_by_id = staff.id
    return _turn_on(session, surge, staff)


def withdraw(session: Session, surge_id: int, staff: Staff) -> None:
    """Withdraws a proposal, so that it cannot be confirmed any more; any supervisor may do so."""
    _require_supervisor(staff)
    surge = _hold_waiting(session, surge_id)
    surge.ended_at, surge.ended_by_id = now(), staff.id
    write_down(session, "surge_withdrawn", staff_id=staff.id, about=Subject("surge", surge.id))


def _hold_waiting(session: Session, surge_id: int) -> Surge:
    query = select(Surge).where(Surge.id == surge_id).with_for_update(of=Surge)
    surge = session.scalars(query).unique().one_or_none()
    if surge is None or surge not in find_waiting(session):
        raise BadSurge("not_waiting")
    return surge


def _check(session: Session, staff: Staff, words: str, menu: str | None) -> None:
    _require_supervisor(staff)
    if not words.strip():
        raise BadSurge("words_missing")
    if len(words.strip()) > LONGEST_WORDS:
        raise BadSurge("words_long")
    if menu is not None and menu not in SEASONS:
        raise BadSurge("menu_unknown")
    if find_running(session) is not None:
        raise BadSurge("already_running")


def start(session: Session, staff: Staff, words: str, menu: str | None) -> Surge:
    """Starts a surge with any words: `begin` decides whether one person may.

    `words` are what residents read; `menu` is a season's alias, or None to keep the menu.
    """
    _check(session, staff, words, menu)
    surge = Surge(words=words.strip(), menu=menu, is_running=True, started_at=now(), started_by_id=staff.id)
    session.add(surge)
    return _turn_on(session, surge, staff)


def _turn_on(session: Session, surge: Surge, staff: Staff) -> Surge:
    """Starts the surge. Urgent open cases become red, so that the counts match the queue."""
    try:
        session.flush()
    except IntegrityError as error:
        raise BadSurge("already_running") from error  # Another supervisor started one a moment before.
    urgent = update(Case).where(_is_open(), Case.urgent, Case.triage.is_(None))
    session.execute(urgent.values(triage="red"))
    # Other proposals were meant for now: they must not start another surge after this one.
    others = update(Surge).where(Surge.is_running.is_(None), Surge.ended_at.is_(None))
    session.execute(others.values(ended_at=now(), ended_by_id=staff.id))
    write_down(session, "surge_start", staff_id=staff.id, about=Subject("surge", surge.id))
    return surge


def end(session: Session, staff: Staff) -> Surge:
    _require_supervisor(staff)
    query = select(Surge).where(Surge.is_running.is_(True)).with_for_update(of=Surge)
    surge = session.scalars(query).unique().one_or_none()
    if surge is None:
        raise BadSurge("not_running")
    surge.is_running = None
    surge.ended_at = now()
    surge.ended_by_id = staff.id
    write_down(session, "surge_end", staff_id=staff.id, about=Subject("surge", surge.id))
    return surge


def _require_supervisor(staff: Staff) -> None:
    if staff.role not in CONFIRMATION.steps[0]:
        raise BadSurge("not_your_role")


def pressing() -> ColumnElement[Any]:
    """Returns the SQL expression for how pressing a case is: red 0, yellow 1, all others 2.

    An urgent case without a triage counts as red.
    """
    red = or_(Case.triage == "red", and_(Case.triage.is_(None), Case.urgent))
    return case((red, 0), (Case.triage == "yellow", 1), else_=2)


def in_order() -> tuple[ColumnElement[Any], ...]:
    """Returns the sort keys of the queue: the most pressing cases first, then those that are due first."""
    not_urgent = case((Case.urgent, 0), else_=1)
    return pressing(), not_urgent, Case.due_on.expression, Case.id.expression


def count_open(session: Session) -> int:
    """Counts all open cases; this number is public."""
    query = select(func.count()).select_from(Case).where(_is_open())
    return session.scalar(query) or 0


def count_before(session: Session, own: Case) -> int:
    """Counts the open cases of the same service that stand before this one in the officers' queue."""
    order = in_order()
    mine = session.execute(select(*order).where(Case.id == own.id)).one()
    first = tuple_(*order) < tuple_(
        *(literal(value, key.type) for value, key in zip(mine, order, strict=True))
    )
    # Prevents the use of the index of services, which would read all cases there ever were; the few open ones are found
    # first.
    same = func.coalesce(Case.service, "") == own.service
    return session.scalar(select(func.count()).select_from(Case).where(_is_open(), same, first)) or 0


def open_by_triage(session: Session, person: Staff) -> dict[str | None, int]:
    """Counts the open cases that this person may see by triage; those without a triage are under None."""
    seen = permitted(person, Permission.CASES_READ, Case)
    query = select(Case.triage, func.count()).where(_is_open(), seen).group_by(Case.triage)
    return dict(session.execute(query).all())


def may_sort(session: Session, own: Case) -> bool:
    """Says whether a triage level applies to the case: it is open, and it was triaged or a surge is running."""
    return own.status in OPEN_STATUSES and (own.triage is not None or find_running(session) is not None)


def may_tell_many(session: Session, person: Staff) -> bool:
    """Says whether this person may send bulk messages now: a supervisor always, an officer only during a surge."""
    return allows(person, Permission.BULK_WRITE, find_running(session))


def _is_open() -> ColumnElement[bool]:
    return Case.status.in_(sorted(OPEN_STATUSES))
