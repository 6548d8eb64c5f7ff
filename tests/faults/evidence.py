"""Collects what is known when a run is over: LINE's log, the residents' screens, and all of our rows and files."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from line_simulator import Simulator
from store.audit.chain import AUDIT_KEY, add_checkpoints, verify
from store.audit.models import AuditEntry
from store.cases.models import Case, CaseEvent
from store.database.engine import Database
from store.files.media import Media
from store.files.models import File
from store.messaging.models import InboxEvent, OutboxRow
from store.residents.models import Conversation
from tests.faults.people import Person

_MARK = re.compile(r"⟦(.+?):(\d+)⟧")


@dataclass
class Ledger:
    """Reads LINE's own log as it grows: the events that LINE delivered, and those that were answered 200."""

    acked: dict[str, dict[str, Any]] = field(default_factory=dict)
    delivered: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    """Reply tokens of which LINE said that it had failed; it may have taken the answer all the same."""
    replied_with: dict[str, str] = field(default_factory=dict)
    """The reply token by which a mark was first tried; a notice may ride on a reply."""
    waited: Counter[str] = field(default_factory=Counter)
    """How often it was the turn of a harmless row, and a worker that nobody killed did not come to its end."""
    lines: list[str] = field(default_factory=list)
    """All that happened, to tell how something came about."""
    _read_to: int = 0

    def read(self, simulator: Simulator) -> None:
        for entry in simulator.log.after(self._read_to):
            self._read_to = entry["n"]
            said = json.dumps(entry["request"], ensure_ascii=False)
            self.note(entry["at"], f"{entry['path']} {entry['status']} {entry.get('note', '')} {said}")
            if entry["direction"] == "webhook":
                self._note_events(entry["request"]["events"], acked=entry["status"] == 200)
            elif entry["path"].endswith("/reply") and isinstance(entry["request"], dict):
                token = entry["request"]["replyToken"]
                for mark, _ in _MARK.findall(said):
                    self.replied_with.setdefault(mark, token)
                if entry["status"] >= 500:
                    self.broken.add(token)

    def _note_events(self, events: list[dict[str, Any]], *, acked: bool) -> None:
        for event in events:
            self.delivered.add(event["webhookEventId"])
            if acked:
                self.acked.setdefault(event["webhookEventId"], event)

    def note(self, at_ms: float, what: str) -> None:
        self.lines.append(f"{at_ms / 1000 % 100_000:9.3f} {what}")

    def story(self, violation: str) -> list[str]:
        """Returns what concerns it: calls and events with the same token or id, and the kills between them."""
        names = re.findall(r"[0-9a-f]{32}|[0-9A-Z]{26}|\d{18}", violation)
        names += [f"⟦{mark}:" for mark in re.findall(r"n:\d+", violation)]
        about = [line for line in self.lines if any(name in line for name in names)]
        deaths = [line for line in self.lines if " dies " in line and about and about[0] <= line <= about[-1]]
        return sorted(line[:400] for line in about + deaths)


@dataclass(frozen=True)
class Shown:
    """Describes a message on a resident's screen, with the mark of the answer or notice it came from."""

    mark: str
    number: int
    at: int


@dataclass(frozen=True)
class Evidence:
    acked: dict[str, dict[str, Any]]
    delivered: set[str]
    broken: set[str]
    replied_with: dict[str, str]
    shown: dict[str, list[Shown]]
    screens: dict[str, str]
    waited: Counter[str]
    violations: Sequence[str]
    inbox: Sequence[InboxEvent]
    outbox: Sequence[OutboxRow]
    conversations: Sequence[Conversation]
    cases: Sequence[Case]
    timeline: dict[int, list[CaseEvent]]
    audited: Counter[int]
    audit_fault: str
    files: Sequence[File]
    on_disk: set[str]
    half_written: int

    def inbox_by_event(self) -> dict[str, list[InboxEvent]]:
        found = defaultdict(list)
        for row in self.inbox:
            found[row.event_id].append(row)
        return found


def gather(
    database: Database, folder: str, simulator: Simulator, ledger: Ledger, people: list[Person]
) -> Evidence:
    ledger.read(simulator)
    media = Media(f"{folder}/media", database.cipher)
    with database.reading() as session:
        rows = {table: session.scalars(select(table).order_by(table.id)).all() for table in _TABLES}
    add_checkpoints(database)
    with database.engine.connect() as connection:
        fault = verify(connection, database.cipher.derived_key(AUDIT_KEY)).fault
    timeline: dict[int, list[CaseEvent]] = defaultdict(list)
    for event in rows[CaseEvent]:
        timeline[event.case_id].append(event)
    return Evidence(
        acked=ledger.acked,
        delivered=ledger.delivered,
        broken=ledger.broken,
        replied_with=ledger.replied_with,
        shown=_shown(people),
        screens={person.canary: _screen(person) for person in people},
        waited=ledger.waited,
        violations=simulator.violations,
        inbox=rows[InboxEvent],
        outbox=rows[OutboxRow],
        conversations=rows[Conversation],
        cases=rows[Case],
        timeline=timeline,
        audited=Counter(row.details["event"] for row in rows[AuditEntry] if row.act.startswith("case_")),
        audit_fault=fault,
        files=rows[File],
        on_disk=media.tokens(),
        half_written=len(list(Path(f"{folder}/media").glob("*/*.part"))),
    )


_TABLES: tuple[Any, ...] = (InboxEvent, OutboxRow, Conversation, Case, CaseEvent, File, AuditEntry)


def _shown(people: list[Person]) -> dict[str, list[Shown]]:
    """Returns messages by their mark; a mark with and without `!` belongs to the same answer."""
    found = defaultdict(list)
    for person in people:
        for bubble in person.phone.bubbles:
            for mark, number in _MARK.findall(json.dumps(bubble.message, ensure_ascii=False)):
                found[mark].append(Shown(mark, int(number), bubble.at))
    return found


def _screen(person: Person) -> str:
    return json.dumps([bubble.message for bubble in person.phone.bubbles], ensure_ascii=False)
