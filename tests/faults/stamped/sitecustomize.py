"""Marks messages in processes that are started by their own commands; Python loads it before a command begins."""

import os
import threading
import time
from typing import SupportsIndex

from tests.faults.points import stamp_messages

stamp_messages()

if "FAKETIME_TIMESTAMP_FILE" in os.environ:
    # libfaketime takes the moment until which Python sleeps, told in monotonic time, for a time of day.
    def sleep(seconds: float | SupportsIndex) -> None:
        threading.Event().wait(float(seconds))

    time.sleep = sleep
