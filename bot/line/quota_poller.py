"""Reads LINE's own count of the month's messages: every hour, and soon after LINE refused one for lack of quota."""

import logging
import threading
from datetime import date, datetime, timedelta

from bot.line.account_api import LineAccount
from bot.line.connection import LineApiError
from store.broadcasts import statistics
from store.clock import is_within, now
from store.database.engine import Database
from store.quota import usage

log = logging.getLogger(__name__)

# LINE's figure is approximate and changes slowly: a reading asked for sooner would show nothing new.
NOT_AGAIN_FOR = timedelta(minutes=10)


class QuotaPoller:
    """Reads LINE's count. Each worker process has one; readings of several processes at once do no harm."""

    def __init__(self, database: Database, line: LineAccount) -> None:
        self._database, self._line = database, line
        self._wanted = threading.Event()
        self._reading = threading.Lock()
        self._read_at: datetime | None = None

    def want(self) -> None:
        """Asks for a reading soon and returns at once, so that the sender that calls it does not wait for LINE."""
        self._wanted.set()

    def read_if_wanted(self) -> None:
        is_fresh = self._read_at is not None and is_within(self._read_at, NOT_AGAIN_FOR)
        if self._wanted.is_set() and not is_fresh:
            self.read()

    def read(self) -> None:
        """Asks LINE for its count and stores it as a reading; if LINE gives no answer, nothing is stored.

        The transaction begins after LINE has answered.
        """
        with self._reading:
            self._wanted.clear()
            self._read_at = now()
            try:
                most, used = self._line.quota().limit, self._line.consumption().used
                friends = self._friends_told()
            except LineApiError as trouble:
                log.warning("LINE did not tell the month's messages", extra={"reason": str(trouble)})
                return
            with self._database.transaction() as session:
                for day, count in friends.items():
                    if count is not None:
                        statistics.count_friends(session, day, count)
                usage.note_reading(session, most=most, used=used, all_counted=None not in friends.values())
            log.info("read the month's messages", extra={"count": used})

    def _friends_told(self) -> dict[date, int | None]:
        """Returns, by day, how many friends our broadcasts to all friends reached; None until LINE has counted.

        LINE reports the number on the next day. Only LINE can count, because it alone knows friends who never wrote to
        us.
        """
        with self._database.reading() as session:
            days = statistics.days_of_friends(session)
        return {day: self._line.broadcast_on(day) for day in days}
