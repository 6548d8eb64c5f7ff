"""Collects the figures of `/metrics`, which Prometheus reads: counts and ages from the database, read for each answer.

No figure is about a single person. https://prometheus.io/docs/instrumenting/exposition_formats/
"""

import hmac
import ipaddress
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from store.database.engine import Database
from store.messaging.states import EventState, MessageState, SentBy
from store.operations.statistics import Backlog, Statistics, count_all
from store.quota.usage import QuotaStatus

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OUTCOMES: Final[dict[str, str]] = {
    MessageState.SENT: "accepted",
    MessageState.DEAD: "failed",
    MessageState.DROPPED: "dropped",
    MessageState.UNREACHABLE: "unreachable",
}


class TownCollector(Collector):
    def __init__(self, database: Database, municipality: str) -> None:
        self._database = database
        self._municipality = municipality

    def describe(self) -> list[Metric]:
        """Returns no metrics, so that registering does not need the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        for metric in self._metrics():
            for number, sample in enumerate(metric.samples):
                labels = {"municipality": self._municipality, **sample.labels}
                metric.samples[number] = sample._replace(labels=labels)
            yield metric

    def _metrics(self) -> Iterator[Metric]:
        try:
            with self._database.reading() as session:
                figures = count_all(session)
        except (SQLAlchemyError, TimeoutError):
            yield _gauge("database_up", "1 when the database answers", 0)
            return
        yield _gauge("database_up", "1 when the database answers", 1)
        yield from _waiting(figures)
        yield from _done(figures)
        yield from _cases(figures)
        yield from _quota(figures.month)


def open_registry(database: Database, municipality: str) -> CollectorRegistry:
    """Creates a registry for one application, so that two of them in one process do not mix.

    Each figure has the label `municipality`.
    """
    registry = CollectorRegistry()
    registry.register(TownCollector(database, municipality))
    return registry


def exposition(registry: CollectorRegistry) -> bytes:
    return generate_latest(registry)


def is_bearer(header: str, token: str) -> bool:
    """Says whether the header holds the token; False without a token, because an empty one must allow nothing."""
    return bool(token) and hmac.compare_digest(header.encode(), f"Bearer {token}".encode())


def is_this_machine(peer: str | None) -> bool:
    try:
        return ipaddress.ip_address(peer or "").is_loopback
    except ValueError:
        return False


def _waiting(figures: Statistics) -> Iterator[Metric]:
    for box, waiting in (("inbox", figures.inbox), ("outbox", figures.outbox)):
        yield from _backlog(box, waiting)
    yield _gauge(
        "inbox_dead", "Events given up, for an officer to look at", figures.events.get(EventState.DEAD, 0)
    )
    dead = sum(count for (_, state), count in figures.requests.items() if state == MessageState.DEAD)
    yield _gauge("outbox_dead", "Messages given up, for an officer to look at", dead)


def _backlog(box: str, waiting: Backlog) -> Iterator[Metric]:
    yield _gauge(f"{box}_waiting", f"Rows of the {box} that are due", waiting.count)
    yield _gauge(f"{box}_oldest_seconds", "How long the oldest of them has waited", waiting.oldest_seconds)


def _done(figures: Statistics) -> Iterator[Metric]:
    events = CounterMetricFamily("tessaban_events_acknowledged", "Events kept and acknowledged to LINE")
    events.add_metric([], sum(figures.events.values()))
    yield events
    requests = CounterMetricFamily(
        "tessaban_requests", "Requests to LINE that have ended", labels=("by", "outcome", "cost")
    )
    for (by, state), count in sorted(figures.requests.items()):
        if outcome := OUTCOMES.get(state):
            # LINE bills a push that it took, and never a reply.
            cost = "billed" if (by, state) == (SentBy.PUSH, MessageState.SENT) else "free"
            requests.add_metric([by or "none", outcome, cost], count)
    yield requests
    yield _gauges("files", "Photos and documents", "state", figures.files)


def _cases(figures: Statistics) -> Iterator[Metric]:
    yield _gauges("cases_open", "Open cases", "department", figures.open)
    yield _gauges("cases_overdue", "Open cases past their day", "department", figures.overdue)
    yield _gauges("heartbeat_age_seconds", "Since the last sign of life", "name", figures.heartbeats)


def _quota(month: QuotaStatus) -> Iterator[Metric]:
    """Yields the quota's metrics: none before the first reading, and no limit where the plan has none."""
    if month.read_at is None:
        return
    if month.most is not None and month.left is not None:
        yield _gauge("line_quota_messages", "Messages LINE bills this month at most", month.most)
        yield _gauge("line_quota_left", "Of them not used yet", month.left)
    yield _gauge("line_quota_used", "Messages billed this month, by LINE and since it told by us", month.used)
    yield _gauge(
        "line_quota_forecast", "Messages billed by the end of the month at this pace", month.forecast
    )
    yield _gauge("line_quota_others", "Messages LINE counted this month and we did not send", month.others)
    dropped = "1 when LINE gives fewer messages than it did earlier this month or last"
    yield _gauge("line_quota_dropped", dropped, int(month.has_dropped))


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"tessaban_{name}", what, value=value)


def _gauges(name: str, what: str, label: str, values: dict[str, int] | dict[str, float]) -> Metric:
    family = GaugeMetricFamily(f"tessaban_{name}", what, labels=(label,))
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
