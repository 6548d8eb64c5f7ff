"""Tests that names in the product are standard terms of the field: private words that once stood here stay away."""

import ast
import builtins
import io
import re
import tokenize

import pytest

from tests.test_promises import PACKAGES, ROOT

# The retired word and the term that is used now: see docs/glossary.md.
RETIRED = {
    "acquaintances": "known residents",
    "aftermath": "results",
    "crew": "thread pool",
    "eldest": "oldest",
    "halts": "control",
    "lookout": "poller",
    "parcel": "request",
    "postmen": "delivery threads",
    "seal": "encrypt",
    "sealed": "encrypted",
    "sealer": "cipher",
    "shelf": "storage",
    "stuck": "dead letter",
    "turnstile": "writer lock",
    "visit": "event context",
}
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def names_in(source: str) -> set[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.string for token in tokens if token.type == tokenize.NAME}


def words_of(name: str) -> set[str]:
    return {word.lower() for word in WORD.findall(name)}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_name_is_a_retired_word(package: str) -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name} (use: {RETIRED[word]})"
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts
        for name in names_in(path.read_text("utf-8")) | {path.stem}
        for word in words_of(name) & RETIRED.keys()
    }
    assert sorted(found) == []


def test_a_retired_word_is_found_however_it_is_written() -> None:
    assert words_of("WriterLock") == {"writer", "lock"}
    assert words_of("_is_sealedValue") >= {"sealed"}
    assert names_in("def visit(): pass") == {"def", "visit", "pass"}


# "raises A, B or C" and other words in the manner of class names, such as OutboxRow.
RAISED = re.compile(r"\b[Rr]aises? ((?:[A-Z]\w+(?:, (?:or |and )?| or | and )?)+)")
CLASS = re.compile(r"\b(?:[A-Z][a-z]+){2,}\b")
NO_CLASSES = {"JavaScript", "GitHub", "DevTools"}


def docstrings_of(source: str) -> list[str]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds))
    return [text for node in nodes if (text := ast.get_docstring(node))]


def classes_in(docstring: str) -> set[str]:
    raised = {name for listed in RAISED.findall(docstring) for name in re.findall(r"[A-Z]\w+", listed)}
    return (raised | set(CLASS.findall(docstring))) - NO_CLASSES


def test_docstrings_name_classes_that_exist() -> None:
    sources = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    texts = {path: path.read_text("utf-8") for path in sources if "migrations" not in path.parts}
    known = {name for text in texts.values() for name in names_in(text)} | set(dir(builtins))
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path, text in texts.items()
        for docstring in docstrings_of(text)
        for name in classes_in(docstring) - known
    }
    assert sorted(found) == []


def test_classes_are_found_in_a_docstring() -> None:
    assert classes_in("Sends it. Raises Refused, NotKept or BadForm where LINE refuses.") == {
        "Refused",
        "NotKept",
        "BadForm",
    }
    assert classes_in("Describes an attribute of a SealedRow; Bangkok time.") == {"SealedRow"}
