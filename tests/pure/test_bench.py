"""The benchmark tells what was measured, and says so where a goal does not hold."""

import pytest

from bot.web import is_signed
from store.municipality.profile import read_municipality
from store.settings import DEMO_MUNICIPALITY
from tests.bench.bodies import SECRET, pin, text, webhook
from tests.bench.report import (
    BEGINS,
    ENDS,
    middle,
    not_here,
    percentile,
    put_between_marks,
    ratio,
    table,
    told,
    under,
)


def test_a_ratio_compares_what_was_measured_in_the_same_round() -> None:
    row = ratio("ours ÷ theirs", 0.7, ours=[800, 90, 700], theirs=[1000, 100, 1000])
    assert (row.measured, row.holds) == ("0.80 (700/s)", True)
    assert ratio("ours ÷ theirs", 0.81, ours=[800], theirs=[1000]).holds is False


def test_a_peer_that_answered_nothing_makes_no_goal_hold() -> None:
    assert ratio("ours ÷ theirs", 8, ours=[100], theirs=[0]).holds is False


def test_a_limit_is_not_held_by_reaching_it() -> None:
    assert under("wait", 25, [24.9, 1, 100], " ms").holds is True
    assert under("wait", 25, [25.0], " ms").holds is False


def test_the_pin_of_the_benchmark_lies_in_the_demo_municipality_so_that_nothing_more_is_asked() -> None:
    centre, at = read_municipality(DEMO_MUNICIPALITY).centre, pin("หน้าวัด")["message"]
    assert centre is not None
    assert not centre.is_far(at["latitude"], at["longitude"])


def test_an_answer_that_never_came_is_the_slowest() -> None:
    assert percentile([1.0] * 98 + [float("inf")] * 2, 99) == float("inf")
    assert percentile([], 99) == middle([]) == 0


def test_the_table_says_which_goals_hold() -> None:
    rows = [
        under("wait", 25, [3], " ms"),
        under("wait", 25, [30], " ms"),
        told("peer", [9], "/s"),
        not_here("x"),
    ]
    assert table(rows).splitlines() == [
        "| what | goal | measured | |",
        "|---|---|---|---|",
        "| wait | < 25 ms | 3 ms | holds |",
        "| wait | < 25 ms | 30 ms | **does not hold** |",
        "| peer |  | 9/s |  |",
        "| x |  | not here |  |",
    ]


def test_the_readme_keeps_everything_but_the_old_figures() -> None:
    page = f"before\n{BEGINS}\nold\n{ENDS}\nafter\n"
    assert put_between_marks(page, "new") == f"before\n{BEGINS}\nnew\n{ENDS}\nafter\n"
    with pytest.raises(ValueError, match="no place"):
        put_between_marks("before\nafter\n", "new")


def test_the_load_is_signed_as_line_signs() -> None:
    head, _, body = webhook(text("สวัสดีค่ะ"), number="1", resident=1).partition(b"\r\n\r\n")
    (signature,) = [
        line[18:].decode() for line in head.splitlines() if line.startswith(b"x-line-signature: ")
    ]
    assert is_signed(body, signature, (SECRET,))
