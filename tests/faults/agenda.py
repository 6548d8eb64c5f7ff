"""Looks up in the database during a run what waits to be done, and what officers could do."""

import random
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from store.cases.models import Case
from store.clock import now
from store.database.engine import Database
from store.files.models import File
from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.states import EventState
from tests.faults.harm import is_harmful

ACTS = ("accept", "accept", "start", "ask", "tell", "finish")
_WAITING = ((InboxEvent, "new"), (OutboxRow, "ready"), (File, "wanted"))
_AT_ONCE = datetime.fromtimestamp(0, UTC)


class Agenda:
    def __init__(self, database: Database, rng: random.Random | None = None) -> None:
        self._database, self._rng = database, rng or random.Random()

    def waiting(self) -> list[datetime]:
        """Returns when each thing that is not done yet is to be tried again."""
        with self._database.reading() as session:
            at = [
                session.scalars(select(table.next_try_at).where(table.state == state))
                for table, state in _WAITING
            ]
            return [each or _AT_ONCE for found in at for each in found]

    def due(self, harmful_lane: str) -> set[str]:
        """Returns what is due now, by name.

        It leaves out the resident whose words do harm, and rows behind one that was tried before and waits.
        """
        with self._database.reading() as session:
            found = [
                (table.__tablename__, row.id, row.lane, row.next_try_at or _AT_ONCE, row.tries > 0)
                for table, state in _WAITING[:2]
                for row in session.execute(
                    select(table.id, table.lane, table.next_try_at, table.tries).where(table.state == state)
                )
            ]
        put_off = {(table, lane) for table, _, lane, at, was_tried in found if was_tried and at > now()}
        return {
            f"{table} {row_id}"
            for table, row_id, lane, at, _ in found
            if at <= now() and lane != harmful_lane and (table, lane) not in put_off
        }

    def waiting_rows(self) -> set[str]:
        """Returns the rows that wait, due or not."""
        with self._database.reading() as session:
            return {
                f"{table.__tablename__} {row_id}"
                for table, state in _WAITING[:2]
                for row_id in session.scalars(select(table.id).where(table.state == state))
            }

    def try_the_innocent_again(self) -> int:
        """Retries dead rows as a supervisor would: one that was in work when five processes were killed is harmless."""
        with self._database.transaction() as session:
            dead = session.scalars(select(InboxEvent).where(InboxEvent.state == "dead"))
            innocent = [event for event in dead if not is_harmful(event.body)]
            for event in innocent:
                event.state, event.tries, event.next_try_at = EventState.NEW, 0, None
            return len(innocent)

    def are_photos_on_their_way(self, photos_sent: int) -> bool:
        with self._database.reading() as session:
            states = list(session.scalars(select(File.state)))
        return len(states) < photos_sent or "wanted" in states

    def cases(self) -> list[int]:
        with self._database.reading() as session:
            return list(session.scalars(select(Case.id).order_by(Case.id)))

    def tasks(self) -> list[dict[str, Any]]:
        """Returns tasks for officers, every other time."""
        if self._rng.random() < 0.5:
            return []
        numbers = self.cases()
        return [self.task(n, self._rng.choice(ACTS)) for n in self._rng.sample(numbers, min(2, len(numbers)))]

    def task(self, number: int, action: str) -> dict[str, Any]:
        """Returns a task with a note that is written only once."""
        return {"case": number, "action": action, "note": f"note {self._rng.getrandbits(48):x}"}
