"""Messages of which no key in DATA_KEY opens a value: they hold up nobody else's.

One that was changed or moved will never open: it is a dead letter. One that was sealed with a key which this process
has not may only need a process with the right DATA_KEY: it is put off for a day before it is given up.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from store.clock import now
from store.database.encryption import CannotOpen, UnknownKey
from store.messaging.models import InboxEvent, OutboxRow
from store.residents.models import Resident

log = logging.getLogger(__name__)

UNREADABLE = "no key in DATA_KEY opens it"
PUT_OFF_FOR, GIVE_UP_AFTER = timedelta(minutes=1), timedelta(days=1)
WAITS_FOR_KEY = "needs a key that DATA_KEY lacks since "


def readable(rows: Iterable[OutboxRow], *, at: datetime) -> list[OutboxRow]:
    """Returns the rows that open, without those whose request has a row that does not. `at`: when they were found due.

    What was tried already, LINE may have taken; of all others it is certain that it did not.
    """
    found = list(rows)
    closed = {row.id for row in found if not row.can_be_read()}
    waiting = set()
    for row in found:
        if row.id not in closed:
            _end_wait(row)
        elif row.lacks_key() and (row.next_try_at > at or put_off(row, at=at)):
            waiting.add(row.id)
    for row in found:
        if _is_of(closed - waiting, row):
            give_up(row)
    return [row for row in found if not _is_of(closed, row)]


def address_of(resident: Resident) -> str | None:
    """LINE's name for them; None where it was changed or moved. UnknownKey where this process lacks its key."""
    try:
        return resident.line_user_id
    except UnknownKey:
        raise
    except CannotOpen:
        return None


def forget_what_never_opens(resident: Resident, line_user_id: str) -> None:
    """Forgets those values of a resident that were changed or moved, because each of their messages would fail by them.

    A value whose key this process lacks stays.
    """
    for name in resident.never_open():
        log.error("what was known of a resident never opens and is forgotten", extra={"row": resident.id})
        setattr(resident, name, line_user_id if name == "line_user_id" else None)


def _is_of(requests: set[int], row: OutboxRow) -> bool:
    return row.id in requests or row.lead_id in requests


def give_up(row: OutboxRow) -> None:
    """Makes the row a dead letter, which supervisors see at /stuck."""
    tried = row.first_tried_at is not None or row.lead_id is not None
    row.state, row.lead_id = "dead", None
    row.error = UNREADABLE if tried else f"cannot be written: {UNREADABLE}"


def put_off(row: InboxEvent | OutboxRow, *, at: datetime | None = None) -> bool:
    """Puts off by a minute a row that needs a key this process lacks; False when it has waited long enough."""
    at = at or now()
    since = _waits_since(row) or at
    if at - since >= GIVE_UP_AFTER:
        return False
    row.error = f"{WAITS_FOR_KEY}{since.isoformat()}"
    row.next_try_at = max(row.next_try_at or at, at + PUT_OFF_FOR)
    log.error(
        "a message needs a key that this process lacks: restart it with the DATA_KEY of the others",
        extra={"row": row.id},
    )
    return True


def _end_wait(row: OutboxRow) -> None:
    if _waits_since(row) is not None:
        row.error = None


def _waits_since(row: InboxEvent | OutboxRow) -> datetime | None:
    error = row.error or ""
    return (
        datetime.fromisoformat(error.removeprefix(WAITS_FOR_KEY)) if error.startswith(WAITS_FOR_KEY) else None
    )
