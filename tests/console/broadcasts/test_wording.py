"""Tests that staff read in Thai whatever the store refuses or stops, and whatever somebody did."""

import re
from pathlib import Path

from staff_console.broadcasts import wording
from staff_console.broadcasts.wording import said
from store.broadcasts import approval, queries
from store.broadcasts.models import StopReason
from store.broadcasts.transitions import BROADCASTS

STORE = Path(approval.__file__).parent
CHAT = STORE.parents[1] / "bot" / "handlers" / "emergency_confirmation.py"
SENDER = STORE.parents[1] / "bot" / "line" / "multicast.py"


def found(pattern: str, *folders: Path) -> set[str]:
    texts = [
        path.read_text("utf-8")
        for folder in folders
        for path in (folder, *folder.glob("*.py"))
        if path.is_file()
    ]
    return {word for text in texts for word in re.findall(pattern, text)}


def test_every_refusal_of_the_store_has_words() -> None:
    refused = r'Refused\("(\w+)"\)'
    reasons, in_the_chat = found(refused, STORE), found(refused, STORE / "emergency_confirmation.py")
    assert len(reasons) > 20
    assert reasons - in_the_chat <= set(wording.REFUSALS)
    told = CHAT.read_text("utf-8")
    assert [reason for reason in in_the_chat - set(wording.REFUSALS) if f'"{reason}"' not in told] == []


def test_every_problem_of_a_field_has_words() -> None:
    problems = found(r'(?:ValueError|BadAudience)\("(\w+)"\)', STORE)
    assert {"too_long", "no_values", "too_many_rows"} <= problems
    assert all(said(word) for word in problems | {"too_many", "wrong", "empty"})


def test_every_reason_why_a_sending_stops_has_words() -> None:
    assert set(wording.STOPS) == set(StopReason)


def test_every_stage_category_act_and_audience_has_words() -> None:
    acts = found(r'write_down\(\s*session, broadcast, "(\w+)"', STORE) | {
        rule.action for rule in BROADCASTS.rules
    }
    assert acts <= set(wording.ACTS) | {"edit"}
    assert set(approval.CATEGORIES) == set(wording.CATEGORIES)
    assert set(queries.Pile) == set(wording.PILES)
