"""Runs a worker process whose mailers never poll: they send only when the scheduler wakes them.

Started as `python -m tests.faults.only_called`.
"""

import os
import threading

import bot.worker.process
from bot.settings import BotSettings

if __name__ == "__main__":
    bot.worker.process.MAILERS_REST_SECONDS = threading.TIMEOUT_MAX
    bot.worker.process.run_worker(BotSettings.from_environment(os.environ), threading.Event())
