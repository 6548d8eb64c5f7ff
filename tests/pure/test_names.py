"""Tests that names in the product are standard terms of the field, and that docstrings name classes that exist."""

import ast
import builtins
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache

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
CLASS = r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*"
# One class or several after the verb, such as: raises BadContent, ActRefused("stale") or SettingsError.
RAISES = re.compile(
    rf"\b[Rr]aises?\s+({CLASS}(?:\([^)]*\))?(?:(?:,|,?\s+or|,?\s+and)\s+{CLASS}(?:\([^)]*\))?)*)"
)
QUOTED = re.compile(r"`([\w.]+)(?:\([^`]*\))?`")


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


def docstrings_in(tree: ast.Module) -> Iterator[str]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return (ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, documented))


def classes_named_in(docstring: str) -> set[str]:
    """Returns the names of classes after "raises" and in backticks."""
    after_verb = (re.sub(r"\([^)]*\)", "", found) for found in RAISES.findall(docstring))
    words = [word for names in after_verb for word in re.findall(r"\w+", names)]
    words += [part for dotted in QUOTED.findall(docstring) for part in dotted.split(".")]
    return {word for word in words if re.fullmatch(CLASS, word)}


def names_known_to(tree: ast.Module) -> Iterator[str]:
    """Yields the names of classes that are defined or imported, and attributes such as logging.Formatter."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef():
                yield node.name
            case ast.Import() | ast.ImportFrom():
                yield from (alias.asname or alias.name for alias in node.names)
            case ast.Attribute():
                yield node.attr
            case ast.Name(ctx=ast.Store()):
                yield node.id


@cache
def trees() -> dict[str, ast.Module]:
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8"))
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def test_every_class_that_a_docstring_names_exists() -> None:
    known = {name for tree in trees().values() for name in names_known_to(tree)} | set(dir(builtins))
    unknown = {
        f"{path}: {name}"
        for path, tree in trees().items()
        for docstring in docstrings_in(tree)
        for name in classes_named_in(docstring) - known
    }
    assert sorted(unknown) == []


@pytest.mark.parametrize(
    ("docstring", "names"),
    [
        (
            "Raises BadContent, BadAudience or\nActRefused with the reason.",
            "BadContent BadAudience ActRefused",
        ),
        ('It raises Refused("stale") if Bangkok is far.', "Refused"),
        ("Reads `QuotaStatus.others`, `Retry-After`, `DATA_KEY` and `send(Body)`.", "QuotaStatus"),
        ("It raises nothing. LINE raises the limit.", ""),
    ],
)
def test_classes_are_found_after_raises_and_in_backticks(docstring: str, names: str) -> None:
    assert classes_named_in(docstring) == set(names.split())
