"""Writes the text of notices before they are sent, in a step of its own because it may end the process."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.clock import now
from store.messaging import requests
from store.messaging.inbox import pause_after
from store.messaging.models import OutboxRow
from store.messaging.states import MessageState, Reason

MAX_TRIES = 5


def begin(session: Session, due: Sequence[Sequence[OutboxRow]], *, tried_first: bool) -> dict[int, int]:
    """Counts a try of notices that have no text yet, and returns the counts by row id: {} where others go first.

    The caller commits before it writes the texts, so that a notice that ends its worker has used up its try. After that
    it is written alone and after everything else is sent, unless `tried_first`; after five tries it is dead.
    """
    unwritten = [row for rows in due for row in rows if row.messages is None]
    chosen = [row for row in unwritten if not row.write_tries]
    if not chosen and (tried_first or all(is_unwritten(rows) for rows in due)):
        chosen = sorted(unwritten, key=lambda row: (row.write_tries, row.id))[:1]
    for row in chosen:
        if row.write_tries >= MAX_TRIES:
            requests.end(session, row.id, MessageState.DEAD, reason=Reason.WORKER_ENDED)
        row.write_tries += 1
        row.next_try_at = max(row.next_try_at, now() + pause_after(row.write_tries))
    return {row.id: row.write_tries for row in chosen}


def is_unwritten(request: Sequence[OutboxRow]) -> bool:
    return any(row.messages is None for row in request)


def take(session: Session, tries: Mapping[int, int]) -> list[OutboxRow]:
    """Locks and returns the notices that still have no text and whose count of tries is that of `begin`."""
    theirs = select(OutboxRow).where(OutboxRow.id.in_(tries), OutboxRow.state == MessageState.READY)
    rows = session.scalars(theirs.order_by(OutboxRow.id).with_for_update())
    return [row for row in rows if row.messages is None and row.write_tries == tries[row.id]]


def done(row: OutboxRow, messages: list[dict[str, Any]]) -> None:
    """Stores the text of the notice and resets its tries. It is due now, unless it is held for longer."""
    if row.next_try_at <= now() + pause_after(row.write_tries):
        row.next_try_at = now()
    row.messages, row.write_tries = messages, 0
