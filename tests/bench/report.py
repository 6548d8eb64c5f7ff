"""Writes the table of goals and measurements, in Markdown, as docs/performance.md shows it."""

import os
import platform
import re
import sqlite3
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from store.clock import today
from tests.faults.grounds import Grounds

BEGINS, ENDS = "<!-- written by make bench WRITE=1 -->", "<!-- until here -->"


@dataclass(frozen=True)
class Row:
    """Describes a row. `holds` is None where there is no goal: the figure is there for comparison."""

    what: str
    goal: str
    measured: str
    holds: bool | None = None


def told(what: str, rounds: Sequence[float], unit: str) -> Row:
    return Row(what, "", f"{middle(rounds):.0f}{unit}")


def under(what: str, most: float, rounds: Sequence[float], unit: str) -> Row:
    return Row(what, f"< {most:g}{unit}", f"{middle(rounds):.0f}{unit}", middle(rounds) < most)


def ratio(what: str, least: float, ours: Sequence[float], theirs: Sequence[float], *, note: str = "") -> Row:
    """Returns the median of the rounds' ratios; what is compared within a round ran under the same conditions."""
    times = middle([our / their if their else 0.0 for our, their in zip(ours, theirs, strict=True)])
    return Row(what, f"≥ {least:g}", f"{times:.2f} ({middle(ours):.0f}/s{note})", times >= least)


def not_here(what: str) -> Row:
    return Row(what, "", "not here")


def middle(values: Sequence[float]) -> float:
    return statistics.median(values) if values else 0.0


def percentile(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)] if ordered else 0.0


def table(rows: Sequence[Row]) -> str:
    lines = ["| what | goal | measured | |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.goal} | {row.measured} | {_verdict(row)} |" for row in rows]
    return "\n".join(lines)


def _verdict(row: Row) -> str:
    if row.holds is None:
        return ""
    return "holds" if row.holds else "**does not hold**"


def machine(grounds: Mapping[str, Grounds]) -> str:
    """Says when, where and with what it was measured."""
    model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    processor = model[1] if model else platform.machine()
    databases = ", ".join(_version(kind, ground) for kind, ground in grounds.items())
    python = platform.python_version()
    return f"{today():%d %B %Y}, {os.cpu_count()} cores ({processor}), Python {python}, {databases}"


def _version(kind: str, ground: Grounds) -> str:
    if kind == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with ground.plot() as plot, psycopg.connect(plot.database_url) as connection:
        return f"PostgreSQL {connection.info.server_version // 10000}"


def put_between_marks(page: str, text: str) -> str:
    """Returns the page with the text between its two marks, in place of what stood there before."""
    before, begins, rest = page.partition(BEGINS)
    _, ends, after = rest.partition(ENDS)
    if not begins or not ends:
        raise ValueError("The page has no place for the figures.")
    return f"{before}{BEGINS}\n{text}\n{ENDS}{after}"
