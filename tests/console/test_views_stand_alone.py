"""Tests that only the application imports a module with views: what two share stands in a module without views."""

import ast
from collections.abc import Iterator
from pathlib import Path

CONSOLE = Path(__file__).parents[2] / "staff_console"


def test_no_module_but_the_application_imports_a_module_with_views() -> None:
    trees = {_name_of(path): ast.parse(path.read_text("utf-8")) for path in CONSOLE.rglob("*.py")}
    views = {name for name, tree in trees.items() if _makes_a_blueprint(tree)}
    assert len(views) > 15
    importing = {
        (name, imported) for name, tree in trees.items() for imported in _imports(tree) if imported in views
    }
    assert {name for name, _ in importing} == {"staff_console.web"}, importing


def _name_of(path: Path) -> str:
    return ".".join(path.relative_to(CONSOLE.parent).with_suffix("").parts)


def _makes_a_blueprint(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Blueprint"
        for node in ast.walk(tree)
    )


def _imports(tree: ast.Module) -> Iterator[str]:
    """Yields the imported modules, and for `from a import b` also a.b, which may be a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
