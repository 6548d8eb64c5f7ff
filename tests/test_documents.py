"""Tests the documents: what they link to and name exists, and the picture is drawn from the code of today."""

import re
import runpy
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.services.definition import read_services
from store.services.kinds import KINDS
from tests.faults.bugs import BUGS
from tests.faults.invariants import INVARIANTS
from tests.faults.points import POINTS

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path
    for pattern in ("*.md", ".github/**/*.md", "docs/**/*.md", "line_simulator/*.md")
    for path in ROOT.glob(pattern)
)
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()}
# `NAME` in a path stands for what the reader chooses.
PLACEHOLDER = re.compile(r"NAME|KIND|ROOM|[*<>{}…]")
MAX_WORDS = 1500


def text_of(page: Path) -> str:
    """Returns the page without its blocks of code, whose contents are no links."""
    return re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def links_of(page: Path) -> Iterator[tuple[str, str]]:
    """Yields the file and the anchor of each link and picture that leads to a file of ours; either may be empty."""
    text = text_of(page)
    for target in (*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r'src="([^"]+)"', text)):
        if not re.match(r"[a-z]+:", target):
            file, _, anchor = target.partition("#")
            yield file, anchor


def anchors_of(page: Path) -> set[str]:
    """Returns the names that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    lost = []
    for file, anchor in links_of(page):
        target = page.parent / file if file else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            lost.append(f"{file}#{anchor}")
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    named = re.findall(r"`([\w.\-/]+/[\w.\-/]*)(?:::[^`]*)?`", text_of(page))
    ours = [path for path in named if path.split("/")[0] in FOLDERS and not PLACEHOLDER.search(path)]
    assert [path for path in ours if not path.startswith("var/") and not (ROOT / path).exists()] == []


def test_the_readme_is_short_and_begins_with_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert len(readme.split()) <= MAX_WORDS
    first = re.findall(r"^make (\w+)", readme, re.MULTILINE)
    assert first[:2] == ["demo", "test"]


def test_the_readme_leads_to_every_page() -> None:
    readme = ROOT / "README.md"
    linked = {(readme.parent / file).resolve() for file, _ in links_of(readme) if file}
    expected = {*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "th").glob("*.md"), ROOT / "CONTRIBUTING.md"}
    assert sorted(str(page) for page in expected - linked) == []


def test_every_room_of_the_readme_is_a_room() -> None:
    table = (ROOT / "README.md").read_text("utf-8").split("## What is where")[1].split("\n## ")[0]
    lost = []
    for place, contents in re.findall(r"^\| `([\w/]+)/` \| (.*) \|$", table, re.MULTILINE):
        rooms = re.findall(r"`([\w/.]+)`", contents)
        lost += [f"{place}/{room}" for room in rooms if not (ROOT / place / room).exists()]
    assert lost == []


def test_the_rooms_of_the_store_are_the_layers_of_its_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (layers,) = (each["layers"] for each in contracts if each.get("containers") == ["store"])
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    table = page.split("<!-- the rooms")[1].split("\n\n")[0]
    rows = [re.findall(r"`(\w+)`", row.split("|")[1]) for row in table.splitlines() if row.startswith("| `")]
    assert rows == [[room.strip() for room in layer.split("|")] for layer in reversed(layers)]


def test_the_picture_of_the_architecture_is_that_of_todays_imports() -> None:
    drawing = runpy.run_path(str(ROOT / "docs" / "draw_architecture.py"))
    same = drawing["PICTURE"].read_text("utf-8") == drawing["draw"]()
    assert same, "draw it anew: make architecture"


def test_the_example_of_the_variables_holds_each_of_the_table() -> None:
    table = (ROOT / "docs" / "operations.md").read_text("utf-8")
    example = (ROOT / "deploy" / "tessaban.env.example").read_text("utf-8")
    variables = sorted(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))
    assert sorted(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) == variables


def test_the_page_about_services_names_every_kind_of_question() -> None:
    section = (ROOT / "docs" / "services.md").read_text("utf-8").split("## Kinds of questions")[1]
    listed = section.split(". The")[0]
    assert sorted(re.findall(r"`(\w+)`", listed)) == sorted(KINDS)


def test_the_service_that_is_shown_as_an_example_can_be_read(tmp_path: Path) -> None:
    (example,) = re.findall(
        r"^```toml\n(.*?)^```", (ROOT / "docs" / "services.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    (tmp_path / "example.toml").write_text(example, "utf-8")
    assert [question.key for question in read_services(tmp_path)["example"].questions] == ["danger"]


def test_the_page_about_faults_counts_right() -> None:
    page = (ROOT / "docs" / "faults.md").read_text("utf-8")
    points = sum(len(moments) for part, moments in POINTS.items() if part != "harm")
    for count in (f"{points} named points", f"{len(INVARIANTS)} invariants", f"{len(BUGS)} faults"):
        assert count in page


def test_the_glossary_has_no_word_twice() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.M)
    words = [english for english, thai in rows if english not in ("English", "---")]
    assert words
    assert len(words) == len(set(words))
    assert [english for english, thai in rows if english in words and not re.search("[ก-๙]", thai)] == []
