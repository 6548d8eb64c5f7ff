"""Measures what docs/performance.md shows: `make bench [ROUNDS=3] [ONLY=acks] [WRITE=1]`, on the databases here."""

import argparse
import sys
import time
from contextlib import ExitStack

from tests.bench.chapters import CHAPTERS
from tests.bench.report import Row, machine, put_between_marks, table
from tests.bench.servers import ROOT, a_line
from tests.bench.town import Bench
from tests.faults.grounds import Grounds, grounds

KINDS = ("sqlite", "postgresql")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="the middle of so many is shown")
    parser.add_argument("--only", choices=tuple(CHAPTERS), help="one chapter")
    parser.add_argument("--database", choices=KINDS, help="on this one only")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each load takes")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    wanted = parser.parse_args(arguments)
    began = time.monotonic()
    with ExitStack() as stack:
        line = stack.enter_context(a_line())
        available = open_grounds(stack, (wanted.database,) if wanted.database else KINDS)
        bench = Bench(line, available, max(wanted.rounds, 1), wanted.seconds)
        chapters = (wanted.only,) if wanted.only else tuple(CHAPTERS)
        rows = [row for name in chapters for row in _measure(name, bench)]
        text = f"{table(rows)}\n\n{machine(available)}, ROUNDS={bench.rounds}."
    print(f"\n{text}\n\nIt took {time.monotonic() - began:.0f} s.")
    if wanted.write:
        page = ROOT / "docs" / "performance.md"
        page.write_text(put_between_marks(page.read_text("utf-8"), text), "utf-8")
    return 0


def open_grounds(stack: ExitStack, kinds: tuple[str, ...]) -> dict[str, Grounds]:
    opened = {kind: stack.enter_context(grounds(kind, durable=True)) for kind in kinds}
    for kind, ground in opened.items():
        if ground is None:
            print(f"{kind} is left out: there is none here")
    return {kind: ground for kind, ground in opened.items() if ground is not None}


def _measure(name: str, bench: Bench) -> list[Row]:
    rows = []
    for row in CHAPTERS[name](bench):
        rows.append(row)
        print(f"{name}: {row.what}: {row.measured}", file=sys.stderr, flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main())
