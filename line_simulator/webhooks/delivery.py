"""Delivers webhooks from background threads while the simulator serves a page."""

import threading

from line_simulator.webhooks.queue import QueuedEvent, Webhooks

POLL_SECONDS = 0.5


class DeliveryThreads:
    """Delivers events of several residents at once, and those of one resident in order."""

    def __init__(self, webhooks: Webhooks, *, threads: int = 4) -> None:
        self._webhooks = webhooks
        self._stopped = threading.Event()
        for number in range(threads):
            threading.Thread(target=self._run, name=f"webhook-delivery-{number}", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        with self._webhooks.work:
            self._webhooks.work.notify_all()

    def _run(self) -> None:
        while not self._stopped.is_set():
            outgoing = self._wait_for_event()
            if outgoing:
                self._webhooks.finish(outgoing)

    def _wait_for_event(self) -> QueuedEvent | None:
        with self._webhooks.work:
            outgoing = self._webhooks.claim()
            if outgoing is None:
                # Nobody notifies when a redelivery falls due, so the thread polls.
                self._webhooks.work.wait(POLL_SECONDS)
            return outgoing
