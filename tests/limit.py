"""Ends a test that hangs, with a dump of all threads: by a timer in C, which needs no lock of the interpreter.

Its process is ended with it. With pytest-xdist another one takes its place, the test has failed and the others go on;
without, the run ends there. The children of the process are ended by the guard of tests/children.py.
"""

import faulthandler
import os
import sys
from collections.abc import Generator

import pytest

# In seconds, for one test with all its fixtures on an overloaded machine. 0 is no limit.
VARIABLE, SECONDS = "TEST_LIMIT_SECONDS", 1200.0


class Limit:
    def __init__(self) -> None:
        self._seconds = float(os.environ.get(VARIABLE, SECONDS))
        # pytest puts another file in place of the terminal while a test runs.
        self._terminal = os.fdopen(os.dup(sys.__stderr__.fileno()), "w") if sys.__stderr__ else None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._begin()
        try:
            return (yield)
        finally:
            faulthandler.cancel_dump_traceback_later()

    def pytest_unconfigure(self) -> None:
        """Limits the time after the last test, too, because threads that still run could make it hang."""
        self._begin()

    def _begin(self) -> None:
        if self._seconds and self._terminal is not None:
            faulthandler.dump_traceback_later(self._seconds, exit=True, file=self._terminal)
