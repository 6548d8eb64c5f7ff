"""Tests the suite's own machinery: a test that hangs is ended with a dump and its children; the others still run."""

import os
import re
import sys
import textwrap
from pathlib import Path

import pytest

from tests.children import ROOT, run
from tests.waiting import wait_until

CONFTEST = """
    import pytest
    from tests.limit import Limit

    def pytest_configure(config):
        config.pluginmanager.register(Limit(), "limit")
"""
TESTS = """
    import pathlib, re, sys
    from tests.children import Child

    HERE = pathlib.Path(__file__).parent
    SLEEPER = "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); os.fork(); time.sleep(900)"

    def test_before():
        pass

    def test_that_hangs():
        with Child([sys.executable, "-c", SLEEPER]) as child:
            (HERE / "child").write_text(str(child.pid))
            re.match("(a+)+$", "a" * 64 + "!")  # keeps the interpreter's lock, and never ends

    def test_after():
        pass
"""


def members(group: int) -> list[int]:
    """Returns the live processes of it; dead ones that were not waited for are left out."""
    stats = {pid.name: _stat(pid) for pid in Path("/proc").glob("[0-9]*")}
    return [
        int(pid) for pid, fields in stats.items() if fields and fields[0] != "Z" and int(fields[2]) == group
    ]


def _stat(pid: Path) -> list[str]:
    try:
        return (pid / "stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []


@pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="looks at processes the way Linux shows them"
)
@pytest.mark.parametrize(
    ("options", "end"),
    [
        (["--numprocesses", "2", "--dist", "worksteal"], "1 failed, 2 passed"),
        (["-p", "no:xdist"], "File"),
    ],
    ids=["several processes", "one process"],
)
def test_a_hung_test_is_killed_with_a_dump_and_its_children_end(
    tmp_path: Path, options: list[str], end: str
) -> None:
    (tmp_path / "conftest.py").write_text(textwrap.dedent(CONFTEST))
    (tmp_path / "test_it.py").write_text(textwrap.dedent(TESTS))
    command = [sys.executable, "-m", "pytest", "--rootdir", str(tmp_path), "-c", os.devnull, *options]
    environ = {**os.environ, "TEST_LIMIT_SECONDS": "5", "PYTHONPATH": str(ROOT)}
    done = run([*command, str(tmp_path)], env=environ, check=False)
    assert done.returncode == 1
    assert "Timeout (0:00:05)!" in done.stderr
    assert "in test_that_hangs" in done.stderr
    assert end in done.stdout + done.stderr
    group = int((tmp_path / "child").read_text())
    wait_until(lambda: not members(group), what="the children of the hung test to end")


def test_nobody_starts_a_child_that_may_be_left_behind() -> None:
    """Checks that all tests use tests/children.py; the benchmark's peers are no part of the suite."""
    starters = re.compile(r"subprocess\.(Popen\(|run\(|call\(|check_\w+\()|os\.(system|popen|spawn\w*)\(")
    files = [file for file in (ROOT / "tests").rglob("*.py") if "peers" not in file.parts]
    assert [file.name for file in files if starters.search(file.read_text("utf-8"))] == []
