"""Runs a worker with a fault put in on purpose: it takes any event, even while another works for that resident.

Started as `python -m tests.faults.without_lanes`.
"""

import sys

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.__main__ import main
from store.messaging import inbox
from store.messaging.models import InboxEvent


def claim(session: Session, *, most: int, tried_first: bool = False) -> inbox.Claim | None:
    any_of_them = select(InboxEvent.id).where(InboxEvent.state == "new").order_by(func.random())
    ids = tuple(session.scalars(any_of_them.limit(most).with_for_update(skip_locked=True)))
    session.execute(update(InboxEvent).where(InboxEvent.id.in_(ids)).values(tries=1))
    return inbox.Claim(ids, 1) if ids else None


def do_not_hold_lanes(_session: Session, _lanes: object) -> None:
    """Lets two workers work for the same resident at a time."""


inbox.claim, inbox.hold_lanes = claim, do_not_hold_lanes  # type: ignore[attr-defined, assignment]

if __name__ == "__main__":
    sys.exit(main(["worker"]))
