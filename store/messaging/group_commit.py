"""Commits the events of all webhook requests that wait at one moment in one transaction.

A commit waits for the disk; sixteen requests that share one cost the same as a single one.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from store.database.engine import Database
from store.messaging import inbox
from store.messaging.inbox import Arrival


class NotCommitted(Exception):
    """Says that the events are not in the inbox; LINE must deliver them again."""


def _closed() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(eq=False)
class _Ticket:
    """Represents one waiting request. `call` is released once: when its events are settled, or when it must write for
    all.
    """

    arrivals: Sequence[Arrival]
    call: threading.Lock = field(default_factory=_closed)
    writes: bool = False
    kept: bool = False


class GroupCommit:
    """Collects the events of one process. One of the waiting requests writes for all and then wakes the next writer.

    It is created after any fork. Each request waits for a lock of its own: with one lock for all, settled requests
    would queue behind those that have yet to write.
    """

    def __init__(self, database: Database, *, patience: float) -> None:
        self._database, self._patience = database, patience
        self._desk = threading.Lock()
        self._waiting: list[_Ticket] = []
        self._somebody_writes = False

    def keep(self, arrivals: Sequence[Arrival]) -> None:
        """Returns when the events are durable; raises NotCommitted when they are not."""
        if not arrivals:
            return
        ticket = _Ticket(arrivals)
        self._queue_up(ticket)
        if ticket.writes:
            self._write_for_all(ticket)
        if not ticket.kept:
            raise NotCommitted("the database did not take the events in time")

    def _queue_up(self, ticket: _Ticket) -> None:
        with self._desk:
            self._waiting.append(ticket)
            if not self._somebody_writes:
                self._somebody_writes = ticket.writes = True
                return
        ticket.call.acquire(timeout=self._patience)
        with self._desk:
            # A request that timed out must not be chosen as the next writer: nobody would write and all others would
            # wait for ever.
            if ticket in self._waiting and not ticket.writes:
                self._waiting.remove(ticket)

    def _write_for_all(self, writer: _Ticket) -> None:
        tickets: list[_Ticket] = []
        try:
            with self._database.transaction() as session:
                # Taken only now, so that requests that arrived while we waited for other writers share this commit.
                tickets = self._take_all()
                inbox.accept(session, [a for ticket in tickets for a in ticket.arrivals])
            for ticket in tickets:
                ticket.kept = True
        finally:
            self._call_next(writer)
            for ticket in tickets:
                if not ticket.writes:
                    ticket.call.release()

    def _take_all(self) -> list[_Ticket]:
        with self._desk:
            tickets, self._waiting = self._waiting, []
            return tickets

    def _call_next(self, writer: _Ticket) -> None:
        with self._desk:
            if writer in self._waiting:
                self._waiting.remove(writer)  # The transaction did not even begin.
            self._somebody_writes = bool(self._waiting)
            if self._somebody_writes:
                self._waiting[0].writes = True
                self._waiting[0].call.release()
