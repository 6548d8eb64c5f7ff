"""The models of a rich menu's file. They refuse whatever LINE would: the file's name is the menu's alias."""

import itertools
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import regex
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

FOLDER = Path(__file__).parent

# https://developers.line.biz/en/reference/messaging-api/#rich-menu
LEAST_RATIO = 1.45
MOST_AREAS = 20
LEAST_CONTRAST = 4.5  # WCAG 2.1, level AA, for text of any size

IconName = Literal["megaphone", "document", "magnifier", "folder", "phone", "question"]
ICON_NAMES = get_args(IconName)


class MenuError(RuntimeError):
    """A rich menu cannot be used, drawn or published; the message tells the operator why and what to do."""


def _graphemes(most: int) -> AfterValidator:
    """LINE counts these as people see them: น้ำ is one character, not three code points."""

    def check(text: str) -> str:
        if not 1 <= len(regex.findall(r"\X", text)) <= most:
            raise ValueError(f"1 to {most} characters, as people count them: {text}")
        return text

    return AfterValidator(check)


def _at_most_300_units(text: str) -> str:
    """LINE counts these in UTF-16 code units: an emoji is two."""
    if not 1 <= len(text.encode("utf-16-le")) // 2 <= 300:
        raise ValueError("1 to 300 UTF-16 code units")
    return text


def _visible_beside_white(colour: str) -> str:
    if contrast_with_white(colour) < LEAST_CONTRAST:
        raise ValueError(f"{colour} is too pale to be read: it needs {LEAST_CONTRAST}:1 against white")
    return colour


def contrast_with_white(colour: str) -> float:
    """WCAG's contrast ratio, 1 to 21."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Size(_Part):
    width: int = Field(ge=800, le=2500)
    height: int = Field(ge=250)

    @model_validator(mode="after")
    def _wide_enough(self) -> "Size":
        if self.width / self.height < LEAST_RATIO:
            raise ValueError(f"width / height must be at least {LEAST_RATIO}")
        return self


class Tile(_Part):
    """One picture to tap: it sends `data` and seems to say `says`, or it opens `link`."""

    label: Annotated[str, _graphemes(20)]
    hint: Annotated[str, _graphemes(24)] | None = None
    icon: IconName
    colour: Annotated[Colour, AfterValidator(_visible_beside_white)]
    data: Annotated[str, AfterValidator(_at_most_300_units)] | None = None
    says: Annotated[str, AfterValidator(_at_most_300_units)] | None = None
    link: str | None = Field(
        default=None, pattern=r"^(https?://|line://|tel:|mailto:)[!-~]+$", max_length=1000
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


class Row(_Part):
    tiles: tuple[Tile, ...] = Field(min_length=1)


class Bounds(_Part):
    x: int = Field(ge=0)
    y: int = Field(ge=0)
    width: int = Field(gt=0)
    height: int = Field(gt=0)


class RichMenu(_Part):
    alias: str = Field(pattern=r"^[a-z0-9_-]{1,32}$")
    chat_bar_text: Annotated[str, _graphemes(14)]
    default: bool = False
    size: Size
    background: Colour
    rows: tuple[Row, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _within_limits(self) -> "RichMenu":
        if sum(len(row.tiles) for row in self.rows) > MOST_AREAS:
            raise ValueError(f"LINE takes at most {MOST_AREAS} areas")
        return self

    def places(self) -> list[tuple[Bounds, Tile]]:
        """Every tile with its area. The areas cover the picture without gap or overlap, to the pixel."""
        rows = _cuts(self.size.height, len(self.rows))
        return [
            (Bounds(x=x, y=y, width=width, height=height), tile)
            for (y, height), row in zip(rows, self.rows, strict=True)
            for (x, width), tile in zip(_cuts(self.size.width, len(row.tiles)), row.tiles, strict=True)
        ]

    def as_line_wants_it(self, name: str) -> dict[str, Any]:
        """The rich menu object of LINE's Messaging API."""
        return {
            "size": self.size.model_dump(),
            "selected": True,
            "name": name,
            "chatBarText": self.chat_bar_text,
            "areas": [{"bounds": b.model_dump(), "action": tile.action()} for b, tile in self.places()],
        }


def _cuts(length: int, parts: int) -> list[tuple[int, int]]:
    edges = [round(length * i / parts) for i in range(parts + 1)]
    return [(start, end - start) for start, end in itertools.pairwise(edges)]


def read_menus(folder: Path = FOLDER) -> tuple[RichMenu, ...]:
    """All declared menus; MenuError for the first that cannot work, or unless exactly one is the default."""
    menus = tuple(read_menu(path) for path in sorted(folder.glob("*.toml")))
    defaults = [menu.alias for menu in menus if menu.default]
    if len(defaults) != 1:
        raise MenuError(f"Exactly one rich menu must say default = true, not {len(defaults)}: {defaults}")
    return menus


def read_menu(path: Path) -> RichMenu:
    try:
        return RichMenu.model_validate({"alias": path.stem, **tomllib.loads(path.read_text("utf-8"))})
    except tomllib.TOMLDecodeError as error:
        raise MenuError(f"{path.name} is not TOML: {error}") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise MenuError(f"{path.name}: {problems}") from error
