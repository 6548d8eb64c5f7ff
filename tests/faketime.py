"""Sets the clocks of processes while they run, with the library libfaketime."""

import os
from glob import glob
from pathlib import Path

import pytest

_LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/local/lib/faketime/libfaketimeMT.so.1")


class FakeClock:
    """Controls the clock of every process that is started with `environ`.

    It differs from the true one by the seconds that were set last. Monotonic time stays true, as it does when a
    machine's clock is set.
    """

    def __init__(self, file: Path) -> None:
        found = [path for pattern in _LIBRARIES for path in glob(pattern)]
        if not found:
            pytest.skip("no libfaketime here: install the package libfaketime")
        self._file = file
        self.set_to(0)
        self.environ = {
            "LD_PRELOAD": found[0],
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            # What a process reads of its files would be faked, too.
            "NO_FAKE_STAT": "1",
        }

    def set_to(self, seconds: float) -> None:
        """Sets the difference for all processes at once; the file is replaced, so that none reads half of it."""
        written = self._file.with_suffix(".new")
        written.write_text(f"{seconds:+}\n")
        os.replace(written, self._file)
