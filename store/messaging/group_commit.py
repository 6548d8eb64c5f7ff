"""Group commit of the inbox: the events of all requests that wait at one moment become durable in one commit.

A commit waits for the disk; sixteen requests that wait for it together cost the same as one.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from store.database.engine import Database
from store.messaging import inbox
from store.messaging.inbox import Arrival


class NotKept(Exception):
    """The events are not in the inbox; LINE must deliver them again."""


def _closed() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(eq=False)
class _Ticket:
    """`call` opens once: when the events are settled, or when it is its holder's turn to write for all who wait."""

    arrivals: Sequence[Arrival]
    call: threading.Lock = field(default_factory=_closed)
    writes: bool = False
    kept: bool = False


class Intake:
    """One for each process, made after any fork. Of those who wait, one writes for all and then calls the next one.

    Each waits for its own call: at a lock for all, who is settled would queue behind those who have yet to write.
    """

    def __init__(self, database: Database, *, patience: float) -> None:
        self._database, self._patience = database, patience
        self._desk = threading.Lock()
        self._waiting: list[_Ticket] = []
        self._somebody_writes = False

    def keep(self, arrivals: Sequence[Arrival]) -> None:
        """Returns when the events are durable; raises NotKept when they are not."""
        if not arrivals:
            return
        ticket = _Ticket(arrivals)
        self._queue_up(ticket)
        if ticket.writes:
            self._write_for_all(ticket)
        if not ticket.kept:
            raise NotKept("the database did not take the events in time")

    def _queue_up(self, ticket: _Ticket) -> None:
        with self._desk:
            self._waiting.append(ticket)
            if not self._somebody_writes:
                self._somebody_writes = ticket.writes = True
                return
        ticket.call.acquire(timeout=self._patience)
        with self._desk:
            # Nobody may call who has lost patience: their turn would pass unused and everybody wait for ever.
            if ticket in self._waiting and not ticket.writes:
                self._waiting.remove(ticket)

    def _write_for_all(self, writer: _Ticket) -> None:
        tickets: list[_Ticket] = []
        try:
            with self._database.transaction() as session:
                # Taken only now: who came while we waited for other writers is still in time for this commit.
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
                self._waiting.remove(writer)  # The database did not even let us begin.
            self._somebody_writes = bool(self._waiting)
            if self._somebody_writes:
                self._waiting[0].writes = True
                self._waiting[0].call.release()
