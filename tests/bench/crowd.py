"""Prepares a console with 500,000 cases, which are copies of one real case, and reads it as officers do."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot import web
from bot.settings import BotSettings
from staff_console.settings import ConsoleSettings
from staff_console.web import create_app
from store.cases.models import Case
from store.cases.queue import Tab
from store.cases.workflows import Status
from store.clock import now
from store.database.engine import Database, Table
from store.messaging import inbox
from store.messaging.inbox import Arrival
from store.messaging.models import InboxEvent, OutboxRow
from store.municipality.profile import Municipality, read_municipality
from store.residents.models import Contact, Resident
from store.services import read_services
from tests.bench.bodies import SECRET, TOKEN
from tests.builders import a_case
from tests.clerk import Clerk, a_clerk
from tests.faults.grounds import Plot
from tests.faults.lives import SECRET_KEY, store_settings

CASES, RESIDENTS, MESSAGES = 500_000, 50_000, 200_000
FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"status": "in_progress"},
    {"status": "done"},
    {"service": "street_light"},
    {"department": "engineering"},
    {"urgent": "1"},
    {"assignee": "me"},
    {"assignee": "0"},
    {"service": "street_light", "urgent": "1"},
    {"triage": "red"},
)
# One case in a hundred and twenty-five is open: four thousand, as after a bad flood.
STATUS = """CASE numbers.n % 500 WHEN 0 THEN 'submitted' WHEN 1 THEN 'received' WHEN 2 THEN 'need_info'
    WHEN 3 THEN 'in_progress' WHEN 4 THEN 'closed' ELSE 'done' END"""


@dataclass(frozen=True)
class Desk:
    officer: Clerk
    supervisor: Clerk
    metrics: FlaskClient

    def seconds_of_lists(self) -> list[float]:
        addresses = [f"/?{urlencode({'tab': tab, **each})}" for tab in Tab for each in FILTERS]
        clerks = (self.officer, self.supervisor)
        return [_timed(clerk.page, address) for clerk in clerks for address in addresses]

    def seconds_of_case(self) -> list[float]:
        return [_timed(self.supervisor.page, "/cases/1") for _ in range(9)]

    def seconds_of_metrics(self) -> list[float]:
        return [_timed(self.metrics.get, "/metrics") for _ in range(3)]


def _timed(read: Callable[[str], object], address: str) -> float:
    began = time.perf_counter()
    read(address)
    return time.perf_counter() - began


@contextmanager
def open_desk(plot: Plot) -> Iterator[Desk]:
    store = store_settings(plot.database_url, plot.folder)
    database, municipality = Database(store), read_municipality(store.municipality)
    console = create_app(ConsoleSettings(store=store, secret_key=SECRET_KEY))
    bot = web.create_app(BotSettings(store, (SECRET,), TOKEN, SECRET_KEY))
    try:
        officer = a_clerk(console, database, municipality, department="engineering")
        supervisor = a_clerk(console, database, municipality, username="boonmee", role="supervisor")
        _fill(database, municipality)
        desk = Desk(officer, supervisor, bot.test_client())
        for clerk in (officer, supervisor):
            clerk.page("/")  # The first request also loads what all pages share, which is not measured.
        yield desk
    finally:
        for each in (database, console.extensions["context"].database, bot.extensions["webhook"].database):
            each.close()


def _fill(database: Database, municipality: Municipality) -> None:
    arrival = Arrival("first", "lane", now(), {})
    services = " ".join(f"WHEN {i} THEN '{name}'" for i, name in enumerate(read_services()))
    with database.transaction() as session:
        a_case(session, municipality, status=Status.IN_PROGRESS)
        inbox.accept(session, [arrival])
        session.flush()
        _multiply(session, Resident, RESIDENTS)
        _multiply(
            session, Contact, RESIDENTS, key="'key' || numbers.n", resident_id="last.resident_id + numbers.n"
        )
        _multiply(
            session,
            Case,
            CASES,
            number="last.number + numbers.n",
            tracking_code="'T' || numbers.n",
            fiscal_year="last.fiscal_year - numbers.n % 10",
            service=f"CASE numbers.n % {len(read_services())} {services} END",
            department="CASE numbers.n % 3 WHEN 0 THEN 'office' ELSE 'engineering' END",
            status=STATUS,
            urgent="numbers.n % 50 = 0",
            triage="CASE numbers.n % 1000 WHEN 0 THEN 'red' END",
            due_on="CASE numbers.n % 3 WHEN 0 THEN '2020-01-06' ELSE last.due_on END",
            assignee_id="CASE numbers.n % 4 WHEN 0 THEN 1 END",
            resident_id=f"last.resident_id + numbers.n % {RESIDENTS}",
        )
        _multiply(session, InboxEvent, MESSAGES, event_id="'event' || numbers.n", state="'done'", body="NULL")
        sent = {
            "case_id": "numbers.n + 1",
            "state": "'sent'",
            "sent_by": "'push'",
            "sent_at": "last.created_at",
        }
        _multiply(session, OutboxRow, MESSAGES, retry_key="'key' || numbers.n", **sent)
        if not database.is_sqlite:
            session.execute(text("ANALYZE"))


def _multiply(session: Session, kind: type[Table], times: int, **changed: str) -> None:
    """Copies the last row of a table so many times, with some of its columns changed."""
    names = [column.name for column in kind.__table__.columns]
    changed = {"id": "last.id + numbers.n", **changed}
    values = ", ".join(changed.get(name, f'last."{name}"') for name in names)
    table = f'"{kind.__tablename__}"'
    session.execute(
        text(f"""
            WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {times})
            INSERT INTO {table} ({", ".join(f'"{name}"' for name in names)})
            SELECT {values} FROM numbers, {table} AS last WHERE last.id = (SELECT MAX(id) FROM {table})
        """)
    )
