"""Finds every regular expression of the source, by walking it, and texts that try each of them hard."""

import ast
import importlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import regex

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "public_site", "store", "staff_console", "line_preview", "line_simulator")
_ONE = frozenset(("match", "search", "fullmatch"))
_READING = _ONE | {"sub", "subn", "split", "findall", "finditer"}
_FUNCTIONS = _READING | {"compile"}
# What stands where no module-level name tells what the pattern is: the names it takes its values from.
SPELT_ELSEWHERE = {
    ("store/services/answers/addresses.py", "pattern"): "list(_PATTERNS.values())",
    ("line_simulator/messages/actions.py", "pattern"): "list(MOMENTS.values())",
    ("line_simulator/residents/taps.py", "MOMENTS[mode]"): "list(MOMENTS.values())",
    ("store/municipality/foreign_contacts.py", "_divided(number)"): "[_divided('043000199')]",
}
# Functions of ours that are given a pattern: where they are called, it is written down.
TAKE_A_PATTERN = {("line_simulator/messages/schema.py", "pattern"): "matches"}


@dataclass(frozen=True)
class Found:
    """Holds one regular expression, where it stands, and how it is used: `finditer` for all that find more than one."""

    where: str
    compiled: Any
    how: str

    def read(self, text: str) -> object:
        read_as = text.encode() if isinstance(self.compiled.pattern, bytes) else text
        found = getattr(self.compiled, self.how)(read_as)
        return list(found) if self.how == "finditer" else found


def find_patterns() -> list[Found]:
    found = {}
    trees = {path: ast.parse(path.read_text("utf-8")) for path in _sources()}
    used = [use for tree in trees.values() for use in _uses(tree)]
    for path, tree in trees.items():
        for one in _in_module(path, tree, used):
            found[one.compiled.pattern, one.compiled.flags, one.how] = one
    return list(found.values())


def _sources() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def _uses(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yields (name, method) of everything that may be a compiled pattern being used."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _READING:
            owner = node.value
            yield getattr(owner, "id", getattr(owner, "attr", "")), node.attr


def _in_module(path: Path, tree: ast.Module, used: list[tuple[str, str]]) -> Iterator[Found]:
    name = path.relative_to(ROOT).as_posix()
    ours = {"re": re, "regex": regex} | _imported_functions(tree)
    names = {id(node.value): target.id for node, target in _assignments(tree)}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        library = _library(call.func, ours)
        if library is None:
            continue
        function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        for pattern in _values(name, path, call.args[0]):
            compiled = (
                pattern if hasattr(pattern, "pattern") else library.compile(pattern, _flags(call, path))
            )
            for how in _ways(function, names.get(id(call)), used):
                yield Found(f"{name}:{call.lineno}", compiled, how)


def _assignments(tree: ast.Module) -> Iterator[tuple[ast.Assign, ast.Name]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node, node.targets[0]


def _ways(function: str, name: str | None, used: list[tuple[str, str]]) -> list[str]:
    """Returns how a compiled pattern is used wherever its name stands, or `finditer` if no use is found. Sorted, so
    that each test process finds the same tests."""
    methods = {function} if function != "compile" else {method for owner, method in used if owner == name}
    return sorted({method if method in _ONE else "finditer" for method in methods}) or ["finditer"]


def _imported_functions(tree: ast.Module) -> dict[str, Any]:
    """Returns, by name, the library of what was brought in by `from re import compile`."""
    return {
        alias.asname or alias.name: {"re": re, "regex": regex}[node.module]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("re", "regex")
        for alias in node.names
    }


def _library(function: ast.expr, ours: dict[str, Any]) -> Any:
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return ours.get(function.value.id) if function.attr in _FUNCTIONS else None
    return (
        ours.get(function.id)
        if isinstance(function, ast.Name) and function.id not in ("re", "regex")
        else None
    )


def _flags(call: ast.Call, path: Path) -> int:
    given = [*call.args[1:], *(keyword.value for keyword in call.keywords if keyword.arg == "flags")]
    named = [ast.unparse(each) for each in given if isinstance(each, ast.Attribute | ast.BinOp)]
    flags = [each for each in named if each.startswith(("re.", "regex."))]
    return int(_worth("|".join(flags), path)) if flags else 0


def _values(name: str, path: Path, argument: ast.expr) -> list[Any]:
    """Returns the values of the argument; if the module does not show them, SPELT_ELSEWHERE or TAKE_A_PATTERN must."""
    written = ast.unparse(argument)
    if function := TAKE_A_PATTERN.get((name, written)):
        return list(_given_to(function))
    expression = SPELT_ELSEWHERE.get((name, written), f"[{written}]")
    try:
        return list(_worth(expression, path))
    except NameError as error:
        raise AssertionError(f"{name}: say in SPELT_ELSEWHERE what {written!r} can be") from error


def _given_to(function: str) -> Iterator[Any]:
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == function:
                yield _worth(ast.unparse(node.args[0]), path)


def _worth(expression: str, path: Path) -> Any:
    return eval(expression, dict(vars(_module(path))))  # noqa: S307 - a pattern of our own source


def _module(path: Path) -> Any:
    return importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def words_of(pattern: str, flags: int = 0) -> list[str]:
    """Returns runs of letters, examples of each branch, class and repetition that the pattern is made of."""
    try:
        parsed = parser.parse(pattern, flags & ~re.UNICODE & ~re.DEBUG if isinstance(pattern, str) else 0)
    except re.error:
        return []  # Written for the library regex, in words of its own.
    words = list(_words(parsed))
    return list(dict.fromkeys(word for word in words if word))


def _words(parsed: Any) -> Iterator[str]:
    yield _example(parsed)
    for kind, what in parsed:
        if kind is kinds.BRANCH:
            for branch in what[1]:
                yield from _words(branch)
        elif inner := _inner(kind, what):
            yield from _words(inner)
        elif kind is kinds.IN:
            yield from (_letter(one) for one in what)


def _inner(kind: Any, what: Any) -> Any:
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
        return what[2]
    if kind is kinds.SUBPATTERN:
        return what[3]
    return what[1] if kind in (kinds.ASSERT, kinds.ASSERT_NOT) else None


def _example(parsed: Any) -> str:
    """Returns one text that the pattern, or this part of it, is likely to match."""
    parts = []
    for kind, what in parsed:
        if kind is kinds.BRANCH:
            parts.append(_example(what[1][0]))
        elif kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
            parts.append(_example(what[2]) * max(1, min(what[0], 8)))
        elif kind is kinds.SUBPATTERN:
            parts.append(_example(what[3]))
        elif kind is kinds.IN:
            parts.append(_letter(what[0]))
        elif kind in (kinds.LITERAL, kinds.NOT_LITERAL, kinds.ANY):
            parts.append(_letter((kind, what)))
    return "".join(parts)


_OF_CATEGORY = {
    kinds.CATEGORY_DIGIT: "1",
    kinds.CATEGORY_SPACE: " ",
    kinds.CATEGORY_WORD: "a",
    kinds.CATEGORY_NOT_SPACE: "x",
    kinds.CATEGORY_NOT_DIGIT: "x",
    kinds.CATEGORY_NOT_WORD: "-",
}


def _letter(item: Any) -> str:
    kind, what = item
    if kind is kinds.LITERAL:
        return chr(what)
    if kind is kinds.RANGE:
        return chr(what[0])
    if kind is kinds.CATEGORY:
        return _OF_CATEGORY.get(what, "x")
    return "" if kind is kinds.NEGATE else "x"


# Courtesy, digits, spaces, separators, signs above and below: what people repeat, and what patterns trip over.
COMMON = (
    "นะคะ", "คะ ", " ค่ะ", "ครับ", "1", "๑", "1 ", "1/", "1.", "1-", " ", "\n", ".", "-", "/", ",", "@", "a", "a.", "ก",
    "ก ", "ก.", "(", "[", "\u0e48\u0e38", "👨‍👩‍👧 ", "\u200b",
)  # fmt: skip
TAILS = ("!", "")


def repeats(words: list[str], *, most: int) -> list[tuple[str, str, str]]:
    """Returns what to begin with, to repeat and to end with; of too many, always the same random choice."""
    by_chance = random.Random(repr(words))
    own = words if len(words) <= 12 else [words[0], *by_chance.sample(words[1:], 11)]
    pairs = [f"{one}{other}" for one in own for other in own if one != other]
    repeated = [*own, *(f"{word} " for word in own), *pairs, *COMMON]
    tries = [("", each, tail) for each in repeated for tail in TAILS]
    tries += [(word, each, tail) for word in own for each in (*own, *COMMON) for tail in TAILS]
    return tries if len(tries) <= most else by_chance.sample(tries, most)
