"""Tests the main menu of the console: each entry leads to a page on which it is the marked one."""

import re

import pytest

from tests.console.pages import Person

pytestmark = pytest.mark.usefixtures("clock")
_ENTRY = re.compile(r'<a href="([^"]+)" (aria-current="page")?>')


def entries(person: Person, address: str) -> dict[str, bool]:
    """Maps the address of each entry of the menu to whether it is marked on this page."""
    menu = person.visit(address).html.partition('<nav class="top-nav"')[2].partition("</nav>")[0]
    return {link: bool(mark) for link, mark in _ENTRY.findall(menu)}


def test_the_entry_of_the_page_is_marked_and_no_other(
    officer: Person, supervisor: Person, admin: Person
) -> None:
    for person, first in ((officer, "/"), (supervisor, "/"), (admin, "/dead-letters")):
        links = entries(person, first)
        assert len(links) >= 2
        for link in links:
            assert [each for each, is_marked in entries(person, link).items() if is_marked] == [link]
