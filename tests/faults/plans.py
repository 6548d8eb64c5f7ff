"""Plans when processes end: a deck of all points, dealt so that each comes up as often as any other."""

import random
from collections import deque
from collections.abc import Iterable
from typing import Any

from tests.faults.points import POINTS

# How many statements each part makes for one thing; of every other point the first passages are enough.
STATEMENTS = {"web": 4, "work": 12, "pack": 6, "settle": 5, "fetch": 4, "keep": 4, "act": 9, "tidy": 6}
FARTHEST_PASSAGE = 3
# The share of processes that end at the first passage.
EARLY = 0.5


class Deck:
    """Deals points; a point that was not reached comes up again later."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        points = [f"{part}: {moment}" for part, moments in POINTS.items() for moment in moments]
        rng.shuffle(points)
        self._points = deque(points)

    def deal(self, parts: Iterable[str]) -> dict[str, Any]:
        """Returns the next point of one of these parts, and the passage that ends the process; {} if there is none."""
        wanted = tuple(f"{part}: " for part in parts)
        point = next((point for point in self._points if point.startswith(wanted)), None)
        if point is None:
            return {}
        self._points.remove(point)
        self._points.append(point)
        part, _, moment = point.partition(": ")
        most = STATEMENTS[part] if moment == "statement" else FARTHEST_PASSAGE
        passage = 1 if self._rng.random() < EARLY else self._rng.randint(1, most)
        return {"point": point, "passage": passage}

    def put_back(self, point: str) -> None:
        """Puts a point that was not reached among the next to be dealt."""
        self._points.remove(point)
        self._points.insert(self._rng.randint(0, 4), point)
