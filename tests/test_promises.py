"""Tests that the code does what the documents promise."""

import ast
import re
from pathlib import Path

import pytest

from store.cases.workflows import WORKFLOWS, Status, Who
from tests.children import run

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
CASES = (ROOT / "docs" / "cases.md").read_text("utf-8")
REQUIREMENTS = ROOT / "docs" / "requirements.md"
PACKAGES = ("bot", "public_site", "store", "staff_console", "line_preview", "line_simulator")


def variables_in_code() -> set[str]:
    """Returns every environment variable that a settings module names."""
    named = set()
    for module in ("bot/settings.py", "store/settings.py", "staff_console/settings.py"):
        named |= set(re.findall(r'"([A-Z][A-Z_]{4,})"', (ROOT / module).read_text("utf-8")))
    return named


def test_the_table_of_variables_names_each_that_is_read_and_no_other() -> None:
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", OPERATIONS, re.MULTILINE)) == variables_in_code()


def test_the_thai_set_up_names_every_secret() -> None:
    thai = (ROOT / "docs" / "th" / "setup.md").read_text("utf-8")
    assert [
        name for name in ("LINE_CHANNEL_SECRET", "SECRET_KEY", "DATA_KEY") if f"`{name}`" not in thai
    ] == []


def test_the_life_of_a_case_in_the_documents_is_the_table_of_the_code() -> None:
    rows = [
        f"| {rule.action} | {' '.join(s for s in Status if s in rule.before) or '-'} | {rule.after or '='} "
        f"| {' '.join(w for w in Who if w in rule.who)} | {rule.notice or '-'} |"
        for rule in WORKFLOWS["problem"].rules
    ]
    after = CASES.split("<!-- the transitions")[1].split("\n## ")[0]
    assert [line for line in after.splitlines() if line.startswith("| ")][1:] == rows


def test_every_place_the_readme_maps_is_there() -> None:
    table = README.split("## What is where")[1].split("\n## ")[0]
    places = re.findall(r"^\| `([a-z_/]+)` \|", table, re.MULTILINE)
    assert places
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_the_lock_files_are_exact_hashed_and_name_no_registry() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lock = (ROOT / name).read_text("utf-8")
        assert not re.search(r"://|--(extra-)?index|--find-links", lock), name
        pins = re.findall(r"^[a-z0-9][^\s]*.*$", lock, re.MULTILINE)
        assert all("==" in pin for pin in pins), name
        assert lock.count("--hash=sha256:") >= len(pins), name


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    listed = run(["git", "ls-files"], check=False).stdout
    if not listed:
        pytest.skip("not a git checkout")
    words = ("/" + "work/", "py" + "pi.org", "npm" + "js.org", "/" + "root/")
    found = []
    for name in listed.splitlines():
        if name.endswith((".py", ".md", ".toml", ".txt", ".html", ".js", ".css", "Makefile", "Procfile")):
            text = (ROOT / name).read_text("utf-8")
            found += [f"{name}: {word}" for word in words if word in text]
    assert found == []


def requirement_tests() -> list[str]:
    text = REQUIREMENTS.read_text("utf-8") if REQUIREMENTS.exists() else ""
    return re.findall(r"`(tests/[^`]+)`", text)


@pytest.mark.parametrize("named", requirement_tests())
def test_every_test_that_proves_a_requirement_exists(named: str) -> None:
    path, _, test = named.partition("::")
    assert (ROOT / path).exists(), path
    if not test:
        return
    text = (ROOT / path).read_text("utf-8")
    if path.endswith(".txt"):
        assert f"== {test}" in text.splitlines(), f"{path} has no story {test!r}"
    else:
        assert re.search(rf"def {re.escape(test)}\(", text), f"{path} has no {test}"


def marked_requirements() -> list[tuple[str, str, str]]:
    """Returns the id, the words and the mark of each requirement."""
    table = REQUIREMENTS.read_text("utf-8").split("\n## ")[0]
    rows = [line.split(" | ") for line in table.splitlines() if re.match(r"\| [A-Z]\d", line)]
    return [(row[0].strip("| "), row[1], row[2].strip()) for row in rows]


def test_a_requirement_is_met_or_says_what_is_missing() -> None:
    rows = marked_requirements()
    assert len(rows) > 60
    assert [name for name, _, mark in rows if mark not in ("✔", "◐")] == []
    assert [name for name, words, mark in rows if ("missing: " in words) != (mark == "◐")] == []


def functions() -> list[tuple[str, int]]:
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations/versions" in str(path):
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    lines = (node.end_lineno or 0) - node.lineno + 1
                    found.append((f"{path.relative_to(ROOT)}:{node.name}", lines))
    return found


def test_functions_are_short() -> None:
    lengths = sorted(length for _, length in functions())
    assert [where for where, length in functions() if length > 40] == []
    assert lengths[len(lengths) // 2] <= 8


def test_files_are_short() -> None:
    long = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            lines = len(path.read_text("utf-8").splitlines())
            if lines > 400 and "migrations/versions" not in str(path):
                long[str(path.relative_to(ROOT))] = lines
    assert long == {}
