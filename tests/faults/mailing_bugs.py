"""Puts faults into the sending of broadcasts on purpose, from outside: with each of them a resident hears twice."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.line.messaging_api import LineClient
from bot.line.multicast import Mailer
from store.broadcasts import mailings
from store.broadcasts.models import Chunk
from tests.faults.bugs import Bug


def new_key_for_each_try() -> None:
    multicast = LineClient.multicast
    LineClient.multicast = lambda line, body, _key: multicast(line, body, str(uuid.uuid4()))  # type: ignore[method-assign, assignment]


def what_is_in_doubt_is_packed_anew() -> None:
    """Forgets that a request without an answer was ever made."""
    claim = mailings.claim

    def forgetful(session: Session, **most: Any) -> list[Chunk]:
        chunks = claim(session, **most)
        for chunk in chunks:
            chunk.first_tried_at, chunk.retry_key = None, str(uuid.uuid4())
        return chunks

    mailings.claim = forgetful


def nothing_is_kept_of_what_was_sent() -> None:
    """Makes a sender that starts again begin with the first resident."""
    begin = Mailer.__init__

    def begin_again(mailer: Any, database: Any, *given: Any, **named: Any) -> None:
        begin(mailer, database, *given, **named)
        with database.transaction() as session:
            for chunk in session.scalars(select(Chunk)):
                chunk.state, chunk.first_tried_at, chunk.retry_key = "ready", None, str(uuid.uuid4())

    Mailer.__init__ = begin_again  # type: ignore[method-assign, assignment]


MAILING_BUGS: dict[str, Bug] = {
    "new retry key for each multicast": Bug(("mail",), new_key_for_each_try),
    "what is in doubt is packed anew": Bug(("mail",), what_is_in_doubt_is_packed_anew),
    "nothing is kept of what was sent": Bug(("mail",), nothing_is_kept_of_what_was_sent),
}
