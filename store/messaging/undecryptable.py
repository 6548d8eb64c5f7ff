"""Handles messages with values that cannot be decrypted, so that they hold up no other messages.

A value that was changed or moved can never be decrypted: its message is a dead letter. A value encrypted with a key
that this process lacks may only need a process with the right DATA_KEY: its message is postponed for a day and then
given up.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from store.clock import now
from store.database.encryption import CannotDecrypt, UnknownKey
from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.states import MessageState, Reason
from store.residents.models import Contact

log = logging.getLogger(__name__)

PUT_OFF_FOR, GIVE_UP_AFTER = timedelta(minutes=1), timedelta(days=1)


def readable(rows: Iterable[OutboxRow], *, at: datetime) -> list[OutboxRow]:
    """Returns the rows that can be decrypted, without those whose lead cannot be. `at`: when they were
    found due.

    LINE may have taken rows that were tried before; all other rows it certainly has not taken.
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


def address_of(contact: Contact) -> str | None:
    """Returns the contact's address, or None where it was changed or moved. Raises UnknownKey where this process lacks
    its key.
    """
    try:
        return contact.address
    except UnknownKey:
        raise
    except CannotDecrypt:
        return None


def forget_what_never_opens(contact: Contact, address: str) -> None:
    """Clears those values of a contact and its resident that were changed or moved, because each message about them
    would fail.

    A value whose key this process lacks stays. The contact gets its `address` again.
    """
    resident = contact.resident
    for name in resident.never_open():
        log.error("what was known of a resident never opens and is forgotten", extra={"row": resident.id})
        setattr(resident, name, None)
    if contact.never_open():
        log.error("the address of a resident never opens and is written anew", extra={"row": resident.id})
        contact.address = address


def _is_of(requests: set[int], row: OutboxRow) -> bool:
    return row.id in requests or row.lead_id in requests


def give_up(row: OutboxRow) -> None:
    """Makes the row a dead letter, which supervisors see at /dead-letters."""
    row.state, row.lead_id = MessageState.DEAD, None
    row.reason, row.waits_since = Reason.UNDECRYPTABLE, None


def put_off(row: InboxEvent | OutboxRow, *, at: datetime | None = None) -> bool:
    """Postpones by a minute a row that needs a key which this process lacks; returns False when it has waited long
    enough.
    """
    at = at or now()
    since = row.waits_since or at
    if at - since >= GIVE_UP_AFTER:
        return False
    row.reason, row.waits_since = Reason.NO_KEY, since
    row.next_try_at = max(row.next_try_at or at, at + PUT_OFF_FOR)
    log.error(
        "a message needs a key that this process lacks: restart it with the DATA_KEY of the others",
        extra={"row": row.id},
    )
    return True


def _end_wait(row: OutboxRow) -> None:
    if row.waits_since is not None:
        row.reason, row.waits_since = None, None
