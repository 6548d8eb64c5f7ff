"""Sends webhooks from a process of its own, as fast as they are answered or at a fixed rate.

`python -m tests.bench.load ORDER` prints one line of JSON. At a fixed rate a latency counts from the moment the
request was due, so that a server that stalls is not spared the requests that would have come meanwhile.
"""

import asyncio
import json
import secrets
import sys
import time
from dataclasses import dataclass, field

from tests.bench.bodies import text, webhook
from tests.bench.wire import Wires

# More than any server here answers in a second: the bodies are signed before the clock starts.
MAX_A_SECOND = 8_000


@dataclass(frozen=True)
class Order:
    """Describes a load. `rate` 0 means as fast as `wires` connections are answered; `warm_up` does not count."""

    port: int
    seconds: float
    warm_up: float = 0.5
    rate: int = 0
    wires: int = 16
    residents: int = 2000
    words: str = "สวัสดีค่ะ"


@dataclass
class Tally:
    """Counts what was due after the warm-up; `due` says of each acknowledged event when it was due."""

    latencies: list[float] = field(default_factory=list)
    due: dict[str, float] = field(default_factory=dict)


class Load:
    def __init__(self, order: Order) -> None:
        self._order, self._tally = order, Tally()
        run = secrets.token_hex(4)
        count = int((order.warm_up + order.seconds) * (order.rate or MAX_A_SECOND))
        numbers = [f"{run}{i:08d}" for i in range(count)]
        self._requests = [
            (number, webhook(text(order.words), number=number, resident=i % order.residents))
            for i, number in enumerate(numbers)
        ]

    async def run(self) -> Tally:
        self._wires = Wires(self._order.port)
        self._began = time.monotonic()
        self._counts_from = self._began + self._order.warm_up
        await (self._at_a_rate() if self._order.rate else self._as_fast_as_answered())
        return self._tally

    async def _as_fast_as_answered(self) -> None:
        requests = iter(self._requests)
        until = self._counts_from + self._order.seconds

        async def knock() -> None:
            for number, request in requests:
                if time.monotonic() > until:
                    return
                await self._send(number, request, time.monotonic())

        await asyncio.gather(*(knock() for _ in range(self._order.wires)))

    async def _at_a_rate(self) -> None:
        sending = set()
        for i, (number, request) in enumerate(self._requests):
            due = self._began + i / self._order.rate
            if (early := due - time.monotonic()) > 0:
                await asyncio.sleep(early)
            sending.add(task := asyncio.create_task(self._send(number, request, due)))
            task.add_done_callback(sending.discard)
        await asyncio.gather(*sending)

    async def _send(self, number: str, request: bytes, due: float) -> None:
        status = await self._wires.post(request)
        if due < self._counts_from:
            return
        self._tally.latencies.append(time.monotonic() - due)
        if status == 200:
            self._tally.due[number] = due


def main() -> None:
    tally = asyncio.run(Load(Order(**json.loads(sys.argv[1]))).run())
    sys.stdout.write(json.dumps(vars(tally)))


if __name__ == "__main__":
    main()
