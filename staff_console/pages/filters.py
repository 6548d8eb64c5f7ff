"""Defines the Jinja filters, which turn codes, times and numbers into Thai words for staff."""

from datetime import date, datetime
from decimal import Decimal

from flask import Flask

from staff_console import words
from staff_console.context import context
from store import thai
from store.cases.models import Case
from store.cases.queue import RUNNING
from store.cases.workflows import STATUS_ROWS, Tone
from store.clock import in_bangkok, today
from store.line_breaks import unbroken
from store.municipality.calendar import Month
from store.residents.masking import numbers_masked
from store.staff.models import ALL_DEPARTMENTS


def install_filters(app: Flask) -> None:
    app.jinja_env.filters.update(
        thai_date=lambda day: unbroken(thai.thai_date(day)),
        thai_moment=lambda at: unbroken(thai.thai_moment(at)),
        thai_time=lambda at: unbroken(thai.thai_time(at)),
        short_moment=short_moment,
        status_label=status_label,
        tone=tone,
        due_words=due_words,
        due_tone=due_tone,
        role_label=role_label,
        department_name=department_name,
        people_count=people_count,
        thai_month=thai_month,
        counted=counted,
        baht=baht,
        iso=iso,
        numbers_masked=numbers_masked,
        typed_moment=typed_moment,
        triage_label=words.TRIAGE.get,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def short_moment(at: datetime) -> str:
    """Returns the date (วันนี้ for today) and the time. A line can break only between the two."""
    day = "วันนี้" if in_bangkok(at).date() == today() else thai.thai_date(at)
    return f"{unbroken(day)} {unbroken(thai.thai_time(at))}"


def typed_moment(typed: str) -> str:
    """Returns the value of a date-and-time field in Thai words, with the Buddhist year; empty if it is not valid."""
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return ""
    return f"{thai.thai_weekday_date(at.date())} เวลา {at:%H.%M} น."


def iso(at: datetime | date) -> str:
    return at.isoformat()


def status_label(status: str) -> str:
    return words.STATUSES[status]


def tone(status: str) -> Tone:
    return STATUS_ROWS[status].tone


def due_words(case: Case) -> str:
    """Returns how many days are left or overdue, such as เหลือ 2 วัน or เกิน 1 วัน; empty for a case that has ended.

    Residents of urgent cases and of cases with a triage level were told no date. Until such a case is overdue, its
    words say so, because a number of days would make it look as if it could wait.
    """
    if case.status not in RUNNING:
        return ""
    days = (case.due_on - today()).days
    if days >= 0 and (case.urgent or case.triage is not None):
        return "ไม่ได้บอกวันกับผู้แจ้ง"
    if days == 0:
        return "ครบกำหนดวันนี้"
    return f"เหลือ {days} วัน" if days > 0 else f"เกิน {-days} วัน"


def due_tone(case: Case) -> str:
    if case.status not in RUNNING:
        return "calm"
    days = (case.due_on - today()).days
    if days < 0:
        return "late"
    return "soon" if days <= 1 else "calm"


def role_label(role: str) -> str:
    return words.ROLES.get(role, role)  # type: ignore[call-overload, no-any-return]


def department_name(code: str | None) -> str:
    if code is None:
        return "ยังไม่ได้กำหนดหน่วยงาน"
    return "ทุกหน่วยงาน" if code == ALL_DEPARTMENTS else context().municipality.department(code).name


def people_count(count: int | None, most: int = 999) -> str:
    """Formats a number for a tab, such as 7, or 999+ if it is higher than `most`; empty for None."""
    if count is None:
        return ""
    return f"{most}+" if count > most else str(count)


def thai_month(month: Month) -> str:
    """Formats a month as พ.ย. 2569, without a place for a line break."""
    return unbroken(f"{thai.MONTHS[month.number - 1]} {month.year + 543}")


def counted(count: int) -> str:
    """Formats a number as 35,000."""
    return f"{count:,}"


def baht(amount: Decimal) -> str:
    """Formats an amount as 1,280 or 10.25; whole amounts have no decimals."""
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
