"""Tests that the style page shows every tag and token there is, to everybody who is signed in."""

import pytest

from staff_console.broadcasts.wording import STAGES
from staff_console.operations.style import TOKENS
from store.cases.workflows import STATUS_ROWS
from tests.console.pages import Person

# What a page says does not depend on the database behind it.
pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)


def test_each_status_and_stage_has_its_words_and_its_tone(admin: Person) -> None:
    shown = admin.visit("/style").html
    tags = [(row.for_staff, row.tone) for row in STATUS_ROWS.values()] + list(STAGES.values())
    for words, tone in tags:
        assert f'<span class="tag tag-{tone}">{words}</span>' in shown


def test_each_colour_stands_there_light_and_dark(officer: Person) -> None:
    shown = officer.visit("/style").html
    for token in TOKENS:
        if token.is_colour:
            assert f"--{token.name}</strong>" in shown
            assert f'fill="{token.light}"' in shown
            assert f'fill="{token.dark}"' in shown


def test_a_field_is_shown_in_each_of_its_states(officer: Person) -> None:
    shown = officer.visit("/style").html
    for state in (
        " disabled>",
        " readonly>",
        'aria-invalid="true" aria-describedby="wrong-problem wrong-hint"',
    ):
        assert state in shown
