"""Messages of which no key in DATA_KEY opens a value: they are dead letters and hold up nobody else's."""

from collections.abc import Iterable

from store.models import OutboxRow

UNREADABLE = "no key in DATA_KEY opens it"


def readable(rows: Iterable[OutboxRow]) -> list[OutboxRow]:
    """Without those, and without what went in one request with them.

    What was tried already, LINE may have taken; of all others it is certain that it did not.
    """
    found = list(rows)
    closed = {row.id for row in found if not row.can_be_read()}
    given_up = [row for row in found if row.id in closed or row.lead_id in closed]
    for row in given_up:
        tried = row.first_tried_at is not None or row.lead_id is not None
        row.state, row.lead_id = "dead", None
        row.error = UNREADABLE if tried else f"cannot be written: {UNREADABLE}"
    return [row for row in found if row not in given_up]
