"""Simulates residents who report a street light and wait for each answer before the next act, in their own process.

`python -m tests.bench.turns ORDER` prints one line of JSON: how many turns were answered a second, and how fast.
"""

import asyncio
import itertools
import json
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.line.events import tap_data
from tests.bench.bodies import pin, tap, text, webhook
from tests.bench.wire import Wires

PATIENCE_SECONDS = 15.0
# The photo is skipped: drawing it anew is no turn. Everything else is as in tests/stories/street_light.txt.
ACTS: tuple[Callable[[str], dict[str, Any]], ...] = (
    lambda _: text("ไฟถนนหน้าบ้านดับค่ะ มืดมาก"),
    lambda c: tap(tap_data("answer", c=c, q="danger", v="no")),
    lambda _: pin("หน้าวัดโพธิ์ชัย เสา 15"),
    lambda c: tap(tap_data("skip", c=c, q="photos")),
    lambda _: text("นางสมศรี ใจดี"),
    lambda _: text("๐๘๑ ๒๓๔ ๕๖๗๘"),
    lambda c: tap(tap_data("send", c=c)),
)


@dataclass(frozen=True)
class Order:
    """Describes the load. Turns count after `warm_up` seconds, so that a process just started is not measured."""

    web_port: int
    line_port: int
    residents: int = 48
    warm_up: float = 1.0
    seconds: float = 5.0


@dataclass
class Tally:
    turns: int = 0
    requests: int = 0
    unanswered: int = 0
    latencies: list[float] = field(default_factory=list)


class Street:
    def __init__(self, order: Order) -> None:
        self._order, self._tally = order, Tally()
        self._run = secrets.token_hex(4)
        self._turn, self._resident = itertools.count(), itertools.count()
        self._awaited: dict[str, asyncio.Future[str]] = {}

    async def run(self) -> Tally:
        self._wires = Wires(self._order.web_port)
        listening = asyncio.create_task(self._listen())
        await asyncio.sleep(0.1)
        self._counts_from = time.monotonic() + self._order.warm_up
        self._until = self._counts_from + self._order.seconds
        await asyncio.gather(*(self._live() for _ in range(self._order.residents)))
        listening.cancel()
        return self._tally

    async def _live(self) -> None:
        """Plays one resident after another, each with one request."""
        while time.monotonic() < self._until:
            await self._report(next(self._resident))

    async def _report(self, resident: int) -> None:
        conversation = "0"
        for act in ACTS:
            answer = await self._take_turn(act(conversation), resident)
            if answer is None:
                return
            conversation = answer
        self._tally.requests += 1

    async def _take_turn(self, what: dict[str, Any], resident: int) -> str | None:
        number, began = f"{self._run}{next(self._turn):08d}", time.monotonic()
        heard = self._awaited[number] = asyncio.get_running_loop().create_future()
        try:
            if await self._wires.post(webhook(what, number=number, resident=resident)) != 200:
                raise TimeoutError
            conversation: str = await asyncio.wait_for(heard, PATIENCE_SECONDS)
        except TimeoutError:
            self._tally.unanswered += 1
            return None
        if self._counts_from <= time.monotonic() < self._until:
            self._tally.turns += 1
            self._tally.latencies.append(time.monotonic() - began)
        return conversation

    async def _listen(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._order.line_port)
        writer.write(b"GET /listen HTTP/1.1\r\n\r\n")
        while news := await reader.readline():
            token, conversation = news.decode().split()
            if (awaited := self._awaited.pop(token, None)) is not None:
                awaited.set_result(conversation)


def main() -> None:
    tally = asyncio.run(Street(Order(**json.loads(sys.argv[1]))).run())
    sys.stdout.write(json.dumps(vars(tally)))


if __name__ == "__main__":
    main()
