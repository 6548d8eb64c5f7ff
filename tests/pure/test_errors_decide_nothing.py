"""Tests that no decision depends on the words of an error: they are for people to read, and may be reworded."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What holds words for operators: the columns `error`, and what LINE said of a call. str(error) is looked for as well.
WORDS = {"error", "detail"}
READERS = {
    "startswith",
    "endswith",
    "find",
    "index",
    "removeprefix",
    "removesuffix",
    "partition",
    "like",
    "contains",
}
# LINE gives two meanings to one status code, and an open connection is told from a closed one by its cause.
MAY_READ = {"bot/line/messaging_api.py"}


def decisions(source: str) -> list[int]:
    """Returns the lines that compare such words or look into them; a test for None is no look into them."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Compare(left=left, ops=ops, comparators=others):
                is_none = all(isinstance(op, ast.Is | ast.IsNot) for op in ops)
                if not is_none and any(_is_words(each) for each in (left, *others)):
                    found.append(node.lineno)
            case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in READERS and _is_words(value):
                found.append(node.lineno)
            case ast.Match(subject=subject) if _is_words(subject):
                found.append(node.lineno)
    return found


def _is_words(node: ast.expr) -> bool:
    if isinstance(node, ast.BoolOp):
        return any(_is_words(value) for value in node.values)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str":
        return bool(node.args) and isinstance(node.args[0], ast.Name) and node.args[0].id == "error"
    return isinstance(node, ast.Attribute) and node.attr in WORDS


@pytest.mark.parametrize(
    "source",
    [
        "if row.error == 'no answer': pass",
        "wait = (row.error or '').startswith('refused')",
        "query.where(OutboxRow.error == 'monthly limit')",
        "match result.detail:\n    case 'gone': pass",
        "again = 'timeout' in str(error)",
    ],
)
def test_a_decision_by_words_is_found(source: str) -> None:
    assert decisions(source) == [1]


def test_a_look_whether_there_is_an_error_is_none() -> None:
    assert decisions("shown = row.error if row.error is not None else ''") == []


def test_no_decision_in_the_product_depends_on_the_words_of_an_error() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in ("bot", "store", "staff_console", "public_site")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.relative_to(ROOT).as_posix() not in MAY_READ and "migrations" not in path.parts
        for line in decisions(path.read_text("utf-8"))
    ]
    assert found == []
