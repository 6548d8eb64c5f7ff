"""Keeps the pictures beside the menus' files, each with a note of what it was drawn from, to notice old ones."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.richmenus.declaration import FOLDER, MenuError, RichMenu, read_menus

_DRAWING = ("draw.py", "icons.py", "fonts/Sarabun-Bold.ttf", "fonts/Sarabun-Regular.ttf")


@dataclass(frozen=True)
class DrawnMenu:
    """Holds a menu with its picture, which is all that LINE gets."""

    menu: RichMenu
    png: bytes

    @cached_property
    def digest(self) -> str:
        """Returns a hash of all that LINE gets."""
        definition = json.dumps(self.menu.as_line_wants_it(""), sort_keys=True)
        return _sha256(definition.encode(), self.png)

    @property
    def name(self) -> str:
        """Returns the name on LINE, which residents never see: it tells us which menu is ours, and which version."""
        return f"{name_prefix(self.menu.alias)}{self.digest}"


def name_prefix(alias: str) -> str:
    return f"tessaban:{alias}:"


def alias_in(name: str) -> str:
    """Returns the alias of one of our menus; "" for any other menu."""
    ours, _, rest = name.partition(":")
    return rest.partition(":")[0] if ours == "tessaban" else ""


def read_drawn_menus(folder: Path = FOLDER) -> tuple[DrawnMenu, ...]:
    """Returns all menus with their pictures. Raises MenuError if a picture is missing or of an earlier menu."""
    return tuple(_read_drawn(menu, folder) for menu in read_menus(folder))


def draw_menus(folder: Path = FOLDER) -> list[str]:
    """Draws every picture anew and says which ones came out different."""
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
    """Returns the note. It is no part of the picture, so that a change in drawing code alone publishes nothing."""
    return {"drawn_from": _sha256(_visible_part(menu), *_drawing_code()), "picture": _sha256(png)}


def _visible_part(menu: RichMenu) -> bytes:
    """Returns what can be seen: a tile that only sends something else needs no new picture."""
    tiles = [
        [t.model_dump(include={"label", "hint", "icon", "colour"}) for t in row.tiles] for row in menu.rows
    ]
    tabs = [[tab.label, tab.menu == menu.alias] for tab in menu.tabs]
    return json.dumps([menu.size.model_dump(), menu.background, tabs, tiles], sort_keys=True).encode()


def _drawing_code() -> list[bytes]:
    return [(FOLDER / name).read_bytes() for name in _DRAWING]


def _sha256(*parts: bytes) -> str:
    """Returns a hash of all parts. Each is hashed by itself first, so that no byte can move between parts unseen."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
