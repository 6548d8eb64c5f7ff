"""Shows the queue: the list of cases with its tabs, filters and search by number."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from staff_console import words
from staff_console.cases.forms import LONGEST_BULK_NOTE
from staff_console.context import context, me
from staff_console.forms import new_form_token, whole
from store.cases.queue import (
    Filters,
    Page,
    Tab,
    count_tabs,
    find_by_number,
    list_queue,
    newest_id,
)
from store.cases.surge import find_running, may_tell_many, open_by_triage
from store.cases.workflows import WORKFLOWS
from store.quota import unapproved, usage
from store.staff import account_requests
from store.staff.models import ALL_DEPARTMENTS, Staff
from store.staff.permissions import Permission, Role, has, roles_with

queue = Blueprint("queue", __name__)
KEPT = ("tab", "status", "service", "department", "urgent", "assignee", "triage")


@queue.get("/")
def show() -> str | Response:
    if me().role == Role.ADMIN:
        return redirect(url_for("people.show_all"), 303)
    tab, filters = asked_tab(), asked_filters()
    number = request.args.get("number", "").strip()[:40]
    with context().database.reading() as session:
        page = _page(session, tab, filters, number)
        return render_template(
            "cases/queue.html",
            tab=Tab.ALL if number else tab,
            tabs=words.TABS,
            counts=count_tabs(session, me(), filters),
            page=page,
            filters=filters,
            number=number,
            newest=newest_id(session, me()),
            alarms=usage.find_alarms(session, context().municipality.plan),
            alarm_words=words.ALARMS,
            by_others=unapproved.sent_lately(session),
            accounts_waiting=_accounts_waiting(session),
            surge=find_running(session),
            open_levels=_open_levels(session),
            may_tell_many=may_tell_many(session, me()),
            longest_note=LONGEST_BULK_NOTE,
            form_token=new_form_token(),
            triage_labels=words.TRIAGE,
            colleagues=_colleagues(session),
            services=context().services,
            statuses={word: words.STATUSES[word] for word in _statuses()},
            departments=context().municipality.departments,
            link=_link_to,
            counts_address=url_for("queue.counts", **_kept()),
        )


@queue.get("/counts")
def counts() -> dict[str, Any]:
    """Returns the numbers on the tabs and the id of the newest case, which a script of the queue's page polls."""
    with context().database.reading() as session:
        filters = asked_filters()
        counted = count_tabs(session, me(), filters, ended=not filters.any)
        newest = newest_id(session, me())
    return {"counts": {str(tab): count for tab, count in counted.items()}, "newest": newest}


def _accounts_waiting(session: Session) -> int:
    """Counts the requests about accounts that this person may confirm."""
    if not has(me().role, Permission.ACCOUNTS_CONFIRM):
        return 0
    waiting = account_requests.list_waiting(session)
    return sum(
        me().id in {person.id for person in account_requests.confirmers(session, each)} for each in waiting
    )


def _open_levels(session: Session) -> list[tuple[str, int]]:
    """Returns each triage level with the number of its open cases that this person may see; empty without a surge."""
    if find_running(session) is None:
        return []
    counts = open_by_triage(session, me())
    return [(level, counts.get(level, 0)) for level in words.TRIAGE]


def _page(session: Session, tab: Tab, filters: Filters, number: str) -> Page:
    if number:
        return find_by_number(session, me(), number)
    return list_queue(session, me(), tab, filters, page=whole(request.args.get("page")) or 1)


def asked_tab() -> Tab:
    asked = request.args.get("tab", "")
    return Tab(asked) if asked in list(Tab) else Tab.NEW


def asked_filters() -> Filters:
    """Returns the filters in the address. An unknown status, triage level or assignee is ignored."""
    args = request.args
    return Filters(
        status=args["status"] if args.get("status") in _statuses() else None,
        service=args.get("service") or None,
        department=args.get("department") or None,
        urgent=bool(args.get("urgent")),
        triage=args["triage"] if args.get("triage") in words.TRIAGE else None,
        assignee=me().id if args.get("assignee") == "me" else whole(args.get("assignee")),
    )


def _statuses() -> list[str]:
    """Returns the statuses that cases of the offered services can have, in the order of their workflows."""
    offered = [WORKFLOWS[service.workflow] for service in context().services.values()]
    return list(dict.fromkeys(word for workflow in offered for word in workflow.status_rows))


def _link_to(**changes: Any) -> str:
    """Returns the address of the queue with the present filters and these `changes`, at its first page."""
    return url_for("queue.show", **{**_kept(), **changes})


def _kept() -> dict[str, Any]:
    """Returns the tab and the filters in the query, but no other name: url_for would obey names such as _scheme."""
    return {key: request.args[key] for key in KEPT if request.args.get(key)}


def _colleagues(session: Session) -> list[Staff]:
    query = select(Staff).where(
        Staff.active, Staff.role.in_(roles_with(Permission.CASES_ACT)), Staff.id != me().id
    )
    if not me().sees_all:
        query = query.where(Staff.department.in_((me().department, ALL_DEPARTMENTS)))
    return list(session.scalars(query.order_by(Staff.full_name)))
