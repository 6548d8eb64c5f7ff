"""Tests that no code outside `store/services/kinds/` decides by the name of a kind of question."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.services.kinds import KINDS
from tests.pure.patterns import PACKAGES, ROOT

KINDS_FOLDER = ROOT / "store" / "services" / "kinds"


def decisions(tree: ast.Module) -> Iterator[int]:
    """Yields the lines that compare a `kind` with the name of one of ours, or look it up in a table of such names."""
    tables = _tables(tree)
    for node in ast.walk(tree):
        what, with_what = _compared(node)
        if any(map(_is_kind, what)) and any(_names(each, tables) for each in with_what):
            yield getattr(node, "lineno", 0)


def _compared(node: ast.AST) -> tuple[list[ast.expr], list[ast.AST]]:
    """Returns what the node compares or looks up, and with or in what."""
    match node:
        case ast.Compare():
            return [node.left, *node.comparators], [node.left, *node.comparators]
        case ast.Match():
            return [node.subject], [case.pattern for case in node.cases]
        case ast.Subscript():
            return [node.slice], [node.value]
        case ast.Call(func=ast.Attribute(attr="get")):
            return node.args[:1], [node.func]
    return [], []


def _tables(tree: ast.Module) -> set[str]:
    """Returns the names of the file's constants that hold names of kinds."""
    found = set()
    for node in tree.body:
        value = getattr(node, "value", None)
        if isinstance(node, ast.Assign | ast.AnnAssign) and value is not None and _names(value, set()):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {
                each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)
            }
    return found


def _is_kind(node: ast.AST) -> bool:
    """Says whether this is `x.kind`, `x["kind"]` or a variable `kind`."""
    match node:
        case (
            ast.Attribute(attr="kind") | ast.Name(id="kind") | ast.Subscript(slice=ast.Constant(value="kind"))
        ):
            return True
    return False


def _names(node: ast.AST, tables: set[str]) -> bool:
    return any(
        (isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value in KINDS)
        or (isinstance(each, ast.Name) and each.id in tables)
        for each in ast.walk(node)
    )


def test_no_code_decides_by_the_name_of_a_kind():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if KINDS_FOLDER not in path.parents and _is_about_questions(path)
        for line in decisions(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []


def _is_about_questions(path: Path) -> bool:
    """Leaves out what has kinds of its own: LINE's messages, and the parts of a broadcast, one of which is a place."""
    return not {"line", "line_simulator", "broadcasts"} & set(path.relative_to(ROOT).parts)


@pytest.mark.parametrize(
    "code",
    [
        'x = question.kind == "place"',
        'x = question.kind in ("photos", "file")',
        'x = row["kind"] != "phone"',
        'if kind == "text": pass',
        '_FREE = frozenset({"text", "name"})\nx = turn.question.kind in _FREE',
        '_SHOWN = {"phone": 1}\nx = _SHOWN.get(question.kind)',
        '_SHOWN = {"phone": 1}\nx = _SHOWN[question.kind]',
        'match question.kind:\n    case "date" | "number":\n        pass',
    ],
)
def test_a_decision_is_seen_however_it_is_written(code):
    assert list(decisions(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        'x = file.kind == "photo"',
        "x = known.get(question.kind)",
        'x = row["kind"] in REMEMBERED',
        'x = "place"',
    ],
)
def test_what_is_no_decision_about_a_kind_is_let_pass(code):
    assert not list(decisions(ast.parse(code)))
