"""Writes logs for operators: one JSON object per line on stderr, with a fixed set of fields and no personal data."""

import json
import logging
import re
import sys
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any, Final, ParamSpec, TextIO, TypeVar

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
# The fields a line may have beside its sentence. Any other `extra` is dropped, so that nobody logs a name by accident.
FIELDS: Final = frozenset(
    {"anchor", "row", "case", "file", "staff", "answer", "by", "count", "reason", "error", "where", "endpoint", "lane8",
     "reference", "request_id", "seconds", "status", "step"}
)  # fmt: skip
# The municipality that the current thread works for, where a process serves several.
_MUNICIPALITY: Final = ContextVar("municipality", default="")
OURS: Final = ("bot", "deploy", "public_site", "staff_console", "store")
LONGEST = 200
# LINE's ids of people, and numbers as long as a phone's or a citizen's; ids within a longer word stay.
_PERSONAL = re.compile(r"[UCR][0-9a-f]{32}|(?<![\w-])\d(?:[ -]?\d){8,12}(?![\w-])")
_ROOT = Path(__file__).parents[1]


def set_up_logs(level: int = logging.INFO) -> None:
    """Sets up logging for this process; a second call changes nothing. Libraries log only warnings and errors."""
    root = logging.getLogger()
    if any(isinstance(handler, _ToStderr) for handler in root.handlers):
        return
    handler = _ToStderr()
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    for name in OURS:
        logging.getLogger(name).setLevel(level)


def note_municipality(name: str) -> None:
    """Names the municipality for the lines that this thread, or this request, logs from now on."""
    _MUNICIPALITY.set(name)


def for_municipality(name: str, step: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Returns the function, which names the municipality in the lines that are logged while it runs."""

    def named(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        token = _MUNICIPALITY.set(name)
        try:
            return step(*args, **kwargs)
        finally:
            _MUNICIPALITY.reset(token)

    return named


class _ToStderr(logging.StreamHandler[TextIO]):
    """Writes to the current sys.stderr, which may be redirected after the set-up."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON. Line breaks and all but ASCII are escaped, so no text can add lines."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _safe(_sentence(record)),
        }
        if municipality := _MUNICIPALITY.get():
            line["municipality"] = municipality
        line |= {name: _safe(value) for name, value in vars(record).items() if name in FIELDS}
        if record.exc_info and record.exc_info[1] is not None:
            line |= failure_fields(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True)


def failure_fields(error: BaseException) -> dict[str, str]:
    """Returns what may be logged of an error: its class and its place in our code.

    Its text is left out, because it can quote what people typed.
    """
    return {"error": type(error).__name__, "where": place_of(error.__traceback__)}


def place_of(traceback: TracebackType | None) -> str:
    """Returns the innermost place in our own code, such as bot/worker/inbox_worker.py:47 work_once, or ""."""
    place = ""
    for frame, line in walk_tb(traceback):
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(_ROOT) and path.relative_to(_ROOT).parts[0] in OURS:
            place = f"{path.relative_to(_ROOT)}:{line} {frame.f_code.co_name}"
    return place


_THREAD = re.compile(r"(?:Current thread|Thread) 0x([0-9a-f]+)")
_FRAME = re.compile(r'  File "([^"]+)", line (\d+) in (\w+)')


def place_in_dump(dump: str, thread: int) -> str:
    """Returns the innermost place in our code where this thread was, from a dump of Python's faulthandler.

    Returns "" if the dump names no such place.
    """
    is_this_thread = False
    for line in dump.splitlines():
        if found := _THREAD.match(line):
            is_this_thread = int(found[1], 16) == thread
        elif is_this_thread and (frame := _FRAME.match(line)):
            path = Path(frame[1])
            if path.is_relative_to(_ROOT) and path.relative_to(_ROOT).parts[0] in OURS:
                return f"{path.relative_to(_ROOT)}:{frame[2]} {frame[3]}"
    return ""


def _sentence(record: logging.LogRecord) -> str:
    """Returns the message; that of a library without its arguments, which may hold personal data."""
    is_ours = record.name.split(".")[0] in OURS
    return record.getMessage() if is_ours else str(record.msg)


def _safe(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if not isinstance(value, str):
        return f"({type(value).__name__})"
    return _PERSONAL.sub("(hidden)", value[:LONGEST])
