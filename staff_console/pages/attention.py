"""Collects what waits for the person signed in, for every page: a number beside "ประกาศ", and emergencies in full."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from flask import g
from sqlalchemy.exc import SQLAlchemyError

from staff_console.access.permissions import may
from staff_console.context import context, me
from store.broadcasts.emergency import unconfirmed
from store.broadcasts.models import Broadcast
from store.broadcasts.queries import waiting_for
from store.cases.queue import visible_to
from store.cases.surge import find_waiting
from store.logs import failure_fields
from store.staff.accounts import Role

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attention:
    """Counts what waits for this person, alone or with others.

    `unconfirmed` are emergencies that nobody has confirmed yet. `surges` counts the proposals of others to start
    a surge.
    """

    count: int = 0
    unconfirmed: Sequence[Broadcast] = ()
    surges: int = 0


def attention() -> Attention:
    """Returns what waits. It is empty if the database does not answer, because the error page shows it, too."""
    if g.get("staff") is None or not may(me().role, "broadcasts.show_all"):
        return Attention()
    try:
        with context().database.reading() as session:
            count = waiting_for(session, me(), seen=visible_to(me())).count
            if me().role != Role.SUPERVISOR:
                return Attention(count)
            proposals = find_waiting(session) if me().may_approve else []
            surges = [found for found in proposals if found.started_by_id != me().id]
            return Attention(count, unconfirmed(session), len(surges))
    except (SQLAlchemyError, TimeoutError) as error:
        log.warning("what waits is not known", extra=failure_fields(error))
        return Attention()
