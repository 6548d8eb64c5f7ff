"""Decides until when pushes wait because the messages of the month are used up."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from store.clock import now
from store.messaging.requests import RESERVED_FOR
from store.municipality.calendar import Month
from store.quota import usage

QUOTA_WAIT = timedelta(hours=1)


class QuotaPause:
    """Holds pushes back after LINE said that no messages are left; one push an hour tries again.

    All threads of a process share one.
    """

    def __init__(self) -> None:
        self._until: datetime | None = None

    def until(self, session: Session, *, tried: bool) -> datetime | None:
        """Returns until when a push waits, or None if it may go out.

        A push that was never tried also waits while LINE's own count says that nothing is left.
        """
        until = None if tried else usage.gone_until(session)
        until = until or self._until
        if until is None:
            return None
        # An end that is farther off than any that we set means that the clock was set back.
        if now() >= until or until - now() > max(QUOTA_WAIT, usage.BELIEVED_FOR):
            self._until = now() + RESERVED_FOR  # The others wait for LINE's answer to this one.
            return None
        return until

    def begin(self) -> None:
        """Begins an hour's pause, but not past the end of the month.

        LINE may say that nothing is left although messages are: it reserves some for a broadcast that was made in its
        manager.
        """
        self._until = min(now() + QUOTA_WAIT, Month.of(now()).ends)

    def end(self) -> bool:
        """Ends the pause because LINE accepted a push; returns whether there was one."""
        paused, self._until = self._until is not None, None
        return paused

    @property
    def remaining(self) -> timedelta:
        return max((self._until or now()) - now(), timedelta(0))
