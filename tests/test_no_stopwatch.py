"""Checks that no test says how fast a machine has to be: measured times are compared only with each other.

A difference of times must not be less than a number, because a machine that is busy with other things takes as long as
it takes. It may be more than a number, which holds on any machine. `tests/bench` measures, and asserts nothing.
"""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CLOCKS = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time", "thread_time"}
FILES = sorted(file for file in TESTS.rglob("*.py") if "bench" not in file.parts)
TOO_FEW, TOO_MANY = (ast.Lt, ast.LtE), (ast.Gt, ast.GtE)


def stopwatches(source: str) -> list[int]:
    """Returns the lines in which an assertion limits a measured time by a constant."""
    scopes = _scopes(ast.parse(source))
    shared: set[str] = set()
    while True:
        measured = [_names_of_measurements(scope, shared) for scope in scopes]
        functions = {f"{getattr(scope, 'name', '')}()" for scope in scopes}
        more = {name for names in measured for name in names if name.endswith(".") or name in functions}
        if more <= shared:
            break
        shared |= more
    return [
        node.lineno
        for scope, names in zip(scopes, measured, strict=True)
        for node in _asserted_compares(scope)
        if _is_stopwatch(node, names)
    ]


def _scopes(tree: ast.Module) -> list[ast.AST]:
    """Returns each function of the module and of its classes, and the code outside of them."""
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    functions: list[ast.AST] = [each for body in bodies for each in body if isinstance(each, ast.FunctionDef)]
    return [*functions, ast.Module([each for each in tree.body if each not in functions], [])]


def _asserted_compares(scope: ast.AST) -> list[ast.Compare]:
    tests = [node.test for node in ast.walk(scope) if isinstance(node, ast.Assert)]
    return [node for test in tests for node in ast.walk(test) if isinstance(node, ast.Compare)]


def _is_stopwatch(compare: ast.Compare, measured: set[str]) -> bool:
    sides = [compare.left, *compare.comparators]
    for less, how, more in zip(sides, compare.ops, sides[1:], strict=False):
        if isinstance(how, TOO_MANY):
            less, more = more, less  # noqa: PLW2901 - the same said the other way round
        if isinstance(how, (*TOO_FEW, *TOO_MANY)) and _is_measured(less, measured) and _is_constant(more):
            return True
    return False


def _names_of_measurements(scope: ast.AST, shared: set[str]) -> set[str]:
    """Returns what was read from a clock or computed from it: `variable`, `attribute.` and `function()`."""
    measured = set(shared)
    while True:
        more = {name for node in ast.walk(scope) for name in _given(node, measured)}
        if more <= measured:
            return measured
        measured |= more


def _given(node: ast.AST, measured: set[str]) -> set[str]:
    """Returns the names to which this statement assigns a measurement."""
    if isinstance(node, ast.FunctionDef):
        returned = [each.value for each in ast.walk(node) if isinstance(each, ast.Return) and each.value]
        return {f"{node.name}()"} if any(_is_measured(value, measured) for value in returned) else set()
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
        targets = [node.target]
    value = getattr(node, "value", None)
    if not targets or value is None:
        return _kept(node, measured)
    if isinstance(value, ast.Tuple) and isinstance(targets[0], ast.Tuple):
        pairs = zip(targets[0].elts, value.elts, strict=False)
        return {name for target, each in pairs if _is_measured(each, measured) for name in _names(target)}
    return {name for target in targets for name in _names(target)} if _is_measured(value, measured) else set()


def _kept(node: ast.AST, measured: set[str]) -> set[str]:
    """Returns the names in `waited.append(...)` and `for each in waited`, which hold measurements, too."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
        return _names(node.func.value) if any(_is_measured(each, measured) for each in node.args) else set()
    if isinstance(node, ast.For | ast.comprehension) and _is_measured(node.iter, measured):
        return _names(node.target)
    return set()


def _names(target: ast.AST) -> set[str]:
    """Returns the names that are assigned; of a dotted name only the last part, as `attribute.`."""
    if isinstance(target, ast.Attribute):
        return {f"{target.attr}."}
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


def _is_measured(value: ast.AST, measured: set[str]) -> bool:
    return any(_reads_a_clock(node) or _marks(node) & measured for node in ast.walk(value))


def _reads_a_clock(node: ast.AST) -> bool:
    """Says whether this reads a clock. `time.time()` alone is a date; only a difference is a measurement."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return any(_calls(side, {"time"}) for side in (node.left, node.right))
    return _calls(node, CLOCKS)


def _calls(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Call) and _name(node.func) in names


def _marks(node: ast.AST) -> set[str]:
    name = _name(node)
    return {f"{name}.", f"{name}()"} if isinstance(node, ast.Attribute) else {f"{name}", f"{name}()"}


def _name(node: ast.AST) -> str | None:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


def _is_constant(value: ast.AST) -> bool:
    """Says whether it is constant: numbers, NAMES_LIKE_THIS, and what is computed from these alone."""
    named = [_name(node) for node in ast.walk(value) if not isinstance(node, ast.expr_context)]
    return all(name is None or name.isupper() or name in {"timedelta", "len", "float"} for name in named)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(TESTS)))
def test_no_assertion_compares_a_measured_time_with_a_constant(file: Path) -> None:
    assert stopwatches(file.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "words",
    [
        "assert time.monotonic() - began < 2",
        "assert 2 >= time.perf_counter() - began",
        "assert timedelta(seconds=time.time() - began) < timedelta(seconds=2)",
        "took = perf_counter() - began\nassert 0 < took <= LONGEST_SECONDS",
        "def took():\n return time.monotonic() - a\nwaited = list(map(took, 'ab'))\nassert max(waited) < 0.75",
        "acks.append((200, time.perf_counter() - a))\nassert all(seconds < 1.7 for _, seconds in acks)",
        "spent = (time.process_time() - before) / 10\nassert spent < 2 / MAX_CALLS",
    ],
)
def test_the_check_finds(words: str) -> None:
    assert stopwatches(words) != []


@pytest.mark.parametrize(
    "words",
    [
        "assert time.monotonic() < until",
        "assert time.monotonic() - began > 20 / RATE",
        "def took(n):\n return time.monotonic() - n\nalone, many = took(1), took(8)\nassert many < 4 * alone",
        "assert len(phones) < 40",
        "event = {'timestamp': int(time.time() * 1000)}\nassert count < 3",
    ],
)
def test_the_check_lets_pass(words: str) -> None:
    assert stopwatches(words) == []
