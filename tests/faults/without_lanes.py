"""A worker process with a fault put in on purpose: it takes any event that waits, whoever else works for that resident.

Started as `python -m tests.faults.without_lanes`.
"""

import sys

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.__main__ import main
from store import inbox
from store.models import InboxEvent


def claim(session: Session, *, most: int) -> list[InboxEvent]:
    any_of_them = select(InboxEvent).where(InboxEvent.state == "new").order_by(func.random())
    return list(session.scalars(any_of_them.limit(most).with_for_update(skip_locked=True)))


inbox.claim = claim

if __name__ == "__main__":
    sys.exit(main(["worker"]))
