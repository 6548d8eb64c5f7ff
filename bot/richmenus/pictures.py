"""Stores each menu's picture beside its TOML file, with a note (.drawn.json) of what the picture was drawn from.

By the note, a picture of an earlier version of the menu is noticed.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.richmenus.declaration import FOLDER, MenuError, RichMenu, read_menus

_DRAWING = ("draw.py", "icons.py", "fonts/Sarabun-Bold.ttf", "fonts/Sarabun-Regular.ttf")


@dataclass(frozen=True)
class DrawnMenu:
    """Holds a menu and its picture, as they are sent to LINE."""

    menu: RichMenu
    png: bytes

    @cached_property
    def digest(self) -> str:
        """Returns a hash of the menu's definition and its picture."""
        definition = json.dumps(self.menu.as_line_wants_it(""), sort_keys=True)
        return _sha256(definition.encode(), self.png)

    @property
    def name(self) -> str:
        """Returns the menu's name on LINE, by which we recognise our menus and their versions. Nobody else sees it."""
        return f"{name_prefix(self.menu.alias)}{self.digest}"


def name_prefix(alias: str) -> str:
    return f"tessaban:{alias}:"


def alias_in(name: str) -> str:
    """Returns the alias in the name of one of our menus on LINE; "" for the name of any other menu."""
    ours, _, rest = name.partition(":")
    return rest.partition(":")[0] if ours == "tessaban" else ""


def read_drawn_menus(folder: Path = FOLDER) -> tuple[DrawnMenu, ...]:
    """Returns all menus with their pictures. Raises MenuError if a picture is missing or shows an earlier version."""
    return tuple(_read_drawn(menu, folder) for menu in read_menus(folder))


def draw_menus(folder: Path = FOLDER) -> list[str]:
    """Draws every picture anew; returns a line for each menu, which says whether the picture has changed."""
    # Only drawing needs Pillow and its shaping libraries; publishing takes the pictures as they are.
    from bot.richmenus.draw import draw_menu  # noqa: PLC0415

    report = []
    for menu in read_menus(folder):
        picture = folder / f"{menu.alias}.png"
        png = draw_menu(menu)
        same = picture.exists() and picture.read_bytes() == png
        picture.write_bytes(png)
        _note_of(menu, folder).write_text(json.dumps(_origin(menu, png), indent=2) + "\n", "utf-8")
        report.append(f"{menu.alias}: {'the same picture' if same else 'a new picture'}, {len(png):,} bytes")
    return report


def _read_drawn(menu: RichMenu, folder: Path) -> DrawnMenu:
    try:
        png = (folder / f"{menu.alias}.png").read_bytes()
        origin = json.loads(_note_of(menu, folder).read_text("utf-8"))
    except FileNotFoundError as error:
        raise MenuError(f"{menu.alias} has no picture yet. {_REDRAW}") from error
    if origin != _origin(menu, png):
        raise MenuError(f"{menu.alias}.png does not show the present {menu.alias}.toml. {_REDRAW}")
    return DrawnMenu(menu, png)


_REDRAW = "Draw it: python -m bot richmenus draw"


def _note_of(menu: RichMenu, folder: Path) -> Path:
    return folder / f"{menu.alias}.drawn.json"


def _origin(menu: RichMenu, png: bytes) -> dict[str, str]:
    """Returns the note: a hash of what the picture was drawn from, and one of the picture.

    It is not part of what LINE gets: drawing code that changes and still draws the same picture publishes nothing.
    """
    return {"drawn_from": _sha256(_visible_part(menu), *_drawing_code()), "picture": _sha256(png)}


def _visible_part(menu: RichMenu) -> bytes:
    """Returns what the picture shows, as JSON. A change of what a tile sends needs no new picture."""
    tiles = [
        [t.model_dump(include={"label", "hint", "icon", "colour"}) for t in row.tiles] for row in menu.rows
    ]
    tabs = [[tab.label, tab.menu == menu.alias] for tab in menu.tabs]
    return json.dumps([menu.size.model_dump(), menu.background, tabs, tiles], sort_keys=True).encode()


def _drawing_code() -> list[bytes]:
    return [(FOLDER / name).read_bytes() for name in _DRAWING]


def _sha256(*parts: bytes) -> str:
    """Returns a hash of all parts. Each part is hashed first, so a byte that moves to another part changes the hash."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
