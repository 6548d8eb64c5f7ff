"""Stores in a signed cookie for which case this browser shows phone and ID numbers unmasked, and until when."""

from datetime import datetime, timedelta
from typing import Final

from flask import session

from staff_console.context import me
from store.clock import now

SHOWN_FOR: Final = timedelta(minutes=5)
_NAME: Final = "unmasked"


def unmask_for_a_while(case_id: int) -> None:
    """Unmasks the numbers of this case for five minutes. A case that was unmasked before is masked again."""
    session[_NAME] = [me().id, case_id, (now() + SHOWN_FOR).isoformat()]


def unmasked_until(case_id: int) -> datetime | None:
    """Returns when this case's numbers are masked again in this browser; None if they are masked now."""
    staff_id, unmasked, until = session.get(_NAME, (0, 0, ""))
    if (staff_id, unmasked) != (me().id, case_id):
        return None
    until = datetime.fromisoformat(until)
    # If the clock was set back meanwhile, the time must not become longer.
    return until if now() < until <= now() + SHOWN_FOR else None
