"""Remembers in the browser's signed cookie which case's full numbers its user asked for, and until when."""

from datetime import datetime, timedelta
from typing import Final

from flask import session

from staff_console.context import me
from store.clock import now

SHOWN_FOR: Final = timedelta(minutes=5)
_NAME: Final = "unmasked"


def unmask_for_a_while(case_id: int) -> None:
    """Remembers that this case is unmasked. The case before it, if any, is masked again: only one is open at a time."""
    session[_NAME] = [me().id, case_id, (now() + SHOWN_FOR).isoformat()]


def unmasked_until(case_id: int) -> datetime | None:
    """Returns when this case's numbers are masked again in this browser; None if they are masked now."""
    staff_id, unmasked, until = session.get(_NAME, (0, 0, ""))
    if (staff_id, unmasked) != (me().id, case_id):
        return None
    until = datetime.fromisoformat(until)
    # A clock that was set back meanwhile must not make it longer.
    return until if now() < until <= now() + SHOWN_FOR else None
