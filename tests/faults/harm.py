"""Lets the words of a message harm the process that reads it: `harm hang` never ends, `harm exit` ends it, and others.

It wraps the real code from outside, as all faults do.
"""

import os
import re
import sys
from collections.abc import Callable
from typing import Any

import bot.handlers
import bot.worker.inbox_worker
from bot.handlers.event_context import EventContext
from bot.line.delivery import Sender
from bot.replies import Reply
from store.messaging.models import OutboxRow

_MARK = "harm "


def hang() -> None:
    """Holds the interpreter's lock, so that no other thread of this process runs."""
    re.match(r"(a|aa)+$", "a" * 80 + "!")


def leave() -> None:
    os._exit(3)


def leave_politely() -> None:
    sys.exit(3)


def fill_the_memory() -> None:
    taken = []
    while True:
        taken.append(bytearray(os.urandom(2**20) * 16))


def raise_something() -> None:
    raise ZeroDivisionError


HARM: dict[str, Callable[[], None]] = {
    "hang": hang,
    "exit": leave,
    "sys.exit": leave_politely,
    "memory": fill_the_memory,
    "exception": raise_something,
}


def words_of_harm(kind: str) -> str:
    return f"{_MARK}{kind}"


def is_harmful(words: object) -> bool:
    return _MARK in str(words)


def let_words_do_harm(tell: Callable[[str], None] = lambda _: None) -> None:
    """Makes events and notices with such words do what they say; `tell` gets the kind before it happens."""
    messages_of = Sender.messages_of

    def do_harm(words: str) -> None:
        kind = words.rpartition(_MARK)[2] if is_harmful(words) else ""
        if kind in HARM:
            tell(kind)
            HARM[kind]()

    def handle(context: EventContext) -> list[Reply]:
        do_harm(getattr(context.event.what, "text", ""))
        return bot.handlers.handle(context)

    def write(sender: Sender, row: OutboxRow) -> list[dict[str, Any]]:
        do_harm(str((row.details or {}).get("note", "")))
        return messages_of(sender, row)

    bot.worker.inbox_worker.handle = handle  # type: ignore[attr-defined]
    Sender.messages_of = write  # type: ignore[method-assign, assignment]
