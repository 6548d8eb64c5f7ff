"""A worker under its supervisor with a fault put in on purpose: certain words of a resident harm whoever reads them.

Started as `python -m tests.stories.poisoned`.
"""

import os
import re
import sys
import time
from collections.abc import Callable

import bot.handlers
import bot.work
from bot.__main__ import main
from bot.replies import Reply
from bot.visit import Visit


def hang() -> None:
    """Holds the interpreter's lock, so that no other thread of this process runs."""
    re.match(r"(a|aa)+$", "a" * 80 + "!")


def wait_for_ever() -> None:
    time.sleep(10_000)


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
    "wait": wait_for_ever,
    "exit": leave,
    "sys.exit": leave_politely,
    "memory": fill_the_memory,
    "exception": raise_something,
}


def harmful_handle(visit: Visit) -> list[Reply]:
    words = getattr(visit.event.what, "text", "")
    if words.startswith("poison "):
        HARM[words.removeprefix("poison ")]()
    return bot.handlers.handle(visit)


bot.work.handle = harmful_handle  # type: ignore[attr-defined]

if __name__ == "__main__":
    sys.exit(main(["worker"]))
