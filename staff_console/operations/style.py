"""Shows the style guide of the console: design tokens, type, buttons, tags, fields, messages and tables."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Blueprint, render_template

from staff_console import words
from staff_console.broadcasts import wording
from store.cases.workflows import STATUS_ROWS

style = Blueprint("style", __name__)

# The dark scheme is in a media query, so its properties are indented by four spaces instead of two.
_LIGHT: Final = re.compile(r"^ {2}--([\w-]+): (.+);$", re.MULTILINE)
_DARK: Final = re.compile(r"^ {4}--([\w-]+): (.+);$", re.MULTILINE)
_COLOUR: Final = re.compile(r"#[0-9a-f]{3,6}|rgb\([^)]*\)")
TAGS: Final = {
    "เรื่อง": [(row.for_staff, row.tone) for row in STATUS_ROWS.values()],
    "ประกาศ": list(wording.STAGES.values()),
    "ข้อความถึงผู้แจ้ง": list(words.DELIVERIES.values()),
}


@dataclass(frozen=True)
class Token:
    """Describes one CSS custom property. `dark` equals `light` if the dark scheme does not change it."""

    name: str
    light: str
    dark: str

    @property
    def is_colour(self) -> bool:
        return _COLOUR.fullmatch(self.light) is not None


def read_tokens(css: str) -> list[Token]:
    """Returns the tokens that a stylesheet declares, in the order in which they stand there."""
    dark = dict(_DARK.findall(css))
    return [Token(name, light, dark.get(name, light)) for name, light in _LIGHT.findall(css)]


TOKENS: Final = read_tokens((Path(__file__).parents[1] / "static/css/tokens.css").read_text("utf-8"))


@style.get("/style")
def show() -> str:
    return render_template(
        "operations/style.html",
        colours=[token for token in TOKENS if token.is_colour],
        sizes=_of("text"),
        radii=_of("radius"),
        spaces=_of("space"),
        tags=TAGS,
        triage=list(words.TRIAGE),
    )


def _of(kind: str) -> list[Token]:
    return [token for token in TOKENS if token.name.split("-")[0] == kind]
