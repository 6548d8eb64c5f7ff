"""Group commit of the inbox: the events of all requests that wait at one moment become durable in one commit.

A commit waits for the disk; sixteen requests that wait for it together cost the same as one.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from store import inbox
from store.db import Database
from store.inbox import Arrival


class NotKept(Exception):
    """The events are not in the inbox; LINE must deliver them again."""


@dataclass
class _Ticket:
    arrivals: Sequence[Arrival]
    kept: bool | None = None


class Intake:
    """One for each process, made after any fork. Whoever holds the pen writes for everybody who waits."""

    def __init__(self, database: Database, *, patience: float) -> None:
        self._database, self._patience = database, patience
        self._pen, self._queue = threading.Lock(), threading.Lock()
        self._waiting: list[_Ticket] = []

    def keep(self, arrivals: Sequence[Arrival]) -> None:
        """Returns when the events are durable; raises NotKept when they are not."""
        if not arrivals:
            return
        ticket = _Ticket(arrivals)
        with self._queue:
            self._waiting.append(ticket)
        if not self._pen.acquire(timeout=self._patience):
            raise NotKept("the database is busy")
        try:
            if ticket.kept is None:
                self._write_for_all()
        finally:
            self._pen.release()
        if not ticket.kept:
            raise NotKept("the database did not take the events")

    def _write_for_all(self) -> None:
        with self._queue:
            tickets, self._waiting = self._waiting, []
        kept = False
        try:
            with self._database.transaction() as session:
                inbox.accept(session, [a for ticket in tickets for a in ticket.arrivals])
            kept = True
        finally:
            for ticket in tickets:
                ticket.kept = kept
