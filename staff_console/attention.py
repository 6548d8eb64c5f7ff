"""What waits for the person who is signed in, said on every page: a number beside "ประกาศ", and emergencies in full."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from flask import g
from sqlalchemy.exc import SQLAlchemyError

from staff_console.office import me, office
from staff_console.permissions import may
from store.broadcast_models import Broadcast
from store.broadcasts.emergency import unconfirmed
from store.broadcasts.listing import waiting_for
from store.logs import failure_fields
from store.staff import Role

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attention:
    """`count`: what this person alone or with others has to do. `unconfirmed`: emergencies that nobody let out yet."""

    count: int = 0
    unconfirmed: Sequence[Broadcast] = ()


def attention() -> Attention:
    """Nothing where it cannot be known now: the page that says what is wrong must be shown all the same."""
    if g.get("staff") is None or not may(me().role, "broadcasts.show_all"):
        return Attention()
    try:
        with office().database.reading() as session:
            waits = unconfirmed(session) if me().role == Role.SUPERVISOR else []
            return Attention(waiting_for(session, me()).count, waits)
    except (SQLAlchemyError, TimeoutError) as error:
        log.warning("what waits is not known", extra=failure_fields(error))
        return Attention()
