"""Tests the engine of tables of rules with a small table of its own."""

from enum import StrEnum

import pytest

from store.workflow.table import RuleRefused, Who, read_table


class Status(StrEnum):
    DRAFT = "draft"
    OUT = "out"


class Action(StrEnum):
    WRITE = "write"
    PUBLISH = "publish"
    TAKE_BACK = "take_back"
    EXPLAIN = "explain"


ROWS = (
    ("write", "-", "draft", "officer", "", "-"),
    ("publish", "draft", "out", "supervisor", "another", "published"),
    ("take_back", "out", "draft", "officer supervisor", "own", "-"),
    ("explain", "out", "=", "officer", "note", "-"),
)
TABLE = read_table("page", Status, Action, ROWS, notices={"published"})
AUTHOR, OTHER = 1, 2


def why(action, status, who, *, person=OTHER, has_note=True):
    try:
        TABLE.find_rule(action, status, who, person=person, writers={AUTHOR}, has_note=has_note)
    except RuleRefused as refused:
        return refused.reason
    return "allowed"


@pytest.mark.parametrize(
    ("action", "status", "who", "more", "said"),
    [
        ("write", None, "officer", {}, "allowed"),
        ("write", "draft", "officer", {}, "wrong_status"),
        ("write", None, "resident", {}, "not_your_role"),
        ("publish", None, "supervisor", {}, "wrong_status"),
        ("publish", "draft", "supervisor", {}, "allowed"),
        ("publish", "draft", "supervisor", {"person": AUTHOR}, "own_text"),
        ("publish", "draft", "officer", {"person": AUTHOR}, "not_your_role"),
        ("take_back", "out", "officer", {"person": AUTHOR}, "allowed"),
        ("take_back", "out", "officer", {}, "not_your_text"),
        ("take_back", "out", "supervisor", {}, "allowed"),
        ("explain", "out", "officer", {"has_note": False}, "needs_note"),
        ("explain", "draft", "officer", {"has_note": False}, "wrong_status"),
        ("burn", "out", "officer", {}, "not_your_role"),
    ],
)
def test_a_rule_is_found_or_the_reason_is_named(action, status, who, more, said):
    assert why(action, status, who, **more) == said


def test_the_buttons_are_the_rules_of_the_status_in_the_order_of_the_table():
    assert [rule.action for rule in TABLE.allowed("out", Who.OFFICER)] == ["take_back", "explain"]
    assert TABLE.allowed("draft", Who.RESIDENT) == []
    assert TABLE.may_ever("publish", "supervisor")
    assert not TABLE.may_ever("publish", "officer")


def test_a_diagram_shows_every_change_of_status():
    assert TABLE.diagram().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> draft: write",
        "    draft --> out: publish",
        "    out --> draft: take_back",
    ]


@pytest.mark.parametrize("column", range(6))
def test_a_misspelt_word_in_any_column_fails_when_the_table_is_read(column):
    row = ["publish", "draft", "out", "supervisor", "another", "published"]
    row[column] = f"{row[column]}x"
    with pytest.raises(ValueError, match="is not a valid"):
        read_table("page", Status, Action, [tuple(row)], notices={"published"})


@pytest.mark.parametrize("column", [0, 1, 2, 3, 5])
def test_an_empty_column_fails_when_the_table_is_read(column):
    row = ["publish", "draft", "out", "supervisor", "another", "published"]
    row[column] = ""
    with pytest.raises(ValueError, match="valid"):
        read_table("page", Status, Action, [tuple(row)], notices={"published"})
