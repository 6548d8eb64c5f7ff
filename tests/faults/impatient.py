"""Runs a worker process that waits less long for LINE than ours, so that many calls can hang in a short time.

Started as `python -m tests.faults.impatient SECONDS`.
"""

import sys
from functools import partial

import bot.worker.municipality_worker
import bot.worker.process
from bot.__main__ import main
from bot.line.messaging_api import LineClient

if __name__ == "__main__":
    bot.worker.municipality_worker.LineClient = partial(LineClient, read_seconds=float(sys.argv[1]))  # type: ignore[misc, assignment, attr-defined]
    sys.exit(main(["worker"]))
