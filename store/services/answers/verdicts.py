"""Holds what a check of an answer is given, and what it returns."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from store.municipality.places import Centre

# What is shown for an optional question that was skipped.
SKIPPED = "ไม่ได้ระบุ"
# The stored answer to a question that the resident left to the officer, who reads it as it stands.
UNKNOWN = "ไม่ทราบ"


@dataclass(frozen=True)
class Setting:
    """Holds what an answer is checked against besides its question: the date, the town's address and its centre."""

    today: date
    address_defaults: dict[str, str] = field(default_factory=dict)
    centre: Centre | None = None


@dataclass(frozen=True)
class Accepted:
    value: Any


@dataclass(frozen=True)
class RefusedAnswer:
    """Says that the answer cannot be used.

    `why` names the phrase that tells the resident, `words` fill it in. A kind that brings its own sentence gives it as
    `text`; then no phrase is needed.
    """

    why: str
    words: dict[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True)
class AskAnew:
    """Says that the unfinished answer is to be dropped, so that its question is asked from the beginning."""


Verdict = Accepted | RefusedAnswer | AskAnew
