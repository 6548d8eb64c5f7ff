"""Draws the rooms of each package, their modules and their imports as one SVG: `make architecture`.

Rooms and their packages come from the layer contracts of pyproject.toml, imports from the syntax trees of the files.
An arrow leads from a room to a room that it imports. An arrow is left out where longer ways say the same: if cases
imports messaging and messaging imports database, no arrow leads from cases to database.
"""

import ast
import sys
import textwrap
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = Path(__file__).parent / "pictures" / "architecture.svg"
PACKAGES = ("deploy", "bot", "public_site", "staff_console", "store", "line_simulator")
NOT_DRAWN = {"migrations"}
MARGIN, GAP, ROW_GAP = 24.0, 18.0, 46.0
BOX_WIDTH, HEAD, LINE, BY_PASS = 178.0, 24.0, 13.0, 14.0
LETTERS_IN_A_LINE = 29
SWEEPS = 24
STYLE = """
svg { font-family: system-ui, "Noto Sans", "DejaVu Sans", sans-serif; color-scheme: light dark }
.paper { fill: #ffffff } .box { fill: #eef4f2; stroke: #00695c } .arrow { stroke: #5f6f6b; fill: none }
.tip { fill: #5f6f6b } text { fill: #16211f } .title { font-size: 20px; font-weight: 700 }
.room { font-size: 14px; font-weight: 600 } .modules { font-size: 10.5px } .note { font-size: 12px }
@media (prefers-color-scheme: dark) {
.paper { fill: #10181a } .box { fill: #1b2b29; stroke: #6fc3b6 } .arrow { stroke: #93a5a1 }
.tip { fill: #93a5a1 } text { fill: #e8f0ee } }
"""

Arrows = dict[str, set[str]]


@dataclass
class Node:
    """Holds one room in its row, or the place where a long arrow passes a row; such a place has no text."""

    name: str
    row: int
    text: list[str] = field(default_factory=list)
    is_room: bool = True
    x: float = 0.0
    y: float = 0.0

    @property
    def width(self) -> float:
        return BOX_WIDTH if self.is_room else BY_PASS

    @property
    def height(self) -> float:
        return HEAD + LINE * len(self.text) + (8 if self.text else 4)


def modules_of(package: str) -> dict[str, Path]:
    """Returns the files of a package by the names under which they are imported, in the order of the alphabet."""
    found = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if not NOT_DRAWN & set(parts):
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(path: Path, known: Iterable[str]) -> set[str]:
    """Returns the modules of ours that a file imports, also inside functions and for type checks."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names & set(known)


def rooms_of(contracts: Sequence[Mapping[str, object]], package: str) -> list[str]:
    """Returns the rooms that the layer contract of the package names, or none where it has no such contract."""
    for contract in contracts:
        layers = contract.get("layers")
        if contract.get("containers") == [package] and isinstance(layers, list):
            return [room.strip() for layer in layers for room in layer.split("|")]
    return []


def without_detours(arrows: Arrows) -> Arrows:
    """Returns the arrows without those whose end is reached by another way, too. There are no cycles."""

    def reached(start: str) -> set[str]:
        return {start}.union(*(reached(end) for end in arrows[start]))

    ways = {room: reached(room) for room in arrows}
    return {
        start: {end for end in ends if not any(end in ways[other] for other in ends - {end})}
        for start, ends in arrows.items()
    }


def rows_of(arrows: Arrows) -> dict[str, int]:
    """Returns the row of each room, 0 at the top: one below the lowest room that imports it."""
    rows = dict.fromkeys(arrows, 0)
    for _ in arrows:
        for start, ends in arrows.items():
            for end in ends:
                rows[end] = max(rows[end], rows[start] + 1)
    return rows


class Panel:
    """Lays out one package: rooms in rows, with places in the rows between for arrows that pass them."""

    def __init__(self, title: str, note: str, arrows: Arrows, texts: Mapping[str, list[str]]) -> None:
        self.title, self.note = title, note
        arrows = without_detours(arrows)
        rows = rows_of(arrows)
        self.nodes = {name: Node(name, rows[name], texts.get(name, [])) for name in sorted(arrows)}
        self.ways = [self._way(start, end) for start in sorted(arrows) for end in sorted(arrows[start])]
        self._order()
        self._place()

    def _way(self, start: str, end: str) -> list[Node]:
        first, last = self.nodes[start], self.nodes[end]
        between = [Node(f"{start} {end} {row}", row, is_room=False) for row in range(first.row + 1, last.row)]
        self.nodes |= {node.name: node for node in between}
        return [first, *between, last]

    def _order(self) -> None:
        """Puts each node near the middle of its neighbours, so that few arrows cross."""
        count = max(node.row for node in self.nodes.values()) + 1
        self.rows = [[node for node in self.nodes.values() if node.row == row] for row in range(count)]
        self._number()
        for sweep in range(SWEEPS):
            for row in self.rows if sweep % 2 else reversed(self.rows):
                row.sort(key=lambda node: (self._middle_of_neighbours(node), node.name))
            self._number()

    def _number(self) -> None:
        for row in self.rows:
            wide = sum(node.width + GAP for node in row)
            at = -wide / 2
            for node in row:
                node.x = at + node.width / 2
                at += node.width + GAP

    def _middle_of_neighbours(self, node: Node) -> float:
        beside = [
            other.x
            for way in self.ways
            for one, two in pairwise(way)
            for this, other in ((one, two), (two, one))
            if this is node
        ]
        return sum(beside) / len(beside) if beside else node.x

    def _place(self) -> None:
        self.width = max(sum(node.width + GAP for node in row) for row in self.rows)
        at = 58.0
        for row in self.rows:
            height = max(node.height for node in row)
            for node in row:
                node.x += self.width / 2
                node.y = at
            at += height + ROW_GAP
        self.height = at - ROW_GAP

    def drawn(self, left: float, top: float) -> list[str]:
        """Returns the elements of the panel whose upper left corner is at (left, top)."""
        lines = [
            f'<g transform="translate({left:.0f} {top:.0f})">',
            f'<text class="title" x="0" y="20">{escape(self.title)}</text>',
            f'<text class="note" x="0" y="40">{escape(self.note)}</text>',
        ]
        lines += [_arrow(way, self.rows) for way in self.ways]
        for node in self.nodes.values():
            if node.is_room:
                lines += _box(node)
        return [*lines, "</g>"]


def _box(node: Node) -> list[str]:
    left = node.x - node.width / 2
    size = f'width="{node.width:.0f}" height="{node.height:.1f}"'
    lines = [
        f'<rect class="box" x="{left:.1f}" y="{node.y:.1f}" rx="6" {size}/>',
        f'<text class="room" x="{left + 9:.1f}" y="{node.y + 18:.1f}">{escape(node.name)}</text>',
    ]
    for number, text in enumerate(node.text):
        foot = node.y + HEAD + 10 + LINE * number
        lines.append(f'<text class="modules" x="{left + 9:.1f}" y="{foot:.1f}">{escape(text)}</text>')
    return lines


def _arrow(way: Sequence[Node], rows: Sequence[Sequence[Node]]) -> str:
    path = f"M {way[0].x:.1f} {way[0].y + way[0].height:.1f}"
    for one, two in pairwise(way):
        foot = one.y + max(node.height for node in rows[one.row])
        middle = (foot + two.y) / 2
        path += f" L {one.x:.1f} {foot:.1f} C {one.x:.1f} {middle:.1f} {two.x:.1f} {middle:.1f} {two.x:.1f} {two.y:.1f}"
    return f'<path class="arrow" d="{path}" marker-end="url(#tip)"/>'


def _panel_of(package: str, rooms: Sequence[str]) -> Panel:
    modules = modules_of(package)
    arrows: Arrows = {room: set() for room in rooms}
    texts: dict[str, list[str]] = {room: [] for room in rooms}
    for name, path in modules.items():
        room, _, inside = name.removeprefix(f"{package}.").partition(".")
        if room not in arrows:
            continue
        if inside:
            texts[room].append(inside)
        ends = {found.split(".")[1] for found in imports_of(path, modules) if "." in found}
        arrows[room] |= ends & set(rooms) - {room}
    wrapped = {
        room: textwrap.wrap(", ".join(names), LETTERS_IN_A_LINE, break_on_hyphens=False)
        for room, names in texts.items()
    }
    return Panel(
        f"{package}/", "rooms and their modules; an arrow leads to what is imported", arrows, wrapped
    )


def _overview() -> Panel:
    modules = {package: modules_of(package) for package in PACKAGES}
    known = {name for found in modules.values() for name in found}
    arrows: Arrows = {package: set() for package in PACKAGES}
    for package, found in modules.items():
        for path in found.values():
            arrows[package] |= {name.split(".")[0] for name in imports_of(path, known)} - {package}
    note = "the packages; the simulator imports none of them and is called over HTTP"
    return Panel("Tessaban", note, arrows, {})


def draw() -> str:
    """Returns the whole picture; the same files give the same text."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    named = {package: rooms_of(contracts, package) for package in PACKAGES}
    panels = [_overview(), *(_panel_of(package, rooms) for package, rooms in named.items() if rooms)]
    width = max(panel.width for panel in panels) + 2 * MARGIN
    top = MARGIN
    lines: list[str] = []
    for panel in panels:
        lines += panel.drawn(MARGIN, top)
        top += panel.height + 2 * MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {top:.0f}" role="img">\n'
        f"<title>Rooms of Tessaban and their imports</title>\n<style>{STYLE}</style>\n"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="tip" d="M 0 0 L 8 4 L 0 8 z"/></marker></defs>\n'
        '<rect class="paper" width="100%" height="100%"/>\n'
    )
    return head + "\n".join(lines) + "\n</svg>\n"


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(draw(), "utf-8")
    sys.exit(0)
