"""Collects for every page what waits for the signed-in person: broadcasts, emergencies and proposals of a surge."""

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
from store.broadcasts.transitions import APPROVAL
from store.cases.surge import CONFIRMATION, find_waiting
from store.logs import failure_fields
from store.staff.permissions import Permission, has
from store.workflow.approvals import Decider

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attention:
    """Describes what waits for this person, whether or not others could also do it.

    `count` is the number beside "ประกาศ". `unconfirmed` are emergencies that no supervisor has confirmed yet;
    `may_confirm` are the ids of those that this person may confirm. `surges` counts the proposals of other
    supervisors to start a surge.
    """

    count: int = 0
    unconfirmed: Sequence[Broadcast] = ()
    may_confirm: frozenset[int] = frozenset()
    surges: int = 0


def attention() -> Attention:
    """Returns what waits for this person. It is empty for admins and on pages without a signed-in person.

    It is also empty if the database cannot be read, because error pages are drawn with it, too.
    """
    if g.get("staff") is None or not may(me().role, "broadcasts.show_all"):
        return Attention()
    try:
        with context().database.reading() as session:
            count = waiting_for(session, me()).count
            if not has(me().role, Permission.SURGE_MANAGE):
                return Attention(count)
            by, emergencies = Decider(me()), unconfirmed(session)
            may_confirm = {each.id for each in emergencies if not APPROVAL.why_not(by, each.writers)}
            surges = [
                each for each in find_waiting(session) if not CONFIRMATION.why_not(by, {each.started_by_id})
            ]
            return Attention(count, emergencies, frozenset(may_confirm), len(surges))
    except (SQLAlchemyError, TimeoutError) as error:
        log.warning("what waits is not known", extra=failure_fields(error))
        return Attention()
