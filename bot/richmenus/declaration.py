"""Declares the models that check a rich menu's TOML file, so that LINE refuses none. The file's name is the alias."""

import itertools
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from store.line.limits import (
    CHAT_BAR_CHARACTERS,
    LABEL_CHARACTERS,
    LINK_UNITS,
    POSTBACK_UNITS,
    RICH_MENU_AREAS,
    RICH_MENU_RATIO,
    has_characters,
    units,
)

FOLDER = Path(__file__).parent

MIN_CONTRAST = 4.5  # WCAG 2.1, level AA, for text of any size

# The share of the picture's height that a bar of tabs takes.
TAB_SHARE = 0.16

IconName = Literal[
    "megaphone", "document", "magnifier", "folder", "phone", "question",
    "newspaper", "siren", "globe", "flood", "coin", "calendar", "bell",
]  # fmt: skip
ICON_NAMES = get_args(IconName)


class MenuError(RuntimeError):
    """Says that a rich menu cannot be used, drawn or published; the message tells the operator why and what to do."""


def _graphemes(most: int) -> AfterValidator:
    """Checks a length in graphemes, as LINE counts such texts: น้ำ is one character, not three code points."""

    def check(text: str) -> str:
        if not has_characters(text, most):
            raise ValueError(f"1 to {most} characters, as people count them: {text}")
        return text

    return AfterValidator(check)


def _fits_a_postback(text: str) -> str:
    """Checks a length in UTF-16 code units, as LINE counts such texts: an emoji is two."""
    if not 1 <= units(text) <= POSTBACK_UNITS:
        raise ValueError(f"1 to {POSTBACK_UNITS} UTF-16 code units")
    return text


def _visible_beside_white(colour: str) -> str:
    if contrast_with_white(colour) < MIN_CONTRAST:
        raise ValueError(f"{colour} is too pale to be read: it needs {MIN_CONTRAST}:1 against white")
    return colour


def contrast_with_white(colour: str) -> float:
    """Returns WCAG's contrast ratio against white, 1 to 21."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


ALIAS = r"^[a-z0-9_-]{1,32}$"
Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class _MenuPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Size(_MenuPart):
    width: int = Field(ge=800, le=2500)
    height: int = Field(ge=250)

    @model_validator(mode="after")
    def _wide_enough(self) -> "Size":
        if self.width / self.height < RICH_MENU_RATIO:
            raise ValueError(f"width / height must be at least {RICH_MENU_RATIO}")
        return self


class Tile(_MenuPart):
    """Describes a tile. A tap opens `link`, or sends `data` while the chat shows `says` as the resident's words."""

    label: Annotated[str, _graphemes(LABEL_CHARACTERS)]
    hint: Annotated[str, _graphemes(24)] | None = None
    icon: IconName
    colour: Annotated[Colour, AfterValidator(_visible_beside_white)]
    data: Annotated[str, AfterValidator(_fits_a_postback)] | None = None
    says: Annotated[str, AfterValidator(_fits_a_postback)] | None = None
    link: str | None = Field(
        default=None, pattern=r"^(https?://|line://|tel:|mailto:)[!-~]+$", max_length=LINK_UNITS
    )

    @model_validator(mode="after")
    def _does_one_thing(self) -> "Tile":
        if (self.data is None) == (self.link is None) or (self.says and self.link):
            raise ValueError(f"{self.label}: either data (with says) or a link")
        return self

    def action(self) -> dict[str, Any]:
        if self.link:
            return {"type": "uri", "label": self.label, "uri": self.link}
        said = {"displayText": self.says} if self.says else {}
        return {"type": "postback", "label": self.label, "data": self.data, **said}


class MenuTab(_MenuPart):
    """Describes a tab that switches to the menu with the alias `menu`. On that menu itself, the tab is highlighted."""

    label: Annotated[str, _graphemes(LABEL_CHARACTERS)]
    menu: str = Field(pattern=ALIAS)

    def action(self) -> dict[str, Any]:
        # LINE switches the menu by itself and sends an event afterwards, which needs no answer.
        return {
            "type": "richmenuswitch",
            "label": self.label,
            "richMenuAliasId": self.menu,
            "data": "do=tab",
        }


class TileRow(_MenuPart):
    tiles: tuple[Tile, ...] = Field(min_length=1)


class Bounds(_MenuPart):
    x: int = Field(ge=0)
    y: int = Field(ge=0)
    width: int = Field(gt=0)
    height: int = Field(gt=0)


class RichMenu(_MenuPart):
    alias: str = Field(pattern=ALIAS)
    chat_bar_text: Annotated[str, _graphemes(CHAT_BAR_CHARACTERS)]
    default: bool = False
    size: Size
    background: Colour
    tabs: tuple[MenuTab, ...] = Field(default=(), max_length=3)
    rows: tuple[TileRow, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _within_limits(self) -> "RichMenu":
        if sum(len(row.tiles) for row in self.rows) + len(self.tabs) > RICH_MENU_AREAS:
            raise ValueError(f"LINE takes at most {RICH_MENU_AREAS} areas")
        if self.tabs and [tab.menu for tab in self.tabs].count(self.alias) != 1:
            raise ValueError("exactly one tab must be that of the menu itself")
        return self

    def tab_places(self) -> list[tuple[Bounds, MenuTab]]:
        return [
            (Bounds(x=x, y=0, width=width, height=self._below_tabs()), tab)
            for (x, width), tab in zip(_cuts(self.size.width, len(self.tabs)), self.tabs, strict=True)
        ]

    def places(self) -> list[tuple[Bounds, Tile]]:
        """Returns every tile with its area. Tiles and tabs cover the picture to the pixel, without gap or overlap."""
        return [place for row in self.rows_of_places() for place in row]

    def rows_of_places(self) -> list[list[tuple[Bounds, Tile]]]:
        """Returns the tiles with their areas as `places` does, grouped by row from the top."""
        top = self._below_tabs()
        rows = _cuts(self.size.height - top, len(self.rows))
        return [
            [
                (Bounds(x=x, y=top + y, width=width, height=height), tile)
                for (x, width), tile in zip(_cuts(self.size.width, len(row.tiles)), row.tiles, strict=True)
            ]
            for (y, height), row in zip(rows, self.rows, strict=True)
        ]

    def _below_tabs(self) -> int:
        return round(self.size.height * TAB_SHARE) if self.tabs else 0

    def as_line_wants_it(self, name: str) -> dict[str, Any]:
        """Returns the rich menu object of LINE's Messaging API."""
        return {
            "size": self.size.model_dump(),
            "selected": True,
            "name": name,
            "chatBarText": self.chat_bar_text,
            "areas": [{"bounds": b.model_dump(), "action": part.action()} for b, part in self._areas()],
        }

    def _areas(self) -> list[tuple[Bounds, Tile | MenuTab]]:
        """Returns all areas that can be tapped: those of the tiles and the tabs, except the highlighted tab."""
        others = [(bounds, tab) for bounds, tab in self.tab_places() if tab.menu != self.alias]
        return [*others, *self.places()]


def _cuts(length: int, parts: int) -> list[tuple[int, int]]:
    if not parts:
        return []
    edges = [round(length * i / parts) for i in range(parts + 1)]
    return [(start, end - start) for start, end in itertools.pairwise(edges)]


def read_menus(folder: Path = FOLDER) -> tuple[RichMenu, ...]:
    """Returns all declared menus. Raises MenuError if one is not valid, or if not exactly one is the default."""
    menus = tuple(read_menu(path) for path in sorted(folder.glob("*.toml")))
    defaults = [menu.alias for menu in menus if menu.default]
    if len(defaults) != 1:
        raise MenuError(f"Exactly one rich menu must say default = true, not {len(defaults)}: {defaults}")
    _check_tabs({menu.alias: menu for menu in menus})
    return menus


def _check_tabs(menus: dict[str, RichMenu]) -> None:
    """Raises MenuError if a tab leads to no menu, or to one with other tabs, from which nobody finds the way back."""
    for menu in menus.values():
        for tab in menu.tabs:
            if tab.menu not in menus:
                raise MenuError(f"{menu.alias}: there is no menu {tab.menu} for the tab {tab.label}")
            if menus[tab.menu].tabs != menu.tabs:
                raise MenuError(f"{menu.alias} and {tab.menu} must have the same tabs")


def read_menu(path: Path) -> RichMenu:
    try:
        return RichMenu.model_validate({"alias": path.stem, **tomllib.loads(path.read_text("utf-8"))})
    except tomllib.TOMLDecodeError as error:
        raise MenuError(f"{path.name} is not TOML: {error}") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise MenuError(f"{path.name}: {problems}") from error
