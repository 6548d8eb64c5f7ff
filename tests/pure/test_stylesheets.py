"""Tests the stylesheets: what has a name is used by its name, and no rule dresses what no page has."""

import re
from pathlib import Path

import pytest

from staff_console.operations.style import read_tokens
from staff_console.words import TRIAGE
from store.cases.queue import Tab
from store.cases.workflows import Tone
from tests.children import ROOT

CONSOLE = ROOT / "staff_console"
# The stylesheet that declares the tokens of a page, and the folders of all that use them.
PAGES = {
    "console": ("staff_console/static/css/tokens.css", "staff_console/static/css"),
    "announcements": ("public_site/static/announcements.css", "public_site/static"),
    "simulator": (
        "line_preview/static/css/tokens.css",
        "line_preview/static/css",
        "line_simulator/static/css",
    ),
}
# Classes that a template puts together, by how they begin.
PUT_TOGETHER = {
    *(f"tag-{tone}" for tone in Tone),
    *(f"triage-{level}" for level in TRIAGE),
    *(f"tab-{tab}" for tab in Tab),
    *(f"{begins}-{kind}" for begins in ("bar", "bar-key") for kind in ("ours", "others", "free", "kept")),
    *("by-resident", "due-late", "due-soon"),
}
DECLARATION = re.compile(r"^\s+--([\w-]+):", re.MULTILINE)
USE = re.compile(r"var\(--([\w-]+)\)")
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|rgba?\(")

CSS = """
:root {
  --ink: #1c2b33;
  --shadow: 0 1px 2px rgb(20 50 45 / 6%);
  --text: 1rem;
}

@media screen and (prefers-color-scheme: dark) {
  :root {
    --ink: #e3eaed;
  }
}
"""


def read(folder: Path, ending: str) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(folder.rglob(f"*{ending}")))


def rules_of(*folders: Path) -> str:
    rules = "\n".join(read(folder, ".css") for folder in folders)
    return re.sub(r"/\*.*?\*/", "", rules, flags=re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_every_token_is_declared_at_the_top_and_used(page: str) -> None:
    tokens, *folders = PAGES[page]
    rules = rules_of(*(ROOT / folder for folder in folders))
    declared = set(DECLARATION.findall((ROOT / tokens).read_text("utf-8")))
    assert declared == set(DECLARATION.findall(rules))
    used = set(USE.findall(rules))
    assert used - declared <= {"ratio"}, "the ratio of a rich menu is set by its script"
    assert declared <= used


@pytest.mark.parametrize("page", PAGES)
def test_a_colour_is_named_before_it_is_used(page: str) -> None:
    lines = rules_of(*(ROOT / folder for folder in PAGES[page][1:])).splitlines()
    plain = [line for line in lines if COLOUR.search(line) and not line.lstrip().startswith("--")]
    # The one shadow that is written over several lines.
    assert [
        line for line in plain if not re.fullmatch(r"\s+0 [\d -px]+ (#39424e|rgba\([^)]*\))[,;]", line)
    ] == []


def test_no_rule_of_the_console_dresses_what_no_page_has() -> None:
    selectors = " ".join(re.findall(r"([^{};]+)\{", rules_of(CONSOLE / "static/css")))
    dressed = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r'"[^"]*"', "", selectors)))
    templates, scripts = read(CONSOLE / "templates", ".html"), read(CONSOLE / "static/js", ".js")
    given = (r'class="([^"]*)"', r"body_class %}([^{]*)", r"box='([^']*)'")
    classes = [value for way in given for value in re.findall(way, templates)]
    worn = {name for value in classes for name in re.findall(r"[a-z][\w-]*", value)}
    assert [name for name in sorted(dressed - worn - PUT_TOGETHER) if name not in scripts] == []


def test_tokens_are_read_with_their_values_in_both_schemes() -> None:
    ink, shadow, text = read_tokens(CSS)
    assert (ink.name, ink.light, ink.dark, ink.is_colour) == ("ink", "#1c2b33", "#e3eaed", True)
    assert (shadow.dark, shadow.is_colour) == (shadow.light, False)
    assert (text.name, text.light) == ("text", "1rem")
