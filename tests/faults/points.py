"""Lists the points at which a process may end, and wraps the real code there; production code knows nothing of them."""

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import requests
import urllib3.connection
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

import bot.web
from bot.line.delivery import Sender
from bot.line.messaging_api import LineClient
from bot.line.multicast import Mailer
from bot.worker.content_fetcher import Fetcher
from bot.worker.inbox_worker import Worker
from store.files import lifecycle
from store.files.media import Media
from store.messaging import inbox, outbox
from tests.faults.harm import HARM

_TRANSACTION = ("statement", "before the commit", "after the commit")
# The points at which each part of the system may end, in the order in which they are passed.
POINTS: dict[str, tuple[str, ...]] = {
    "web": ("before the signature check", *_TRANSACTION, "before the 200", "after the 200"),
    "work": ("before the claim", "before it is done", *_TRANSACTION),
    "pack": (*_TRANSACTION, "before the call", "request sent", "answered", "answer read"),
    "settle": _TRANSACTION,
    "fetch": (*_TRANSACTION, "before the call", "request sent", "half read", "content read"),
    "keep": ("before the bytes", "before the fsync", "bytes durable", *_TRANSACTION),
    "act": _TRANSACTION,
    "tidy": ("before it is destroyed", *_TRANSACTION),
    # These are no points in our code: the words of a resident or notice harm the worker there.
    "harm": tuple(HARM),
}
# Points of broadcasts, which runs of residents and officers do not pass.
MAILING_POINTS = (
    *(f"mail: {moment}" for moment in POINTS["pack"]),
    *(f"mailed: {moment}" for moment in POINTS["settle"]),
)
ALL_POINTS = tuple(f"{part}: {moment}" for part, moments in POINTS.items() for moment in moments)


class Trap:
    """Ends this process at the n-th passage of its point; a trap without a point lets everything pass."""

    def __init__(self, point: str | None, passage: int, tell: Callable[[str], None], part: str) -> None:
        self._point, self._left, self._tell = point, passage, tell
        self._first_part = part
        self._of_thread = threading.local()

    def enter(self, part: str) -> Callable[[], None]:
        """Notes that what this thread does from now on belongs to another part."""
        return lambda: setattr(self._of_thread, "part", part)

    def at(self, moment: str) -> Callable[[], None]:
        return lambda: self.passes(moment)

    def passes(self, moment: str) -> None:
        point = f"{getattr(self._of_thread, 'part', self._first_part)}: {moment}"
        if point != self._point:
            return
        self._left -= 1
        if self._left == 0:
            self._tell(point)
            os.kill(os.getpid(), signal.SIGKILL)


def around(
    owner: Any, name: str, *before: Callable[[], None], after: tuple[Callable[[], None], ...] = ()
) -> None:
    """Wraps a function of a module or class."""
    original = getattr(owner, name)

    def wrapped(*given: Any, **named: Any) -> Any:
        for each in before:
            each()
        result = original(*given, **named)
        for each in after:
            each()
        return result

    setattr(owner, name, wrapped)


def set_trap(trap: Trap) -> None:
    """Sets the trap at all points of every part; where a process does not pass, it does no harm."""
    _in_every_transaction(trap)
    around(bot.web, "is_signed", trap.at("before the signature check"))
    around(Worker, "work_once", trap.enter("work"))
    around(inbox, "claim", trap.at("before the claim"))
    around(inbox, "done", trap.at("before it is done"))
    _in_calls(trap)
    around(Fetcher, "fetch_once", trap.enter("fetch"))
    around(LineClient, "content", after=(trap.at("content read"), trap.enter("keep")))
    around(Media, "keep", trap.at("before the bytes"), after=(trap.at("bytes durable"),))
    around(os, "fsync", trap.at("before the fsync"))
    around(lifecycle, "destroy", trap.at("before it is destroyed"))


def _in_every_transaction(trap: Trap) -> None:
    event.listen(Engine, "before_cursor_execute", lambda *_: trap.passes("statement"))
    event.listen(Engine, "commit", lambda _: trap.passes("before the commit"))
    event.listen(Session, "after_commit", lambda _: trap.passes("after the commit"))


def _in_calls(trap: Trap) -> None:
    for step in ("deliver_once", "call"):
        around(Sender, step, trap.enter("pack"))
    around(Sender, "_settle", trap.enter("settle"))
    for step in ("mail_once", "_call"):
        around(Mailer, step, trap.enter("mail"))
    around(Mailer, "_conclude", trap.enter("mailed"))
    for call in ("reply", "push", "multicast"):
        around(LineClient, call, after=(trap.at("answer read"),))
    connection = urllib3.connection.HTTPConnection
    around(connection, "getresponse", trap.at("request sent"), after=(trap.at("answered"),))
    around(requests.Session, "send", trap.at("before the call"))
    around(urllib3.response.HTTPResponse, "read1", after=(trap.at("half read"),))


def stamp_messages() -> None:
    """Marks every message with its answer or notice, so that one shown twice is seen on the screens."""
    put_reply, messages_of = outbox.put_reply, Sender.messages_of

    def put_stamped(session: Session, **row: Any) -> Any:
        urgent = "!" if row.get("must_arrive") else ""
        row["messages"] = _stamped(row["messages"], f"r{urgent}:{row['token']}")
        return put_reply(session, **row)

    def stamped_messages_of(sender: Sender, row: Any) -> Any:
        return _stamped(messages_of(sender, row), f"n:{row.id}")

    outbox.put_reply = put_stamped
    Sender.messages_of = stamped_messages_of  # type: ignore[method-assign, assignment]


def _stamped(messages: list[dict[str, Any]], mark: str) -> list[dict[str, Any]]:
    stamped = []
    for number, message in enumerate(messages):
        field = "text" if message["type"] == "text" else "altText"
        stamped.append({**message, field: f"{message.get(field, '')} ⟦{mark}:{number}⟧"})
    return stamped
