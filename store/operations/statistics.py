"""Counts in the database what waits, was done and failed: correct for any number of processes."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from store.cases.models import Case
from store.cases.queue import RUNNING
from store.cases.workflows import OPEN_STATUSES
from store.clock import now, today
from store.database import sequences
from store.files.models import File
from store.messaging import inbox, outbox
from store.messaging.models import InboxEvent, OutboxRow
from store.municipality.profile import Plan
from store.operations.models import Heartbeat
from store.quota import usage
from store.quota.usage import QuotaStatus

# The figures do not need the municipality's file: they use LINE's reported limit, not the plan that was bought.
NO_PLAN = Plan(messages=0, reserve=0)


@dataclass(frozen=True)
class Backlog:
    count: int
    oldest_seconds: float


@dataclass(frozen=True)
class Statistics:
    """Holds the figures. `requests` counts by (how sent, state); `events` and `files` by state; `open` and `overdue` by
    department.
    """

    inbox: Backlog
    outbox: Backlog
    events: dict[str, int]
    requests: dict[tuple[str, str], int]
    files: dict[str, int]
    open: dict[str, int]
    overdue: dict[str, int]
    heartbeats: dict[str, float]
    month: QuotaStatus


def count_all(session: Session) -> Statistics:
    return Statistics(
        inbox=Backlog(*inbox.backlog(session)),
        outbox=Backlog(*outbox.backlog(session)),
        events=_events(session),
        requests=_requests(session),
        files=_by_one(session, select(File.state, func.count()).group_by(File.state)),
        open=_by_one(session, _cases(OPEN_STATUSES)),
        overdue=_by_one(session, _cases(RUNNING).where(Case.due_on < today())),
        heartbeats={
            beat.name: (now() - beat.at).total_seconds() for beat in session.scalars(select(Heartbeat))
        },
        month=usage.quota_status(session, NO_PLAN),
    )


def _by_one(session: Session, query: Select[str, int]) -> dict[str, int]:
    return dict(session.execute(query).all())


def _events(session: Session) -> dict[str, int]:
    """Counts events by state, including rows that were purged: a counter must not decrease."""
    rows = _by_one(session, select(InboxEvent.state, func.count()).group_by(InboxEvent.state))
    return dict(Counter(rows) + Counter(done=sequences.gone_events(session)))


def _requests(session: Session) -> dict[tuple[str, str], int]:
    """Counts requests. Rows sent in another row's request are no requests of their own."""
    query = select(OutboxRow.sent_by, OutboxRow.state, func.count()).where(OutboxRow.lead_id.is_(None))
    rows = session.execute(query.group_by(OutboxRow.sent_by, OutboxRow.state))
    counted = Counter({(sent_by or "", state): count for sent_by, state, count in rows})
    return dict(counted + Counter(sequences.gone_requests(session)))


def _cases(statuses: frozenset[str]) -> Select[str, int]:
    among = Case.status.in_(sorted(statuses))
    return select(Case.department, func.count()).where(among).group_by(Case.department)
