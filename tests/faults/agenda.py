"""What a run looks up in the database while it goes on: what waits to be done, and what officers could do."""

import random
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from store.db import Database
from store.models import Case, File, InboxEvent, OutboxRow

ACTS = ("accept", "accept", "start", "ask", "tell", "finish")
_WAITING = ((InboxEvent, "new"), (OutboxRow, "ready"), (File, "wanted"))
_AT_ONCE = datetime.fromtimestamp(0, UTC)


class Agenda:
    def __init__(self, database: Database, rng: random.Random | None = None) -> None:
        self._database, self._rng = database, rng or random.Random()

    def waiting(self) -> list[datetime]:
        """When each thing that is not done yet is to be tried again."""
        with self._database.reading() as session:
            at = [
                session.scalars(select(table.next_try_at).where(table.state == state))
                for table, state in _WAITING
            ]
            return [each or _AT_ONCE for found in at for each in found]

    def are_photos_on_their_way(self, photos_sent: int) -> bool:
        with self._database.reading() as session:
            states = list(session.scalars(select(File.state)))
        return len(states) < photos_sent or "wanted" in states

    def cases(self) -> list[int]:
        with self._database.reading() as session:
            return list(session.scalars(select(Case.id).order_by(Case.id)))

    def tasks(self) -> list[dict[str, Any]]:
        """For officers, every other time."""
        if self._rng.random() < 0.5:
            return []
        numbers = self.cases()
        return [self.task(n, self._rng.choice(ACTS)) for n in self._rng.sample(numbers, min(2, len(numbers)))]

    def task(self, number: int, action: str) -> dict[str, Any]:
        """Each note is written once and never again."""
        return {"case": number, "action": action, "note": f"note {self._rng.getrandbits(48):x}"}
